//! Connections: a client that is slow or silent costs a socket for a while, and never a worker.

use std::time::Duration;

use futures::future::join_all;
use harness::client::Answer;
use harness::stub::Services;
use harness::town::Sizes;
use reqwest::{Method, Version};
use serde_json::json;
use tessera::http::ConnectionLimits;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::app::App;

/// A good request over HTTP/1.1.
const REQUEST: &str = "GET /graphql?query=%7B__typename%7D HTTP/1.1\r\nhost: tessera\r\n\r\n";
/// What HTTP/2 by prior knowledge begins with (RFC 9113, section 3.4), and empty settings.
const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0";
/// Nothing here takes as long, unless it never ends.
const NEVER: Duration = Duration::from_secs(30);

/// A BFF that is patient only for these milliseconds.
async fn app(connections: ConnectionLimits) -> App {
    App::with(Services::start(Sizes::default()).await, |config| config.connections = connections).await
}

async fn connect(app: &App, first: &[u8]) -> TcpStream {
    let mut stream = TcpStream::connect(app.address).await.unwrap();
    stream.write_all(first).await.unwrap();
    stream
}

/// Everything that comes until the BFF closes the connection.
async fn rest(mut stream: TcpStream) -> Vec<u8> {
    let mut read = Vec::new();
    // A connection that is reset is closed too.
    let _ = timeout(NEVER, stream.read_to_end(&mut read)).await.unwrap();
    read
}

/// One answer: its head and its body of known length.
async fn answer(stream: &mut TcpStream) -> String {
    let mut read = Vec::new();
    while !read.ends_with(b"{\"data\":{\"__typename\":\"Query\"}}") {
        let byte = timeout(NEVER, stream.read_u8()).await.unwrap();
        read.push(byte.unwrap_or_else(|error| panic!("{error} after {}", String::from_utf8_lossy(&read))));
    }
    String::from_utf8(read).unwrap()
}

#[tokio::test]
async fn a_connection_without_a_first_request_is_closed() {
    let app = app(ConnectionLimits { first_request: Duration::from_millis(200), ..ConnectionLimits::default() }).await;
    let half = &REQUEST.as_bytes()[..40];
    for first in [b"".as_slice(), b"P", b"PRI * HTTP/2.0\r\n", half, PREFACE] {
        rest(connect(&app, first).await).await;
    }
    app.client.run("{ __typename }").await.data();
}

#[tokio::test]
async fn a_connection_that_nothing_is_asked_over_is_closed_and_one_in_use_is_not() {
    let app = app(ConnectionLimits {
        first_request: Duration::from_millis(20_000),
        idle: Duration::from_millis(300),
        ..ConnectionLimits::default()
    })
    .await;
    let mut stream = connect(&app, b"").await;
    for _ in 0..3 {
        stream.write_all(REQUEST.as_bytes()).await.unwrap();
        assert!(answer(&mut stream).await.starts_with("HTTP/1.1 200"));
    }
    assert!(rest(stream).await.is_empty());
    // What comes after an answer has to come in one go too.
    let mut stream = connect(&app, REQUEST.as_bytes()).await;
    answer(&mut stream).await;
    stream.write_all(&REQUEST.as_bytes()[..30]).await.unwrap();
    assert!(rest(stream).await.is_empty());
}

#[tokio::test]
async fn a_client_that_does_not_read_its_answers_is_closed() {
    let app = app(ConnectionLimits { write: Duration::from_millis(300), ..ConnectionLimits::default() }).await;
    let query = "{ posts(first: 100) { nodes { id title body author { id name bio } } } }";
    let request = app.client.get(&[("query", query)]).build().unwrap();
    let target = request.url().query().unwrap();
    let request = format!("GET /graphql?{target} HTTP/1.1\r\nhost: tessera\r\n\r\n");
    let mut stream = connect(&app, b"").await;
    // Once the sockets' buffers are full of answers, neither side goes on, until the BFF gives up.
    let asks = async { while stream.write_all(request.as_bytes()).await.is_ok() {} };
    timeout(NEVER, asks).await.unwrap();
    app.client.run("{ __typename }").await.data();
}

#[tokio::test]
async fn twenty_slow_clients_do_not_slow_the_others() {
    let app =
        app(ConnectionLimits { first_request: Duration::from_millis(2_000), ..ConnectionLimits::default() }).await;
    let slow = (0..20).map(|place| {
        let app = &app;
        async move {
            let mut stream = connect(app, b"").await;
            // Half of them never end their head, the others never their body; a byte at a time.
            let head = if place % 2 == 0 { "GET /graphql" } else { POST };
            for byte in head.bytes().chain(std::iter::repeat_n(b' ', 1_000)) {
                if stream.write_all(&[byte]).await.is_err() {
                    break;
                }
                tokio::task::yield_now().await;
            }
            stream
        }
    });
    let slow = join_all(slow).await;
    let quick = join_all((0..20).map(|_| app.client.run("{ posts(first: 1) { nodes { id } } }"))).await;
    quick.iter().for_each(|answer| drop(answer.data()));
    for (place, stream) in slow.into_iter().enumerate().filter(|(place, _)| place % 2 == 0) {
        assert!(rest(stream).await.is_empty(), "{place}");
    }
}

const POST: &str =
    "POST /graphql HTTP/1.1\r\nhost: tessera\r\ncontent-type: application/json\r\ncontent-length: 200000\r\n\r\n";

#[tokio::test]
async fn one_connection_more_than_there_may_be_waits_for_its_turn() {
    let app = app(ConnectionLimits { max: 1, ..ConnectionLimits::default() }).await;
    let mut first = connect(&app, REQUEST.as_bytes()).await;
    answer(&mut first).await;
    let mut second = connect(&app, REQUEST.as_bytes()).await;
    assert!(timeout(Duration::from_millis(100), second.read_u8()).await.is_err(), "it was answered beside the first");
    drop(first);
    answer(&mut second).await;
}

#[tokio::test]
async fn http_2_is_spoken_by_prior_knowledge() {
    let app = App::start().await;
    let http = reqwest::Client::builder().no_proxy().http2_prior_knowledge().build().unwrap();
    let request = || {
        let request = http.request(Method::POST, format!("http://{}/graphql", app.address)).version(Version::HTTP_2);
        request.header("content-type", "application/json").body(json!({"query": "{ __typename }"}).to_string())
    };
    for answer in join_all((0..10).map(|_| Answer::of(request()))).await {
        assert_eq!(answer.version, Version::HTTP_2);
        answer.data();
    }
    let refused = Answer::of(request().header("x-large", "x".repeat(20_000))).await;
    assert_eq!((refused.status, refused.errors()), (431, vec!["HEADERS_TOO_LARGE".to_owned()]));
}

#[tokio::test]
async fn an_http_2_client_that_leaves_no_room_for_its_answers_is_closed() {
    let app = app(ConnectionLimits { write: Duration::from_millis(300), ..ConnectionLimits::default() }).await;
    let stream = TcpStream::connect(app.address).await.unwrap();
    let (client, connection) = h2::client::Builder::new().initial_window_size(0).handshake(stream).await.unwrap();
    let mut client: h2::client::SendRequest<bytes::Bytes> = client.ready().await.unwrap();
    let closed = tokio::spawn(connection);
    let mut answers = Vec::new();
    for _ in 0..10 {
        let request = http::Request::get(format!("http://{}/graphql?query=%7B__typename%7D", app.address));
        let (answer, _) = client.send_request(request.body(()).unwrap(), true).unwrap();
        answers.push(answer.await.unwrap());
    }
    assert!(answers.iter().all(|answer| answer.status() == 200));
    // It answers pings, and takes nothing.
    let _ = timeout(NEVER, closed).await.unwrap();
    app.client.run("{ __typename }").await.data();
}

#[tokio::test]
async fn one_host_is_named_and_no_other() {
    let app = App::start().await;
    let request =
        |hosts: &str| format!("GET /graphql?query=%7B__typename%7D HTTP/1.1\r\n{hosts}connection: close\r\n\r\n");
    for hosts in ["", "host: a\r\nhost: b\r\n"] {
        let answer = String::from_utf8(rest(connect(&app, request(hosts).as_bytes()).await).await).unwrap();
        assert!(answer.starts_with("HTTP/1.1 400") && answer.contains("BAD_REQUEST"), "{answer}");
    }
}

/// RFC 9112, section 6.1: what a recipient does not implement is 501; where the body ends is never guessed.
#[tokio::test]
async fn a_transfer_coding_that_is_not_implemented_is_refused_and_the_connection_closed() {
    let app = App::start().await;
    for (codings, status) in [
        ("transfer-encoding: JUNK, chunked\r\n", 501),
        ("transfer-encoding: gzip, chunked\r\n", 501),
        ("transfer-encoding: identity\r\ntransfer-encoding: chunked\r\n", 501),
        ("transfer-encoding: chunked, chunked\r\n", 400),
        ("transfer-encoding: chunked\r\ntransfer-encoding: Chunked\r\n", 400),
        ("transfer-encoding: chunked, gzip\r\n", 400),
        ("transfer-encoding: gzip\r\n", 400),
    ] {
        for path in ["/graphql", "/livez", "/nothing"] {
            let body = "2\r\n{}\r\n0\r\n\r\n";
            let head = format!("POST {path} HTTP/1.1\r\nhost: tessera\r\ncontent-type: application/json\r\n");
            // A second request that was smuggled behind the first would be answered with 204.
            let sent = format!("{head}{codings}\r\n{body}GET /livez HTTP/1.1\r\nhost: tessera\r\n\r\n");
            let answers = String::from_utf8(rest(connect(&app, sent.as_bytes()).await).await).unwrap();
            assert!(answers.starts_with(&format!("HTTP/1.1 {status} ")), "{path} {codings}: {answers}");
            assert_eq!(answers.matches("HTTP/1.").count(), 1, "{path} {codings}: {answers}");
        }
    }
}
