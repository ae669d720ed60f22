//! A defect of ours ends the request that met it, and nothing else.

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::Request;
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use tokio::net::TcpStream;

use crate::app::App;
use crate::errors::{asks, assert_row, row};

/// The status and the body of the answer, over this one connection.
async fn ask(connection: &mut SendRequest<Full<Bytes>>, query: &str) -> (u16, Value) {
    let request = Request::post("/graphql").header("host", "tessera").header("content-type", "application/json");
    let request = request.body(Full::from(json!({ "query": query }).to_string())).unwrap();
    connection.ready().await.unwrap();
    let answer = connection.send_request(request).await.unwrap();
    let status = answer.status().as_u16();
    let body = answer.into_body().collect().await.unwrap().to_bytes();
    (status, serde_json::from_slice(&body).unwrap())
}

#[tokio::test]
async fn a_panic_is_a_500_and_the_connection_survives() {
    let app = App::panicking().await;
    let posts = "{ posts(after: \"x\") { nodes { id } } }";
    assert_row(&row("a defect of ours"), asks(&app.client, &json!({ "query": posts }))).await;
    let stream = TcpStream::connect(app.address).await.unwrap();
    let (mut connection, driver) = handshake(TokioIo::new(stream)).await.unwrap();
    tokio::spawn(driver);
    for _ in 0..3 {
        let (status, body) = ask(&mut connection, posts).await;
        assert_eq!(
            (status, &body["errors"][0]["extensions"]["code"]),
            (500, &json!("INTERNAL_SERVER_ERROR")),
            "{body}"
        );
        assert!(body["errors"][0]["extensions"]["requestId"].is_string() && body.get("data").is_none(), "{body}");
        assert!(!body.to_string().contains("for the test"), "{body}");
        let (status, body) = ask(&mut connection, "{ posts(first: 1) { nodes { title } } }").await;
        assert!(status == 200 && body.get("errors").is_none(), "{status} {body}");
    }
}
