//! What the internet sends: each thing gets one clear, well-formed error, nothing is executed, and the real binary is as
//! good as before. Bombs in content codings are in `codings.rs`, slow connections in `connections.rs`.

use harness::client::{Answer, Client};
use harness::stub::Services;
use harness::town::Sizes;
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::binary::Program;
use crate::repeated::repeated;

/// What it is, the status and code it gets, and the request.
type Attack = (&'static str, u16, &'static str, RequestBuilder);

fn body(client: &Client, body: impl Into<reqwest::Body>) -> RequestBuilder {
    client.post(&Value::Null).body(body)
}

fn query(client: &Client, query: impl Into<String>) -> RequestBuilder {
    client.post(&json!({"query": query.into()}))
}

/// `open` a thousand times, `inside`, `close` a thousand times.
fn nested(open: &str, inside: &str, close: &str) -> String {
    format!("{}{inside}{}", open.repeat(1_000), close.repeat(1_000))
}

fn large_documents(client: &Client) -> Vec<Attack> {
    let query = |text: String| query(client, text);
    vec![
        ("1 MB of query", 413, "PAYLOAD_TOO_LARGE", query("x".repeat(1_000_000))),
        ("a body of 50 MB", 413, "PAYLOAD_TOO_LARGE", body(client, vec![b' '; 50_000_000])),
        ("100,000 tokens", 400, "TOO_MANY_TOKENS", query(format!("{{ {} }}", "a ".repeat(100_000)))),
        ("100,000 brackets that never end", 400, "TOO_MANY_TOKENS", query("{".repeat(100_000))),
        ("250,000 commas", 400, "GRAPHQL_PARSE_FAILED", query(",".repeat(250_000))),
        (
            "a name of 200,000 letters",
            400,
            "GRAPHQL_VALIDATION_FAILED",
            query(format!("{{ {} }}", "a".repeat(200_000))),
        ),
        ("10,000 aliases", 400, "TOO_MANY_TOKENS", query(format!("{{ {} }}", repeated(10_000, "a#: __typename ")))),
        ("600 aliases", 400, "TOO_MANY_ALIASES", query(format!("{{ {} }}", repeated(600, "a#: __typename ")))),
        ("5,000 directives", 400, "TOO_MANY_TOKENS", query(format!("{{ __typename {} }}", "@a ".repeat(5_000)))),
        ("900 directives", 400, "TOO_MANY_DIRECTIVES", query(format!("{{ __typename {} }}", "@a ".repeat(900)))),
    ]
}

fn nested_documents(client: &Client) -> Vec<Attack> {
    let of = |what, text: String| (what, 400, "QUERY_TOO_DEEP", query(client, text));
    vec![
        of("fields 1,000 deep", nested("{ a ", "", "}")),
        of("inline fragments 1,000 deep", format!("{{ {} }}", nested("... { ", "id", "}"))),
        of("lists 1,000 deep", format!("{{ nodes(ids: {}) {{ id }} }}", nested("[", "1", "]"))),
        of("objects 1,000 deep", format!("{{ user(by: {}) {{ id }} }}", nested("{id: ", "1", "}"))),
        of("types 1,000 deep", format!("query ($a: {}) {{ __typename }}", nested("[", "ID", "]"))),
        of("arguments that open 1,000 times", nested("{ a(b: ", "1", ")}")),
    ]
}

fn fragments(client: &Client) -> Vec<Attack> {
    let cycle = "{ ...A } fragment A on Query { ...B } fragment B on Query { ...A }";
    let chain = repeated(100, "fragment F# on Query { ...F }").replace("...F }", "...F");
    let chain = chain.split("...F").take(100).enumerate().map(|(n, part)| format!("{part}...F{} }} ", n + 1));
    let long = format!("{{ ...F0 }} {} fragment F100 on Query {{ __typename }}", chain.collect::<String>());
    let doubling: String = (0..30).map(|n| format!("fragment F{n} on Query {{ ...F{0} ...F{0} }} ", n + 1)).collect();
    let doubling = format!("{{ ...F0 }} {doubling} fragment F30 on Query {{ __typename }}");
    let wide: String = (0..8)
        .map(|n| {
            format!("fragment F{n} on User {{ a: posts(first: 1) {{ nodes {{ author {{ ...F{0} }} }} }} }} ", n + 1)
        })
        .collect();
    let wide = format!("{{ user(by: {{id: \"x\"}}) {{ ...F0 }} }} {wide} fragment F8 on User {{ id }}");
    vec![
        (
            "a fragment in itself",
            400,
            "GRAPHQL_VALIDATION_FAILED",
            query(client, "{ ...A } fragment A on Query { ...A }"),
        ),
        ("a cycle of fragments", 400, "GRAPHQL_VALIDATION_FAILED", query(client, cycle)),
        ("fragments that nest", 400, "QUERY_TOO_DEEP", query(client, wide)),
        ("fragments 100 deep", 400, "GRAPHQL_VALIDATION_FAILED", query(client, long)),
        ("fragments that double 30 times, of one field", 200, "", query(client, doubling)),
    ]
}

fn values(client: &Client) -> Vec<Attack> {
    let document = "query ($n: Int!) { posts(first: $n) { nodes { id } } }";
    let n = |number: &str| body(client, format!("{{\"query\": \"{document}\", \"variables\": {{\"n\": {number}}}}}"));
    let first = |number: &str| query(client, format!("{{ posts(first: {number}) {{ nodes {{ id }} }} }}"));
    let deep = format!("{{\"query\": \"{document}\", \"variables\": {{\"n\": {}}}}}", nested("[", "1", "]"));
    vec![
        ("JSON 1,000 deep", 400, "BAD_REQUEST", body(client, nested("[", "", "]"))),
        ("variables 1,000 deep", 400, "BAD_REQUEST", body(client, deep)),
        ("an Int of 30 digits", 400, "GRAPHQL_VALIDATION_FAILED", first(&"9".repeat(30))),
        ("an Int of 10,000 digits", 400, "GRAPHQL_VALIDATION_FAILED", first(&"9".repeat(10_000))),
        ("1e999999 for an Int", 400, "GRAPHQL_VALIDATION_FAILED", first("1e999999")),
        ("a variable of 30 digits", 400, "VARIABLE_COERCION_FAILED", n(&"9".repeat(30))),
        ("a variable of 2^31", 400, "VARIABLE_COERCION_FAILED", n("2147483648")),
        ("a variable of 1e999999", 400, "BAD_REQUEST", n("1e999999")),
        ("a variable of 1.5", 400, "VARIABLE_COERCION_FAILED", n("1.5")),
        ("NaN", 400, "BAD_REQUEST", n("NaN")),
        ("-Infinity", 400, "BAD_REQUEST", n("-Infinity")),
    ]
}

fn texts(client: &Client) -> Vec<Attack> {
    let id = |text: &str| query(client, format!("{{ post(id: \"{text}\") {{ id }} }}"));
    let raw = |bytes: &[u8]| body(client, [b"{\"query\": \"{ __typename }\", \"x\": \"", bytes, b"\"}"].concat());
    let get = |target: &str| client.request(Method::GET, target).header("accept", "application/graphql-response+json");
    vec![
        ("half a surrogate pair in a document", 400, "GRAPHQL_PARSE_FAILED", id("\\uD800")),
        ("an escape beyond Unicode", 400, "GRAPHQL_PARSE_FAILED", id("\\u{110000}")),
        ("an escape of no letter", 400, "GRAPHQL_PARSE_FAILED", id("\\q")),
        ("NUL in a document", 400, "GRAPHQL_PARSE_FAILED", query(client, "{ __typename \0 }")),
        ("half a surrogate pair in JSON", 400, "BAD_REQUEST", raw(b"\\uD800")),
        ("an escape of no letter in JSON", 400, "BAD_REQUEST", raw(b"\\q")),
        ("an overlong slash", 400, "BAD_REQUEST", raw(b"\xc0\xaf")),
        ("half a letter", 400, "BAD_REQUEST", raw(b"\xe2\x82")),
        ("a surrogate in UTF-8", 400, "BAD_REQUEST", raw(b"\xed\xa0\x80")),
        ("a broken escape in a URL", 400, "BAD_REQUEST", get("/graphql?query=%zz")),
        ("half an escape in a URL", 400, "BAD_REQUEST", get("/graphql?query=%7")),
        ("half a letter in a URL", 400, "BAD_REQUEST", get("/graphql?query=%E2%82")),
        ("a parameter twice", 400, "BAD_REQUEST", get("/graphql?query=%7Ba%7D&query=%7Bb%7D")),
    ]
}

/// Sends them; the BFF answers a good request after each.
async fn withstands(program: &Program, attacks: &[fn(&Client) -> Vec<Attack>]) {
    let client = program.client();
    let mut wrong = Vec::new();
    for (what, status, code, request) in attacks.iter().flat_map(|attacks| attacks(&client)) {
        let answer = Answer::of(request).await;
        let expected: &[&str] = if code.is_empty() { &[] } else { &[code] };
        let well_formed = answer.json().get("data").is_some() == code.is_empty() && answer.text.len() < 2_000;
        if answer.status != status || answer.errors() != expected || !well_formed {
            wrong.push(format!("{what}: {} {:.500}", answer.status, answer.text));
        }
        client.run("{ __typename }").await.data();
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[tokio::test]
async fn hostile_requests_get_one_clear_error_and_harm_nobody() {
    let services = Services::start(Sizes::default()).await;
    let program = Program::serve(&services, &[]).await;
    withstands(&program, &[large_documents, fragments, values, texts]).await;
    assert!(services.calls().is_empty(), "nothing was executed");
}

#[tokio::test]
async fn nesting_is_refused_before_the_parser_recurses() {
    let services = Services::start(Sizes::default()).await;
    let program = Program::serve(&services, &[("TESSERA__LIMITS__MAX_TOKENS", "1000000")]).await;
    withstands(&program, &[nested_documents]).await;
    assert!(services.calls().is_empty(), "nothing was executed");
}

/// Everything that comes back for these bytes.
async fn answer_to(program: &Program, bytes: &str) -> String {
    let mut stream = TcpStream::connect(&program.address).await.unwrap();
    stream.write_all(bytes.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.unwrap();
    String::from_utf8(answer).unwrap()
}

#[tokio::test]
async fn nothing_that_a_client_sends_becomes_a_header_or_a_second_request() {
    let services = Services::start(Sizes::default()).await;
    let program = Program::serve(&services, &[]).await;
    let get = "GET /graphql?query=%7B__typename%7D HTTP/1.1\r\nhost: tessera\r\nconnection: close\r\n";
    for (header, status) in [
        ("x-request-id: a\r\n set-cookie: evil=1", "400"),
        ("x-request-id: a\rset-cookie: evil=1", "400"),
        ("x-request-id: a\nset-cookie: evil=1", "200"),
        ("x-request-id: a\0b", "400"),
        ("x-request-id: a%0d%0aset-cookie: evil=1", "200"),
        ("origin: https://evil.example.com", "200"),
        ("traceparent: 00-\u{e9}", "200"),
        // Chunks count, not the length (RFC 9112, section 6.3); there are none.
        ("content-length: 5\r\ntransfer-encoding: chunked", "200"),
    ] {
        let answer = answer_to(&program, &format!("{get}{header}\r\n\r\n")).await;
        assert!(answer.starts_with(&format!("HTTP/1.1 {status}")), "{header:?}: {answer}");
        let head = answer.split("\r\n\r\n").next().unwrap().to_lowercase();
        assert!(!head.contains("evil"), "{header:?}: {answer}");
        assert_eq!(answer.matches("HTTP/1.1 ").count(), 1, "{header:?}: {answer}");
    }
    program.client().run("{ __typename }").await.data();
}
