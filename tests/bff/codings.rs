//! Content codings: answers in fewer bytes for who takes them, bodies that unpack to no more than is allowed.

use std::io::{Read, Write};

use harness::client::{Answer, Packed};
use reqwest::RequestBuilder;
use serde_json::{Value, json};

use crate::app::App;
use crate::errors::gzip;

const LARGE: &str = "{ posts(first: 50) { nodes { id title body } } }";

fn brotli(bytes: &[u8]) -> Vec<u8> {
    let mut packed = Vec::new();
    brotli::CompressorWriter::new(&mut packed, 4096, 5, 22).write_all(bytes).unwrap();
    packed
}

fn zstd(bytes: &[u8]) -> Vec<u8> {
    zstd::encode_all(bytes, 3).unwrap()
}

/// A body in that coding.
type Pack = fn(&[u8]) -> Vec<u8>;

const PACKS: [(&str, Pack); 3] = [("br", brotli), ("gzip", gzip), ("zstd", zstd)];

/// The body of that coding as it was.
pub fn unpacked(coding: &str, body: &[u8]) -> Vec<u8> {
    let mut unpacked = Vec::new();
    match coding {
        "br" => brotli::Decompressor::new(body, 4096).read_to_end(&mut unpacked).map(drop),
        "gzip" => flate2::read::GzDecoder::new(body).read_to_end(&mut unpacked).map(drop),
        "zstd" => zstd::Decoder::new(body).unwrap().read_to_end(&mut unpacked).map(drop),
        other => panic!("{other}"),
    }
    .unwrap();
    unpacked
}

fn asks(app: &App, query: &str) -> RequestBuilder {
    app.client.post(&json!({ "query": query }))
}

#[tokio::test]
async fn large_answers_come_in_the_coding_that_the_client_ranks_highest() {
    let app = App::start().await;
    let plain = app.client.run(LARGE).await;
    assert_eq!(plain.header("content-encoding"), None);
    for (accepted, coding) in [
        ("br", "br"),
        ("gzip", "gzip"),
        ("zstd", "zstd"),
        ("gzip;q=0.5, br", "br"),
        ("br;q=0.1, gzip;q=0.2", "gzip"),
        ("deflate, gzip", "gzip"),
        ("gzip, deflate, br, zstd", "zstd"),
    ] {
        let response = Packed::of(asks(&app, LARGE).header("accept-encoding", accepted)).await;
        assert_eq!(response.headers["content-encoding"], coding, "{accepted}");
        assert!(response.headers.get_all("vary").iter().any(|vary| vary == "accept-encoding"), "{accepted}");
        assert!(response.body.len() < plain.text.len() / 2, "{accepted}: {} bytes", response.body.len());
        let body: Value = serde_json::from_slice(&unpacked(coding, &response.body)).unwrap();
        assert_eq!(body, plain.json(), "{accepted}");
    }
}

#[tokio::test]
async fn small_answers_and_those_for_other_clients_come_as_they_are() {
    let app = App::start().await;
    let all = "gzip, br, zstd";
    for (query, accepted) in [("{ __typename }", all), (LARGE, "identity"), (LARGE, "gzip;q=0"), (LARGE, "deflate")] {
        let answer = Answer::of(asks(&app, query).header("accept-encoding", accepted)).await;
        assert_eq!(answer.header("content-encoding"), None, "{accepted}");
        answer.data();
    }
}

#[tokio::test]
async fn bodies_may_come_packed() {
    let app = App::start().await;
    let body = json!({ "query": LARGE }).to_string();
    for (coding, pack) in PACKS {
        let request = asks(&app, "").header("content-encoding", coding).body(pack(body.as_bytes()));
        Answer::of(request).await.data();
    }
    Answer::of(asks(&app, LARGE).header("content-encoding", "identity")).await.data();
}

#[tokio::test]
async fn a_body_may_unpack_to_as_much_as_it_may_have_and_no_more() {
    let app = App::start().await;
    let limit = 256 * 1024;
    let of = |bytes: usize| {
        let shell = json!({"query": "{ __typename }#"}).to_string();
        shell.replace('#', &format!("#{}", "x".repeat(bytes - shell.len())))
    };
    for (coding, pack) in PACKS {
        let sends = |bytes: &[u8]| asks(&app, "").header("content-encoding", coding).body(pack(bytes));
        Answer::of(sends(of(limit).as_bytes())).await.data();
        for bomb in [of(limit + 1).into_bytes(), vec![b' '; 20 * 1024 * 1024]] {
            let answer = Answer::of(sends(&bomb)).await;
            assert_eq!((answer.status, answer.errors()), (413, vec!["PAYLOAD_TOO_LARGE".to_owned()]), "{coding}");
        }
    }
}

#[tokio::test]
async fn a_body_that_is_not_what_its_coding_says_is_refused() {
    let app = App::start().await;
    let good = json!({"query": "{ __typename }"}).to_string();
    for (coding, pack) in PACKS {
        let whole = pack(good.as_bytes());
        for broken in [good.as_bytes(), &whole[..whole.len() - 3], b""] {
            let answer = Answer::of(asks(&app, "").header("content-encoding", coding).body(broken.to_vec())).await;
            assert_eq!((answer.status, answer.errors()), (400, vec!["BAD_REQUEST".to_owned()]), "{coding} {broken:?}");
        }
    }
    for unknown in ["compress", "deflate", "gzip, br", ""] {
        let answer = Answer::of(asks(&app, "").header("content-encoding", unknown)).await;
        let expected = (415, vec!["UNSUPPORTED_MEDIA_TYPE".to_owned()], Some("br, gzip, zstd"));
        assert_eq!((answer.status, answer.errors(), answer.header("accept-encoding")), expected, "{unknown}");
    }
    // A zstd frame that asks for a window of 128 MiB to unpack next to nothing.
    let mut encoder = zstd::Encoder::new(Vec::new(), 3).unwrap();
    encoder.window_log(27).unwrap();
    encoder.write_all(good.as_bytes()).unwrap();
    let request = asks(&app, "").header("content-encoding", "zstd").body(encoder.finish().unwrap());
    assert_eq!(Answer::of(request).await.status, 400);
}
