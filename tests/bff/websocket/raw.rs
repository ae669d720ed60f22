//! A WebSocket written by hand: frames as bytes, well-formed or not.

use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::NEVER;
use crate::app::App;

/// A text frame, final.
pub const TEXT: u8 = 0x81;
/// The last frame of a message.
const FINAL: u8 = 0x80;
/// A ping frame.
pub const PING: u8 = 0x89;
/// A close frame.
pub const CLOSE: u8 = 0x88;

/// A handshake as a browser sends it, without an origin.
pub const HANDSHAKE: &str = "GET /graphql/ws HTTP/1.1\r\nhost: tessera\r\nconnection: Upgrade\r\nupgrade: websocket\r\n\
    sec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\
    sec-websocket-protocol: graphql-transport-ws\r\n\r\n";

/// A connection that is spoken to in bytes.
pub struct Raw {
    stream: TcpStream,
}

impl Raw {
    /// A connection on which those bytes were sent.
    pub async fn connect(app: &App, first: &[u8]) -> Self {
        let mut stream = TcpStream::connect(app.address).await.unwrap();
        stream.set_nodelay(true).unwrap();
        stream.write_all(first).await.unwrap();
        Self { stream }
    }

    /// An acknowledged connection over that stream.
    pub async fn acknowledged_on(stream: TcpStream) -> Self {
        let mut raw = Self { stream };
        raw.send(HANDSHAKE.as_bytes()).await;
        raw.head().await;
        raw.init().await;
        raw
    }

    /// The port of this side.
    pub fn port(&self) -> u16 {
        self.stream.local_addr().unwrap().port()
    }

    /// A connection after the handshake.
    pub async fn open(app: &App) -> Self {
        let mut raw = Self::connect(app, HANDSHAKE.as_bytes()).await;
        let head = raw.head().await;
        assert!(head.starts_with("HTTP/1.1 101 "), "{head}");
        raw
    }

    /// A connection after `connection_ack`.
    pub async fn acknowledged(app: &App) -> Self {
        let mut raw = Self::open(app).await;
        raw.init().await;
        raw
    }

    async fn init(&mut self) {
        self.send(&frame(TEXT, br#"{"type":"connection_init"}"#)).await;
        let (_, ack) = self.next().await.unwrap();
        assert!(String::from_utf8(ack).unwrap().contains("connection_ack"));
    }

    /// The head of the response.
    pub async fn head(&mut self) -> String {
        let mut read = Vec::new();
        while !read.ends_with(b"\r\n\r\n") {
            let byte = timeout(NEVER, self.stream.read_u8()).await.unwrap();
            read.push(byte.unwrap_or_else(|error| panic!("{error} after {}", String::from_utf8_lossy(&read))));
        }
        String::from_utf8(read).unwrap()
    }

    /// Sends bytes; the server may have closed the connection.
    pub async fn send(&mut self, bytes: &[u8]) {
        let _ = timeout(NEVER, self.stream.write_all(bytes)).await.unwrap();
    }

    /// First byte and payload of the next frame, or of a message in fragments; `None` at the end of the connection.
    pub async fn next(&mut self) -> Option<(u8, Vec<u8>)> {
        timeout(NEVER, self.whole()).await.unwrap()
    }

    async fn whole(&mut self) -> Option<(u8, Vec<u8>)> {
        let (first, mut payload) = self.read().await?;
        let mut last = first;
        while last & FINAL == 0 {
            let fragment = self.read().await?;
            assert!(matches!(fragment.0, 0x00 | FINAL), "between fragments: {fragment:?}");
            payload.extend(fragment.1);
            last = fragment.0;
        }
        Some((first | FINAL, payload))
    }

    async fn read(&mut self) -> Option<(u8, Vec<u8>)> {
        let first = self.stream.read_u8().await.ok()?;
        let length = match self.stream.read_u8().await.ok()? {
            126 => u64::from(self.stream.read_u16().await.ok()?),
            127 => self.stream.read_u64().await.ok()?,
            length => u64::from(length),
        };
        let mut payload = vec![0; usize::try_from(length).unwrap()];
        self.stream.read_exact(&mut payload).await.ok()?;
        Some((first, payload))
    }

    /// The next text message.
    pub async fn message(&mut self) -> Value {
        let (first, payload) = self.next().await.unwrap();
        assert_eq!(first, TEXT, "{}", String::from_utf8_lossy(&payload));
        serde_json::from_slice(&payload).unwrap()
    }

    /// The code by which the server closes the connection; `None` if it closes it without one.
    pub async fn code(&mut self) -> Option<u16> {
        while let Some((first, payload)) = self.next().await {
            if first == CLOSE {
                let code = payload.first_chunk().map(|code| u16::from_be_bytes(*code));
                assert!(payload.len() <= 125 && std::str::from_utf8(&payload[2..]).is_ok(), "{payload:?}");
                return code;
            }
        }
        None
    }

    /// Sends no more, and reads what comes until the server closes the connection.
    pub async fn rest(mut self) -> Vec<u8> {
        let _ = self.stream.shutdown().await;
        let mut read = Vec::new();
        // A connection that is reset is closed too.
        let _ = timeout(NEVER, self.stream.read_to_end(&mut read)).await.unwrap();
        read
    }
}

/// A frame with that first byte (FIN, reserved bits, opcode), masked.
pub fn frame(first: u8, payload: &[u8]) -> Vec<u8> {
    let mask = [1, 2, 3, 4];
    let mut frame = header(first, payload.len(), 0x80);
    frame.extend(mask);
    frame.extend(payload.iter().enumerate().map(|(place, byte)| byte ^ mask[place % 4]));
    frame
}

/// A frame without a mask.
pub fn unmasked(first: u8, payload: &[u8]) -> Vec<u8> {
    let mut frame = header(first, payload.len(), 0);
    frame.extend(payload);
    frame
}

fn header(first: u8, length: usize, masked: u8) -> Vec<u8> {
    let mut header = vec![first];
    match length {
        0..126 => header.push(masked | length as u8),
        126..0x1_0000 => {
            header.push(masked | 126);
            header.extend((length as u16).to_be_bytes());
        }
        _ => {
            header.push(masked | 127);
            header.extend((length as u64).to_be_bytes());
        }
    }
    header
}
