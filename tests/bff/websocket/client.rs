//! A client of `graphql-transport-ws` that hides nothing: messages as JSON, and how the server closed the connection.

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use futures::{SinkExt, StreamExt};
use harness::client::Answer;
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio::time::{sleep, timeout};
use tokio_tungstenite::tungstenite::{Message, client::IntoClientRequest};
use tokio_tungstenite::{WebSocketStream, client_async};

use crate::app::App;

/// Nothing takes as long, unless it never ends. Longer than any pause of a paused clock that a test waits for.
pub const NEVER: Duration = Duration::from_secs(120);

/// The subscription that most tests use.
pub const POSTS: &str =
    "subscription Posts($after: Cursor) { postPublished(after: $after) { cursor post { id title } } }";

/// A WebSocket of a test.
pub struct Socket {
    stream: WebSocketStream<TcpStream>,
}

impl Socket {
    /// A socket after the handshake.
    pub async fn open(app: &App) -> Self {
        Self::open_with(app, &[]).await
    }

    /// A socket after a handshake with these headers.
    pub async fn open_with(app: &App, headers: &[(&'static str, &str)]) -> Self {
        let mut request = format!("ws://{}/graphql/ws", app.address).into_client_request().unwrap();
        request.headers_mut().insert("sec-websocket-protocol", "graphql-transport-ws".parse().unwrap());
        for (name, value) in headers {
            request.headers_mut().append(*name, value.parse().unwrap());
        }
        let stream = TcpStream::connect(app.address).await.unwrap();
        stream.set_nodelay(true).unwrap();
        let (stream, _) = timeout(NEVER, client_async(request, stream)).await.unwrap().unwrap();
        Self { stream }
    }

    /// An acknowledged socket without a viewer.
    pub async fn anonymous(app: &App) -> Self {
        let mut socket = Self::open(app).await;
        socket.init(json!({})).await;
        socket
    }

    /// An acknowledged socket of the person with that number; 0 is an admin.
    pub async fn person(app: &App, number: usize) -> Self {
        Self::of_token(app, &app.services.token(number)).await
    }

    /// An acknowledged socket of the viewer of that token.
    pub async fn of_token(app: &App, token: &str) -> Self {
        let mut socket = Self::open(app).await;
        socket.init(json!({"authorization": format!("Bearer {token}")})).await;
        socket
    }

    /// Sends `connection_init`; the payload of the acknowledgement.
    pub async fn init(&mut self, payload: Value) -> Value {
        self.send(json!({"type": "connection_init", "payload": payload})).await;
        let mut ack = self.receive().await;
        assert_eq!(ack["type"], "connection_ack", "{ack}");
        ack["payload"].take()
    }

    /// Sends a message.
    pub async fn send(&mut self, message: Value) {
        self.send_text(&message.to_string()).await;
    }

    /// Sends a text message of any text.
    pub async fn send_text(&mut self, text: &str) {
        self.send_raw(Message::text(text)).await;
    }

    /// Sends a message of the WebSocket protocol.
    pub async fn send_raw(&mut self, message: Message) {
        timeout(NEVER, self.stream.send(message)).await.unwrap().unwrap();
    }

    /// Sends an operation.
    pub async fn subscribe(&mut self, id: &str, payload: Value) {
        self.send(json!({"type": "subscribe", "id": id, "payload": payload})).await;
    }

    /// Subscribes to the posts of all authors behind that position.
    pub async fn subscribe_to_posts(&mut self, id: &str, after: &str) {
        self.subscribe(id, json!({"query": POSTS, "variables": {"after": after}})).await;
    }

    /// The next frame: a message, or how the server closed the connection.
    pub async fn next(&mut self) -> Received {
        let received = timeout(NEVER, self.stream.next()).await.unwrap();
        match received {
            Some(Ok(Message::Text(text))) => Received::Message(serde_json::from_str(&text).unwrap()),
            Some(Ok(Message::Close(Some(frame)))) => Received::Closed(frame.code.into(), frame.reason.to_string()),
            Some(Ok(other)) => Received::Other(other),
            // Without a closing handshake.
            Some(Err(_)) | None => Received::Gone,
        }
    }

    /// The next message, but for the server's pings.
    pub async fn receive(&mut self) -> Value {
        loop {
            match self.next().await {
                Received::Message(message) if message["type"] == "ping" => {}
                Received::Message(message) => return message,
                other => panic!("no message: {other:?}"),
            }
        }
    }

    /// The next ping of the server, which must be the next message.
    pub async fn ping(&mut self) -> Value {
        match self.next().await {
            Received::Message(mut message) if message["type"] == "ping" => message["payload"].take(),
            other => panic!("no ping: {other:?}"),
        }
    }

    /// The result of the next message, which must be a `next` of that id.
    pub async fn result(&mut self, id: &str) -> Value {
        let mut message = self.receive().await;
        assert_eq!((&message["type"], &message["id"]), (&json!("next"), &json!(id)), "{message}");
        message["payload"].take()
    }

    /// The codes of the next message, which must be an `error` of that id.
    pub async fn errors(&mut self, id: &str) -> Vec<String> {
        let message = self.receive().await;
        assert_eq!((&message["type"], &message["id"]), (&json!("error"), &json!(id)), "{message}");
        let errors = message["payload"].as_array().unwrap();
        assert!(!errors.is_empty(), "{message}");
        errors.iter().map(|error| error["extensions"]["code"].as_str().unwrap().to_owned()).collect()
    }

    /// The result of a query or mutation, which must be one `next` and a `complete`.
    pub async fn run(&mut self, id: &str, payload: Value) -> Value {
        self.subscribe(id, payload).await;
        let result = self.result(id).await;
        assert_eq!(self.receive().await, json!({"type": "complete", "id": id}));
        result
    }

    /// Everything sent before is answered: the next message is the pong, and nothing came in between.
    pub async fn nothing_but_pong(&mut self) {
        self.send(json!({"type": "ping", "payload": {"nothing": "between"}})).await;
        assert_eq!(self.receive().await, json!({"type": "pong", "payload": {"nothing": "between"}}));
    }

    /// Code and reason by which the server closes the connection; messages before it are not looked at.
    pub async fn closed(&mut self) -> (u16, String) {
        loop {
            match self.next().await {
                Received::Closed(code, reason) => {
                    assert!(reason.len() <= 123, "{reason}");
                    return (code, reason);
                }
                Received::Gone => panic!("the connection was cut without a close frame"),
                _ => {}
            }
        }
    }

    /// The code by which the server closes the connection.
    pub async fn code(&mut self) -> u16 {
        self.closed().await.0
    }

    /// Closes the connection as a client does, and waits for the server's answer; its code.
    pub async fn close(mut self) -> Option<u16> {
        timeout(NEVER, self.stream.close(None)).await.unwrap().unwrap();
        loop {
            match timeout(NEVER, self.stream.next()).await.unwrap() {
                Some(Ok(Message::Close(frame))) => return Some(frame.map_or(1005, |frame| frame.code.into())),
                Some(Ok(_)) => {}
                Some(Err(_)) | None => return None,
            }
        }
    }
}

/// A frame of the server.
#[derive(Debug)]
pub enum Received {
    /// A message of the protocol.
    Message(Value),
    /// A close frame.
    Closed(u16, String),
    /// Another frame.
    Other(Message),
    /// The end of the connection.
    Gone,
}

/// A position that has a place in the events of each service; waits for the BFF to have opened their feeds.
pub async fn position(app: &App) -> String {
    let asked = json!({"query": "{ __typename }", "extensions": {"position": true}});
    let known = async {
        loop {
            let answer = Answer::of(app.client.post(&asked)).await.json();
            let position = answer["extensions"]["position"].as_str().unwrap().to_owned();
            if places(&position).len() == 3 {
                return position;
            }
            sleep(Duration::from_millis(5)).await;
        }
    };
    timeout(NEVER, known).await.unwrap()
}

/// The places of a position: `service:epoch:sequence`. Clients must not look into it; tests do.
pub fn places(position: &str) -> Vec<String> {
    let text = String::from_utf8(BASE64.decode(position).unwrap()).unwrap();
    text.split(',').filter(|place| !place.is_empty()).map(str::to_owned).collect()
}

/// Lets the post service tell that the post with that number was published; its id.
pub fn publish(app: &App, number: usize) -> String {
    let (post, author) = {
        let town = app.services.town();
        (town.posts[number].id.to_string(), town.posts[number].author_id)
    };
    app.services.feed("post").emit("post.published", &post, json!({"author_id": author, "version": 1}));
    post
}

/// Waits until that is so.
pub async fn until(mut is_so: impl FnMut() -> bool) {
    let so = async {
        while !is_so() {
            sleep(Duration::from_millis(5)).await;
        }
    };
    timeout(NEVER, so).await.unwrap();
}
