//! The slot of a connection lives as long as its socket: over the end of HTTP on it, too.

use std::time::Duration;

use axum::{Router, extract::Request, http::StatusCode, routing::get};
use hyper_util::rt::TokioIo;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    time::timeout,
};
use tokio_util::sync::CancellationToken;

use super::{ConnectionLimits, serve};

const UPGRADE: &[u8] = b"GET / HTTP/1.1\r\nhost: tessera\r\nconnection: upgrade\r\nupgrade: echo\r\n\r\n";

/// Switches protocols, then sends back what it receives.
async fn echo(mut request: Request) -> (StatusCode, [(&'static str, &'static str); 2]) {
    let upgrade = hyper::upgrade::on(&mut request);
    tokio::spawn(async move {
        let mut socket = TokioIo::new(upgrade.await.unwrap());
        let mut byte = [0];
        while socket.read_exact(&mut byte).await.is_ok() {
            socket.write_all(&byte).await.unwrap();
        }
    });
    (StatusCode::SWITCHING_PROTOCOLS, [("connection", "upgrade"), ("upgrade", "echo")])
}

async fn upgraded(address: std::net::SocketAddr) -> TcpStream {
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(UPGRADE).await.unwrap();
    stream
}

async fn echoes(stream: &mut TcpStream) -> bool {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await.unwrap());
    }
    stream.write_all(b"x").await.unwrap();
    stream.read_u8().await.unwrap() == b'x'
}

#[tokio::test]
async fn an_upgraded_connection_keeps_its_slot_and_its_place_in_the_drain() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let stop = CancellationToken::new();
    let limits = ConnectionLimits { max: 1, ..ConnectionLimits::default() };
    let mut served = tokio::spawn(serve(listener, Router::new().route("/", get(echo)), limits, stop.clone()));
    let mut first = upgraded(address).await;
    assert!(echoes(&mut first).await);
    let mut second = upgraded(address).await;
    let moment = Duration::from_millis(100);
    assert!(timeout(moment, second.read_u8()).await.is_err(), "served beside the first");
    drop(first);
    assert!(echoes(&mut second).await);
    stop.cancel();
    assert!(timeout(moment, &mut served).await.is_err(), "the drain did not wait");
    drop(second);
    timeout(Duration::from_secs(10), served).await.unwrap().unwrap();
}
