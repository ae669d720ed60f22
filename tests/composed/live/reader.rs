//! A subscriber that is cut off again and again, at random places, and resumes behind the newest cursor that it has seen. In: a
//! subscription and a transport. Out: the numbers of the events in the order in which they came.

use std::{net::SocketAddr, time::Duration};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD as BASE64};
use futures::{SinkExt, StreamExt};
use http_body_util::{BodyExt, Full};
use hyper_util::rt::TokioIo;
use rand::{RngExt, SeedableRng, rngs::StdRng};
use serde_json::{Value, json};
use tokio::{
    net::TcpStream,
    sync::watch,
    time::{sleep, timeout},
};
use tokio_tungstenite::{
    client_async,
    tungstenite::{Message, client::IntoClientRequest},
};

use super::cut::Cut;

/// How a reader is connected.
#[derive(Clone, Copy, Debug)]
pub enum Transport {
    WebSocket,
    Sse,
    Multipart,
}

/// A subscriber.
pub struct Reader {
    pub bff: SocketAddr,
    pub transport: Transport,
    /// With the variable `$after`.
    pub query: &'static str,
    pub variables: Value,
    pub token: Option<String>,
    /// The cursor of the beginning.
    pub cursor: String,
    pub random: StdRng,
    /// The number of the last event that is expected, once it is known.
    pub last: watch::Receiver<Option<u64>>,
    /// The numbers of the events, in the order in which they came.
    pub seen: Vec<u64>,
    /// Connections that were opened.
    pub connections: u64,
}

/// The connection broke, or was cut.
struct Broken;

type Reading<T> = Result<T, Broken>;

fn broken<E>(_: E) -> Broken {
    Broken
}

impl Reader {
    pub fn seed(seed: u64) -> StdRng {
        StdRng::seed_from_u64(seed)
    }

    /// Reads until the last event has come.
    pub async fn read(mut self) -> Self {
        while !self.is_done() {
            self.connections += 1;
            // Some connections last, others are cut soon: also while the first message is on its way.
            let bytes = if self.random.random_ratio(1, 3) { usize::MAX } else { self.random.random_range(1..6_000) };
            let life = Duration::from_millis(self.random.random_range(200..4_000));
            let connected = async {
                match self.transport {
                    Transport::WebSocket => self.web_socket(bytes).await,
                    Transport::Sse | Transport::Multipart => self.stream(bytes).await,
                }
            };
            let _ = timeout(life, connected).await;
            let pause = Duration::from_millis(self.random.random_range(0..150));
            sleep(pause).await;
        }
        self
    }

    fn is_done(&self) -> bool {
        let last = *self.last.borrow();
        last.is_some_and(|last| self.seen.last().is_some_and(|seen| *seen >= last) || last == 0)
    }

    fn take(&mut self, payload: &Value) {
        let cursor = payload["extensions"]["cursor"].as_str().unwrap_or_else(|| panic!("no cursor: {payload}"));
        self.cursor = cursor.to_owned();
        self.seen.push(sequence(cursor));
    }

    fn payload(&self) -> Value {
        let mut variables = self.variables.clone();
        variables["after"] = self.cursor.as_str().into();
        json!({"query": self.query, "variables": variables})
    }

    async fn connect(&self, bytes: usize) -> Reading<Cut> {
        Ok(Cut::after(bytes, TcpStream::connect(self.bff).await.map_err(broken)?))
    }

    async fn web_socket(&mut self, bytes: usize) -> Reading<()> {
        let mut request = format!("ws://{}/graphql", self.bff).into_client_request().unwrap();
        request.headers_mut().insert("sec-websocket-protocol", "graphql-transport-ws".parse().unwrap());
        let (mut socket, _) = client_async(request, self.connect(bytes).await?).await.map_err(broken)?;
        let init = json!({"type": "connection_init", "payload": {"authorization": self.token}});
        socket.send(Message::text(init.to_string())).await.map_err(broken)?;
        let subscribe = json!({"type": "subscribe", "id": "1", "payload": self.payload()});
        loop {
            let message = socket.next().await.ok_or(Broken)?.map_err(broken)?;
            let Message::Text(text) = message else { return Err(Broken) };
            let message: Value = serde_json::from_str(&text).unwrap();
            match message["type"].as_str() {
                Some("connection_ack") => {
                    socket.send(Message::text(subscribe.to_string())).await.map_err(broken)?;
                }
                Some("next") => self.take(&message["payload"]),
                Some("ping") => {
                    // The position of all subscriptions: progress without a message.
                    let position = message["payload"]["position"].as_str().unwrap();
                    self.cursor = position.to_owned();
                    socket.send(Message::text(r#"{"type":"pong"}"#)).await.map_err(broken)?;
                }
                // The services are being restarted.
                Some("error") => return Err(may_pass(&message["payload"])),
                other => panic!("{other:?}: {text}"),
            }
            if self.is_done() {
                return Ok(());
            }
        }
    }

    async fn stream(&mut self, bytes: usize) -> Reading<()> {
        let connection = TokioIo::new(self.connect(bytes).await?);
        let (mut sender, driver) = hyper::client::conn::http1::handshake(connection).await.map_err(broken)?;
        let driver = tokio::spawn(driver);
        let accept = match self.transport {
            Transport::Sse => "text/event-stream",
            _ => "multipart/mixed;subscriptionSpec=\"1.0\", application/json",
        };
        let mut request = http::Request::post("/graphql").header("host", self.bff.to_string()).header("accept", accept);
        if let Some(token) = &self.token {
            request = request.header("authorization", token);
        }
        let body = Full::new(bytes::Bytes::from(self.payload().to_string()));
        let request = request.header("content-type", "application/json").body(body).unwrap();
        let response = sender.send_request(request).await.map_err(broken)?;
        let is_stream = response.headers()["content-type"].to_str().unwrap().starts_with(match self.transport {
            Transport::Sse => "text/event-stream",
            _ => "multipart/mixed",
        });
        let mut body = response.into_body();
        let mut text = String::new();
        while let Some(frame) = body.frame().await {
            let frame = frame.map_err(broken)?;
            text.push_str(std::str::from_utf8(frame.data_ref().ok_or(Broken)?).unwrap());
            if is_stream {
                match self.transport {
                    Transport::Sse => self.take_events(&mut text)?,
                    _ => self.take_parts(&mut text)?,
                }
            }
            if self.is_done() {
                driver.abort();
                return Ok(());
            }
        }
        if !is_stream {
            return Err(may_pass(&serde_json::from_str::<Value>(&text).unwrap()["errors"]));
        }
        Err(Broken)
    }

    fn take_events(&mut self, text: &mut String) -> Reading<()> {
        while let Some((event, rest)) = text.split_once("\n\n") {
            let field = |name: &str| event.lines().find_map(|line| line.strip_prefix(name)).map(str::to_owned);
            if let Some(data) = field("data: ") {
                let payload: Value = serde_json::from_str(&data).unwrap();
                if payload["extensions"]["cursor"].is_null() {
                    return Err(may_pass(&payload["errors"]));
                }
                self.take(&payload);
            }
            if let Some(id) = field("id: ") {
                self.cursor = id;
            }
            *text = rest.to_owned();
        }
        Ok(())
    }

    fn take_parts(&mut self, text: &mut String) -> Reading<()> {
        while let Some((part, rest)) = text.split_once("\r\n--graphql") {
            if let Some((_, json)) = part.split_once("\r\n\r\n") {
                let part: Value = serde_json::from_str(json).unwrap();
                if part["payload"].is_object() {
                    self.take(&part["payload"]);
                } else if !part["errors"].is_null() {
                    return Err(may_pass(&part["errors"]));
                }
            }
            *text = rest.to_owned();
        }
        Ok(())
    }
}

/// Errors that pass when the services are up again; others fail the test.
fn may_pass(errors: &Value) -> Broken {
    let code = errors[0]["extensions"]["code"].as_str().unwrap_or_default();
    assert!(matches!(code, "SERVICE_UNAVAILABLE" | "SERVICE_TIMEOUT" | "STREAM_ENDED" | "OVERLOADED"), "{errors}");
    Broken
}

/// The number of the event that a cursor is behind.
fn sequence(cursor: &str) -> u64 {
    let text = String::from_utf8(BASE64.decode(cursor).unwrap()).unwrap();
    text.rsplit_once(':').unwrap().1.parse().unwrap()
}
