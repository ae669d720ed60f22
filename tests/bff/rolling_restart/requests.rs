//! A client that asks one query after the other over connections that it keeps, by GET and by POST in turn. Each has a text of its
//! own, so that no cache answers. Each must be answered.

use std::time::Duration;

use harness::client::Client;
use serde_json::{Value, json};
use tokio::sync::watch;
use tokio::time::sleep;

/// Between two requests.
const PAUSE: Duration = Duration::from_millis(10);

/// How many requests were answered, and what went wrong with the others.
#[derive(Default)]
pub struct Asked {
    pub answered: usize,
    pub failed: Vec<String>,
}

/// Asks until it is told to stop. `number` tells the texts of several clients apart.
pub async fn ask(client: Client, number: usize, stop: watch::Receiver<Option<u64>>) -> Asked {
    let mut asked = Asked::default();
    while stop.borrow().is_none() {
        let query =
            format!("{{ posts(first: 2) {{ nodes {{ a{number}_{}: title author {{ name }} }} }} }}", asked.answered);
        let is_get = asked.answered % 2 == 0;
        match answer(&client, &query, is_get).await {
            Ok(()) => asked.answered += 1,
            Err(error) => asked.failed.push(format!("{} {error}", if is_get { "GET" } else { "POST" })),
        }
        sleep(PAUSE).await;
    }
    asked
}

async fn answer(client: &Client, query: &str, is_get: bool) -> Result<(), String> {
    let request = if is_get { client.get(&[("query", query)]) } else { client.post(&json!({"query": query})) };
    #[expect(clippy::disallowed_methods, reason = "a client of the BFF, not of a service")]
    let response = request.send().await.map_err(|error| format!("{error:?}"))?;
    let status = response.status();
    let text = response.text().await.map_err(|error| format!("{error:?}"))?;
    let body: Value = serde_json::from_str(&text).map_err(|_| format!("{status} {text}"))?;
    match body["errors"].is_null() && body["data"]["posts"]["nodes"].as_array().is_some_and(|nodes| nodes.len() == 2) {
        true => Ok(()),
        false => Err(format!("{status} {text}")),
    }
}
