//! The slot of a connection lives as long as its socket: over the end of HTTP on it, too. What has connected is served, and a
//! vanished peer is noticed.

use std::time::Duration;

use axum::{Router, extract::Request, http::StatusCode, routing::get};
use hyper_util::rt::TokioIo;
use socket2::SockRef;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    time::timeout,
};
use tokio_util::sync::CancellationToken;

use super::{ConnectionLimits, notice_dead_peer, serve};

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

#[tokio::test]
async fn what_has_connected_before_the_listener_closes_is_served() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let mut streams = Vec::new();
    for _ in 0..20 {
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream.write_all(b"GET / HTTP/1.1\r\nhost: tessera\r\n\r\n").await.unwrap();
        streams.push(stream);
    }
    let stop = CancellationToken::new();
    stop.cancel();
    let routes = Router::new().route("/", get(|| async { "served" }));
    let served = tokio::spawn(serve(listener, routes, ConnectionLimits::default(), stop));
    for mut stream in streams {
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        assert!(answer.ends_with("served"), "{answer:?}");
    }
    served.await.unwrap();
}

#[tokio::test]
async fn the_system_is_asked_to_notice_a_dead_peer() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let (connected, accepted) = tokio::join!(TcpStream::connect(listener.local_addr().unwrap()), listener.accept());
    let (_client, (stream, _)) = (connected.unwrap(), accepted.unwrap());
    notice_dead_peer(&stream, ConnectionLimits::default().write);
    let (socket, seconds) = (SockRef::from(&stream), Duration::from_secs);
    assert!(socket.keepalive().unwrap());
    let probes = (socket.tcp_keepalive_time().unwrap(), socket.tcp_keepalive_interval().unwrap());
    assert_eq!((probes, socket.tcp_keepalive_retries().unwrap()), ((seconds(15), seconds(15)), 2));
    assert_eq!(socket.tcp_user_timeout().unwrap(), Some(seconds(30)), "behind a heartbeat, of every 15 seconds: 45");
    notice_dead_peer(&stream, seconds(60));
    assert_eq!(socket.tcp_user_timeout().unwrap(), Some(seconds(60)), "a client that reads slowly is not a dead one");
}
