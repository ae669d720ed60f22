//! One subscriber: a WebSocket (`graphql-transport-ws`) with one subscription to the comments of a post. In: a port and a topic. Out:
//! each message, counted.

use std::{sync::Arc, time::Duration};

use futures::{SinkExt, StreamExt};
use serde_json::json;
use tokio::net::{TcpSocket, TcpStream};
use tokio_tungstenite::{
    WebSocketStream, client_async_with_config,
    tungstenite::{Message, client::IntoClientRequest, protocol::WebSocketConfig},
};

use super::tally::{Tally, now};

const QUERY: &str = "subscription Comments($post: ID!, $after: Cursor) { commentAdded(postId: $post, after: $after) \
                     { comment { id body author { name } } } }";
/// Bytes of a slow subscriber's receive buffer, so that the server feels that it is slow.
const SMALL_BUFFER: u32 = 4 * 1024;

/// A subscriber.
pub struct Subscriber {
    pub port: u16,
    pub topic: String,
    pub after: Option<String>,
    pub is_slow: bool,
}

type Socket = WebSocketStream<TcpStream>;

impl Subscriber {
    /// Connects and sends the subscription, which nothing acknowledges (`Server::settled` waits for it).
    pub async fn connect(&self) -> Socket {
        let tcp = TcpSocket::new_v4().unwrap();
        if self.is_slow {
            tcp.set_recv_buffer_size(SMALL_BUFFER).unwrap();
        }
        let stream = tcp.connect(([127, 0, 0, 1], self.port).into()).await.unwrap();
        stream.set_nodelay(true).unwrap();
        let mut request = format!("ws://127.0.0.1:{}/graphql", self.port).into_client_request().unwrap();
        request.headers_mut().insert("sec-websocket-protocol", "graphql-transport-ws".parse().unwrap());
        let config = WebSocketConfig::default().read_buffer_size(4 * 1024).write_buffer_size(0);
        let (mut socket, _) = client_async_with_config(request, stream, Some(config)).await.unwrap();
        socket.send(Message::text(json!({"type": "connection_init"}).to_string())).await.unwrap();
        until(&mut socket, "connection_ack").await;
        let variables = json!({"post": self.topic, "after": self.after});
        let subscribe = json!({"type": "subscribe", "id": "1", "payload": {"query": QUERY, "variables": variables}});
        socket.send(Message::text(subscribe.to_string())).await.unwrap();
        socket
    }

    /// Reads until the connection ends.
    pub async fn read(self, mut socket: Socket, tally: Arc<Tally>) {
        while let Some(Ok(message)) = socket.next().await {
            let Message::Text(text) = message else { continue };
            if text.ends_with(r#""type":"ping"}"#) {
                socket.send(Message::text(r#"{"type":"pong"}"#)).await.unwrap();
            } else if self.is_slow {
                tokio::time::sleep(Duration::from_secs(1)).await;
            } else {
                tally.received(sent_at(&text), now());
            }
        }
        tally.broke();
    }
}

async fn until(socket: &mut Socket, kind: &str) {
    while let Some(message) = socket.next().await {
        if message.unwrap().to_text().unwrap().contains(kind) {
            return;
        }
    }
    panic!("the server closed the connection before its {kind}");
}

/// The time of the change, which is the text of the comment.
fn sent_at(message: &str) -> u64 {
    let (_, body) = message.split_once(r#""body":""#).unwrap_or_else(|| panic!("not a comment: {message}"));
    let digits = body.split(|letter: char| !letter.is_ascii_digit()).next();
    digits.and_then(|digits| digits.parse().ok()).unwrap_or_else(|| panic!("no time: {message}"))
}
