//! Trusted documents of a running program: reloaded while it runs, refused at start, and unknown ones logged.

use std::fs;

use harness::client::Answer;
use harness::stub::Services;
use harness::town::Sizes;
use reqwest::Method;
use serde_json::json;
use tessera::operations::documents::sha256;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::binary::Program;
use crate::errors::asks;
use crate::trusted_documents::{OTHER, POSTS, folder, write};

/// The metrics of the program at that address.
async fn metrics(address: &str) -> String {
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(b"GET /metrics HTTP/1.1\r\nhost: metrics\r\nconnection: close\r\n\r\n").await.unwrap();
    let mut text = String::new();
    stream.read_to_string(&mut text).await.unwrap();
    text
}

#[tokio::test]
async fn files_are_taken_while_it_runs_and_a_bad_one_keeps_the_set_from_before() {
    let (services, folder) = (Services::start(Sizes::default()).await, folder());
    let source = format!("[{:?}]", folder.path());
    let settings = [
        ("TESSERA__DOCUMENTS__POLICY", "trusted_only"),
        ("TESSERA__DOCUMENTS__SOURCES", source.as_str()),
        ("TESSERA__DOCUMENTS__RELOAD_SECONDS", "1"),
        ("TESSERA__METRICS__LISTEN", "127.0.0.1:0"),
    ];
    let mut program = Program::start(&services, &settings).await;
    let listens = program.line("metrics").await["address"].as_str().unwrap().to_owned();
    program.listening().await;
    let client = program.client();
    Answer::of(asks(&client, &json!({"documentId": sha256(POSTS)}))).await.data();
    let line = program.line("request").await;
    assert_eq!((&line["operation"], &line["client"]), (&json!("Posts"), &json!("web")), "{line}");

    write(folder.path(), "web/broken.graphql", "query {");
    let said = program.line("reload of trusted documents failed; the previous ones stay in use").await;
    assert!(
        said["error"].as_str().is_some_and(|error| error.contains("broken.graphql: GRAPHQL_PARSE_FAILED")),
        "{said}"
    );
    Answer::of(asks(&client, &json!({"documentId": sha256(POSTS)}))).await.data();
    assert!(metrics(&listens).await.contains("tessera_trusted_documents_stale 1"));

    fs::remove_file(folder.path().join("web/broken.graphql")).unwrap();
    write(folder.path(), "ios/Other.graphql", OTHER);
    program.line("trusted documents reloaded").await;
    Answer::of(asks(&client, &json!({"documentId": sha256(OTHER)}))).await.data();
    client.run("{ viewer { id } }").await;
    // Requests that never reach `/graphql` count too.
    for (method, path, status) in [(Method::GET, "/nothing", 404), (Method::POST, "/livez", 405)] {
        assert_eq!(Answer::of(client.request(method, path)).await.status, status);
        let mut line = program.line("request").await;
        while line["status"] == 200 || line["status"] == 400 {
            line = program.line("request").await;
        }
        let is_whole = ["duration_ms", "trace_id", "code", "operation"].iter().all(|field| !line[field].is_null());
        assert!(line["status"] == status && is_whole, "{line}");
    }
    let counted = metrics(&listens).await;
    for line in [
        "tessera_trusted_documents_stale 0",
        "tessera_requests_total{operation=\"Posts\",status=\"200\"} 2",
        "tessera_requests_total{operation=\"Other\",status=\"200\"} 1",
        "tessera_requests_total{operation=\"(other)\",status=\"400\"} 1",
        "tessera_requests_total{operation=\"(other)\",status=\"404\"} 1",
        "tessera_requests_total{operation=\"(other)\",status=\"405\"} 1",
    ] {
        assert!(counted.contains(line), "{line} is not in {counted}");
    }
}

#[tokio::test]
async fn rolling_out_logs_each_unknown_document_once_with_its_client() {
    let (services, folder) = (Services::start(Sizes::default()).await, folder());
    let source = format!("[{:?}]", folder.path());
    let settings = [("TESSERA__DOCUMENTS__POLICY", "log_unknown"), ("TESSERA__DOCUMENTS__SOURCES", source.as_str())];
    let mut program = Program::serve(&services, &settings).await;
    let client = program.client();
    for text in [POSTS, OTHER, OTHER] {
        let request = asks(&client, &json!({ "query": text })).header("apollographql-client-name", "tv");
        Answer::of(request).await.data();
    }
    let line = program.line("unknown document").await;
    let expected = (json!("tv"), json!("Other"), json!(sha256(OTHER)));
    assert_eq!((line["client"].clone(), line["operation"].clone(), line["document"].clone()), expected, "{line}");
    client.run("{ __typename }").await.data();
    let next = program.line("unknown document").await;
    assert_eq!(next["document"], json!(sha256("{ __typename }")), "the second time is not logged");
}

#[tokio::test]
async fn a_document_that_is_no_good_keeps_it_from_starting() {
    let folder = folder();
    write(folder.path(), "web/Old.graphql", "query Old { posts { gone } }");
    let source = format!("[{:?}]", folder.path());
    let services = Services::start(Sizes::default()).await;
    let output = Program::fails(
        &services,
        &[("TESSERA__DOCUMENTS__POLICY", "trusted_only"), ("TESSERA__DOCUMENTS__SOURCES", &source)],
    )
    .await;
    assert!(
        output.contains("documents.sources: ") && output.contains("web/Old.graphql: GRAPHQL_VALIDATION_FAILED"),
        "{output}"
    );
}
