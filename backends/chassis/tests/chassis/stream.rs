//! A reader of the feed as a stream. In: an instance and a position. Out: events and heartbeats, each with its position.

use std::time::Duration;

use chassis::testing::API_KEY;
use contract::{CloudEvent, Position};
use tokio::time::timeout;

use super::notes::Notebook;

pub struct Stream {
    response: reqwest::Response,
    text: String,
}

/// A message of a stream.
pub struct Message {
    pub position: Position,
    /// `None` for a heartbeat.
    pub event: Option<CloudEvent>,
}

impl Stream {
    /// The stream of an instance behind `after`; `None` if it answers with an error.
    pub async fn open(notes: &Notebook, after: &Position) -> Option<Self> {
        let request = notes.request("GET", &format!("/v1/events?after={after}")).header("x-api-key", API_KEY);
        let response = notes.open(request.header("accept", "text/event-stream")).await;
        response.status().is_success().then(|| Self { response, text: String::new() })
    }

    /// The next message; `None` at the end of the stream.
    pub async fn next(&mut self) -> Option<Message> {
        loop {
            if let Some((message, rest)) = self.text.split_once("\n\n") {
                let field = |name: &str| message.lines().find_map(|line| line.strip_prefix(name));
                let position = field("id: ").unwrap().parse().unwrap();
                let event = field("data: ").map(|data| serde_json::from_str(data).unwrap());
                self.text = rest.to_owned();
                return Some(Message { position, event });
            }
            let chunk = timeout(Duration::from_secs(20), self.response.chunk()).await.unwrap().ok().flatten()?;
            self.text.push_str(std::str::from_utf8(&chunk).unwrap());
        }
    }
}
