//! A subscriber that connects again at once when the server ends its connection, behind the newest cursor that it has seen. Any
//! other end of a connection, and any refusal, fails the test.

use std::sync::Arc;
use std::time::{Duration, Instant};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD as BASE64};
use futures::{SinkExt, StreamExt};
use harness::client::Client;
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio::sync::{Semaphore, watch};
use tokio::time::timeout;
use tokio_tungstenite::client_async;
use tokio_tungstenite::tungstenite::{Message, client::IntoClientRequest};

use super::stream::{Block, Kind, Stream};

/// Longer than any silence: there is a sign of life every 15 seconds.
const NEVER: Duration = Duration::from_secs(60);
const QUERY: &str = "subscription($after: Cursor) { postPublished(after: $after) { post { title } } }";

/// How a subscriber is connected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Transport {
    WebSocket,
    Stream(Kind),
}

/// A subscriber.
pub struct Subscriber {
    pub transport: Transport,
    /// Where it connects to: `host:port`, and for streams.
    pub address: String,
    pub client: Client,
    /// Of the beginning, then of the newest message or sign of life.
    pub cursor: String,
    /// The number of the last event, once it is known.
    pub last: watch::Receiver<Option<u64>>,
    /// Gets a permit when the first event has come.
    pub begun: Arc<Semaphore>,
    /// The numbers of the events, in the order in which they came.
    pub seen: Vec<u64>,
    /// When the server ended a connection.
    pub ends: Vec<Instant>,
}

impl Subscriber {
    /// Reads until the last event has come.
    pub async fn read(mut self) -> Self {
        while !self.is_done() {
            match self.transport {
                Transport::WebSocket => self.web_socket().await,
                Transport::Stream(kind) => self.stream(kind).await,
            }
        }
        self
    }

    fn is_done(&self) -> bool {
        let last = *self.last.borrow();
        last.is_some_and(|last| self.seen.last().is_some_and(|seen| *seen >= last))
    }

    fn take(&mut self, payload: &Value) {
        assert!(payload["errors"].is_null(), "{payload}");
        payload["extensions"]["cursor"].as_str().unwrap_or_else(|| panic!("{payload}")).clone_into(&mut self.cursor);
        if self.seen.is_empty() {
            self.begun.add_permits(1);
        }
        let place = String::from_utf8(BASE64.decode(&self.cursor).unwrap()).unwrap();
        self.seen.push(place.rsplit_once(':').unwrap().1.parse().unwrap());
    }

    fn payload(&self) -> Value {
        json!({"query": QUERY, "variables": {"after": self.cursor}})
    }

    async fn web_socket(&mut self) {
        let mut request = format!("ws://{}/graphql", self.address).into_client_request().unwrap();
        request.headers_mut().insert("sec-websocket-protocol", "graphql-transport-ws".parse().unwrap());
        let stream = TcpStream::connect(&self.address).await.unwrap();
        let (mut socket, _) = timeout(NEVER, client_async(request, stream)).await.unwrap().unwrap();
        socket.send(Message::text(r#"{"type":"connection_init"}"#)).await.unwrap();
        while !self.is_done() {
            let text = match timeout(NEVER, socket.next()).await.unwrap() {
                Some(Ok(Message::Text(text))) => text,
                Some(Ok(Message::Close(Some(frame)))) if u16::from(frame.code) == 1012 => {
                    self.ends.push(Instant::now());
                    // The answer to the close frame; the server may have gone on its own.
                    let _ = socket.flush().await;
                    return;
                }
                other => panic!("{other:?}"),
            };
            let message: Value = serde_json::from_str(&text).unwrap();
            let answer = match message["type"].as_str().unwrap() {
                "connection_ack" => json!({"type": "subscribe", "id": "1", "payload": self.payload()}),
                "ping" => {
                    if let Some(position) = message["payload"]["position"].as_str() {
                        position.clone_into(&mut self.cursor);
                    }
                    json!({"type": "pong"})
                }
                "next" => {
                    self.take(&message["payload"]);
                    continue;
                }
                _ => panic!("{message}"),
            };
            // If the server has closed the connection meanwhile, its close frame is the next thing to read.
            let _ = socket.send(Message::text(answer.to_string())).await;
        }
    }

    async fn stream(&mut self, kind: Kind) {
        let mut stream = Stream::open(&self.client, kind, &self.payload()).await;
        while !self.is_done() {
            match timeout(NEVER, stream.next()).await.unwrap() {
                Block::Payload(payload) => self.take(&payload),
                Block::Cursor(cursor) => self.cursor = cursor,
                Block::Ended(cursor) => {
                    self.ends.push(Instant::now());
                    assert!(cursor.is_none_or(|cursor| cursor == self.cursor), "it resumes elsewhere");
                    return;
                }
            }
        }
    }
}
