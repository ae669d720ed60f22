//! A light client: a fixed number of keep-alive connections, each of which sends the next request when the last answer
//! has arrived. In: a target and how long. Out: the latency of each answer, every one of which was the expected one.

use std::time::{Duration, Instant};

use bytes::Bytes;
use http::{Method, Request, header};
use http_body_util::{BodyExt, Full};
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper_util::rt::TokioIo;
use tokio::{net::TcpStream, task::JoinSet};

/// Connections, and so requests under way.
const CONNECTIONS: usize = 32;

/// One request, to be sent over and over.
#[derive(Clone)]
pub struct Target {
    /// On the loopback.
    pub port: u16,
    /// Path and query.
    pub path: &'static str,
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

    /// Asks for that long; the requests under way at its end are answered and counted too.
    pub async fn load(&self, duration: Duration, expected_bytes: usize) -> Vec<Duration> {
        let until = Instant::now() + duration;
        let mut clients = JoinSet::new();
        for _ in 0..CONNECTIONS {
            let (target, mut connection) = (self.clone(), self.connect().await);
            clients.spawn(async move {
                let mut latencies = Vec::new();
                while Instant::now() < until {
                    let started = Instant::now();
                    let answer = target.exchange(&mut connection).await;
                    latencies.push(started.elapsed());
                    assert_eq!(answer.len(), expected_bytes, "an answer of another size than the first one");
                }
                latencies
            });
        }
        clients.join_all().await.concat()
    }

    async fn connect(&self) -> SendRequest<Full<Bytes>> {
        let stream = TcpStream::connect(("127.0.0.1", self.port)).await.unwrap();
        stream.set_nodelay(true).unwrap();
        let (sender, connection) = handshake(TokioIo::new(stream)).await.unwrap();
        tokio::spawn(connection);
        sender
    }

    async fn exchange(&self, connection: &mut SendRequest<Full<Bytes>>) -> Bytes {
        let mut request = Request::builder()
            .method(if self.body.is_some() { Method::POST } else { Method::GET })
            .uri(self.path)
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
