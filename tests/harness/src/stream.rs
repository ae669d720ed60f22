//! A subscription over Server-Sent Events, as a test reads it.

use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};
use tokio::time::timeout;

use crate::client::Client;

/// Longer than anything takes that comes at all.
const NEVER: Duration = Duration::from_secs(30);

/// An open stream.
pub struct Stream {
    response: reqwest::Response,
    text: String,
    /// The last `id`.
    pub cursor: String,
}

/// What comes next on a stream.
#[derive(Clone, Debug, PartialEq)]
pub enum Next {
    /// A response.
    Payload(Value),
    /// The code of the first error, and the end.
    Refused(String),
    /// The end without `complete`: the client would connect again.
    Ended,
}

impl Stream {
    /// Subscribes; the first `id` has come, so that later events are not missed.
    pub async fn open(client: &Client, query: &str, variables: &Value) -> Result<Self, String> {
        let request = client.request(Method::POST, "/graphql").header("accept", "text/event-stream");
        let body = json!({"query": query, "variables": variables});
        let request = request.header("content-type", "application/json").body(body.to_string());
        #[expect(clippy::disallowed_methods, reason = "a client of the BFF, not of a service")]
        let response = request.send().await.unwrap();
        if !response.status().is_success() {
            let body: Value = serde_json::from_str(&response.text().await.unwrap()).unwrap();
            return Err(code(&body));
        }
        let mut stream = Self { response, text: String::new(), cursor: String::new() };
        match stream.block().await {
            Some(block) if block.contains("data: ") => Err(code(&data(&block))),
            _ => Ok(stream),
        }
    }

    /// What comes next, heartbeats aside.
    pub async fn next(&mut self) -> Next {
        loop {
            let Some(block) = self.block().await else { return Next::Ended };
            if block.contains("data: ") {
                let payload = data(&block);
                let is_error = payload["extensions"]["cursor"].is_null();
                return if is_error { Next::Refused(code(&payload)) } else { Next::Payload(payload) };
            }
        }
    }

    /// Waits for the next heartbeat, which must be next.
    pub async fn sign_of_life(&mut self) {
        let block = self.block().await;
        assert!(block.as_ref().is_some_and(|block| !block.contains("data: ")), "{block:?}");
    }

    /// The data of the next message.
    pub async fn data(&mut self) -> Value {
        match self.next().await {
            Next::Payload(mut payload) if payload["errors"].is_null() => payload["data"].take(),
            other => panic!("no data: {other:?}"),
        }
    }

    async fn block(&mut self) -> Option<String> {
        loop {
            if let Some((block, rest)) = self.text.split_once("\n\n") {
                let (block, rest) = (block.to_owned(), rest.to_owned());
                self.text = rest;
                if let Some(id) = block.lines().find_map(|line| line.strip_prefix("id: ")) {
                    self.cursor = id.to_owned();
                }
                return Some(block);
            }
            let chunk = timeout(NEVER, self.response.chunk()).await.unwrap().ok()??;
            self.text.push_str(std::str::from_utf8(&chunk).unwrap());
        }
    }
}

fn data(block: &str) -> Value {
    let data = block.lines().find_map(|line| line.strip_prefix("data: ")).unwrap();
    serde_json::from_str(data).unwrap()
}

fn code(body: &Value) -> String {
    body["errors"][0]["extensions"]["code"].as_str().unwrap_or_else(|| panic!("{body}")).to_owned()
}
