//! One request on the loopback, sent over keep-alive connections. In: a target. Out: the body of its answer, which must be a success.

use bytes::Bytes;
use http::{Method, Request, header};
use http_body_util::{BodyExt, Full};
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

/// A connection that is kept alive.
pub type Connection = SendRequest<Full<Bytes>>;

/// One request, to be sent over and over.
#[derive(Clone)]
pub struct Target {
    /// On the loopback.
    pub port: u16,
    /// Path and query.
    pub path: String,
    /// The body of a POST; without one it is a GET.
    pub body: Option<Bytes>,
    /// A bearer token.
    pub token: Option<String>,
}

impl Target {
    /// Asks once.
    pub async fn ask(&self) -> Bytes {
        self.exchange(&mut self.connect().await).await
    }

    /// Opens a connection.
    pub async fn connect(&self) -> Connection {
        let stream = TcpStream::connect(("127.0.0.1", self.port)).await.unwrap();
        stream.set_nodelay(true).unwrap();
        let (sender, connection) = handshake(TokioIo::new(stream)).await.unwrap();
        tokio::spawn(connection);
        sender
    }

    /// Asks over a connection.
    pub async fn exchange(&self, connection: &mut Connection) -> Bytes {
        let mut request = Request::builder()
            .method(if self.body.is_some() { Method::POST } else { Method::GET })
            .uri(&self.path)
            .header(header::HOST, "127.0.0.1")
            .header(header::ACCEPT, "application/json");
        if self.body.is_some() {
            request = request.header(header::CONTENT_TYPE, "application/json");
        }
        if let Some(token) = &self.token {
            request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
        }
        connection.ready().await.unwrap();
        let answer = connection.send_request(request.body(Full::new(self.body.clone().unwrap_or_default())).unwrap());
        let answer = answer.await.unwrap();
        let status = answer.status();
        let body = answer.into_body().collect().await.unwrap().to_bytes();
        assert!(status.is_success(), "{status}: {}", String::from_utf8_lossy(&body));
        body
    }
}
