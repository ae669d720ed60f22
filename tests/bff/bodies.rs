//! Bodies that are too large: refused, and their senders hear why.

use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::app::App;
use crate::http::{JSON, assert_statuses, post};

#[tokio::test]
async fn a_body_of_ten_megabytes_is_413() {
    let app = App::start().await;
    let body = json!({"query": format!("{{ __typename }} #{}", "x".repeat(10_000_000))}).to_string();
    assert_statuses(post(&app.client, JSON, body), [413, 413], Some("PAYLOAD_TOO_LARGE")).await;
    app.client.run("{ __typename }").await.data();
}

#[tokio::test]
async fn a_client_that_sends_ten_megabytes_without_asking_hears_why_not() {
    let app = App::start().await;
    let mut stream = TcpStream::connect(app.address).await.unwrap();
    let body = vec![b'x'; 10_000_000];
    let head = format!(
        "POST /graphql HTTP/1.1\r\nhost: tessera\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    // All of it goes out before anything is read, as simple clients do.
    stream.write_all(&body).await.unwrap();
    let mut answer = [0; 12];
    stream.read_exact(&mut answer).await.unwrap();
    assert_eq!(&answer, b"HTTP/1.1 413");
}
