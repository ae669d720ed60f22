//! A subscription over Server-Sent Events or multipart, as a subscriber reads it who is told of a restart: `retry:` and no
//! `complete`, or a last part that says where to resume. Any other end of a stream fails the test.

use harness::client::Client;
use serde_json::Value;

/// How the stream is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Sse,
    Multipart,
}

/// What comes next.
pub enum Block {
    /// A response.
    Payload(Value),
    /// A sign of life, with the cursor behind everything before.
    Cursor(String),
    /// The server has ended the stream for a restart. A multipart stream states the cursor to resume behind.
    Ended(Option<String>),
}

/// An open stream.
pub struct Stream {
    kind: Kind,
    response: reqwest::Response,
    text: String,
}

impl Stream {
    /// Subscribes; it must not be refused.
    pub async fn open(client: &Client, kind: Kind, payload: &Value) -> Self {
        let accept = match kind {
            Kind::Sse => "text/event-stream",
            Kind::Multipart => "multipart/mixed;subscriptionSpec=1.0, application/json",
        };
        let request = client.request(reqwest::Method::POST, "/graphql").header("accept", accept);
        let request = request.header("content-type", "application/json").body(payload.to_string());
        #[expect(clippy::disallowed_methods, reason = "a client of the BFF, not of a service")]
        let response = request.send().await.unwrap();
        let content_type = response.headers()["content-type"].to_str().unwrap();
        let is_stream = content_type.starts_with("text/event-stream") || content_type.starts_with("multipart/mixed");
        assert!(response.status() == 200 && is_stream, "{kind:?}: {response:?}");
        Self { kind, response, text: String::new() }
    }

    /// What comes next.
    pub async fn next(&mut self) -> Block {
        loop {
            let read = match self.kind {
                Kind::Sse => self.event().await,
                Kind::Multipart => self.part().await,
            };
            if let Some(block) = read {
                return block;
            }
        }
    }

    async fn event(&mut self) -> Option<Block> {
        let event = self.until("\n\n").await.unwrap_or_else(|| panic!("an end without `retry:`"));
        let field = |name: &str| event.lines().find_map(|line| line.strip_prefix(name));
        match (field("event: "), field("id: "), field("retry: ")) {
            (Some("next"), Some(_), None) => Some(Block::Payload(serde_json::from_str(field("data: ")?).unwrap())),
            (None, Some(cursor), None) => Some(Block::Cursor(cursor.to_owned())),
            (None, None, Some(_)) => {
                assert_eq!(self.until("\n\n").await, None, "the end");
                Some(Block::Ended(None))
            }
            _ => panic!("{event}"),
        }
    }

    async fn part(&mut self) -> Option<Block> {
        let part = self.until("\r\n--graphql").await.unwrap_or_else(|| panic!("an end without a last part"));
        // Before the first part there is only its delimiter.
        let (_, json) = part.split_once("\r\n\r\n")?;
        let mut part: Value = serde_json::from_str(json).unwrap();
        if part["payload"].is_object() {
            return Some(Block::Payload(part["payload"].take()));
        }
        let extensions = &part["errors"][0]["extensions"];
        if part["errors"].is_null() {
            return None;
        }
        assert_eq!(extensions["code"], "STREAM_ENDED", "{part}");
        assert_eq!(self.until("--\r\n").await.as_deref(), Some(""), "the last delimiter");
        assert_eq!(self.until("\n").await, None, "the end");
        Some(Block::Ended(Some(extensions["resumeFrom"].as_str().unwrap().to_owned())))
    }

    /// The text up to there; `None` at the end of the response, where nothing may be left.
    async fn until(&mut self, delimiter: &str) -> Option<String> {
        loop {
            if let Some((text, rest)) = self.text.split_once(delimiter) {
                let (text, rest) = (text.to_owned(), rest.to_owned());
                self.text = rest;
                return Some(text);
            }
            let Some(chunk) = self.response.chunk().await.unwrap() else {
                assert_eq!(self.text, "", "{:?}", self.kind);
                return None;
            };
            self.text.push_str(std::str::from_utf8(&chunk).unwrap());
        }
    }
}
