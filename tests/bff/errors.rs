//! `docs/errors.md`, row by row: each cause has the statuses and the code that the table promises, and nothing is
//! executed.

use std::collections::BTreeSet;
use std::io::Write;
use std::time::Duration;

use harness::client::{Answer, Client, GRAPHQL_RESPONSE};
use harness::stub::{Behaviour, Services};
use harness::town::Sizes;
use reqwest::{Body, Method, RequestBuilder};
use serde_json::{Value, json};
use tessera::budgets::BudgetSettings;
use tessera::config::Timeouts;
use tessera::http::status::Statuses;
use tessera::requests::Code;

use crate::app::App;
use crate::binary::Program;
use crate::repeated::repeated;

/// A row of the first table: cause, the two statuses, code.
pub struct Row<'a> {
    cause: &'a str,
    statuses: [u16; 2],
    code: &'a str,
    log: &'a str,
}

fn rows() -> Vec<Row<'static>> {
    let page = include_str!("../../docs/errors.md");
    let table = page.split("## At a field").next().unwrap().lines().filter(|line| line.starts_with("| "));
    let cells = |line: &'static str| line.trim_matches('|').split('|').map(str::trim).collect::<Vec<_>>();
    let row = |cells: Vec<&'static str>| Row {
        cause: cells[0],
        statuses: [cells[1].parse().unwrap(), cells[2].parse().unwrap()],
        code: cells[3].trim_matches('`'),
        log: cells[4],
    };
    table.map(cells).filter(|cells| cells[1] != "status").map(row).collect()
}

/// The row of that cause.
pub fn row(cause: &str) -> Row<'static> {
    rows().into_iter().find(|row| row.cause == cause).unwrap_or_else(|| panic!("no row says `{cause}`"))
}

/// A POST of that operation.
pub fn asks(client: &Client, body: &Value) -> RequestBuilder {
    sends(client, body.to_string())
}

fn sends(client: &Client, body: impl Into<Body>) -> RequestBuilder {
    client.request(Method::POST, "/graphql").header("content-type", "application/json").body(body)
}

/// A request for each cause.
fn requests(client: &Client) -> Vec<(&'static str, RequestBuilder)> {
    let query = |query: String| asks(client, &json!({ "query": query }));
    let post = |inside: &str| query(format!("{{ post(id: \"x\") {{ {inside} }} }}"));
    let deep = "author { posts(first: 1) { nodes { ".repeat(4);
    let named = "query A { __typename } query B { __typename }";
    vec![
        ("body is not JSON", sends(client, "{")),
        ("body is an array", sends(client, "[]")),
        ("body is nested 1,000 deep", sends(client, format!("{{\"query\": {}", "[".repeat(1_000)))),
        ("body is not UTF-8", sends(client, b"{\"query\": \"\xff\"}".to_vec())),
        ("`query` is missing", asks(client, &json!({}))),
        ("`query` is not a string", asks(client, &json!({"query": 1}))),
        ("`variables` is not an object", asks(client, &json!({"query": "{ __typename }", "variables": []}))),
        ("`extensions` is not an object", asks(client, &json!({"query": "{ __typename }", "extensions": 1}))),
        ("`operationName` is not a string", asks(client, &json!({"query": "{ __typename }", "operationName": {}}))),
        ("document does not parse", query("{".into())),
        ("document does not validate", query("{ nothing }".into())),
        ("operation not found", asks(client, &json!({"query": named, "operationName": "C"}))),
        ("operation ambiguous", query(named.into())),
        (
            "variable of the wrong type",
            asks(
                client,
                &json!({"query": "query ($n: Int!) { posts(first: $n) { nodes { id } } }", "variables": {"n": "1"}}),
            ),
        ),
        ("unknown document id", asks(client, &json!({"documentId": "sha256:abc"}))),
        ("unknown document in the path", client.request(Method::GET, "/graphql/abc")),
        ("unknown hash of Apollo's", asks(client, &persisted(&json!({})))),
        ("id of another document", asks(client, &persisted(&json!({"query": "{ __typename }"})))),
        ("too many tokens", post(&"id ".repeat(2_000))),
        ("too many aliases", post(&repeated(31, "a#: id "))),
        ("too many directives", post(&"id @skip(if: false) ".repeat(21))),
        ("too many root fields", query(format!("{{ {} }}", repeated(11, "a#: __typename ")))),
        ("too many fields", query(spread())),
        ("too deep", post(&format!("{deep} id {}", " } } }".repeat(4)))),
        ("too costly", query("{ posts(first: 100) { nodes { comments(first: 100) { nodes { id } } } } }".into())),
        ("bad token", asks(&client.signed_in("nonsense".into()), &json!({"query": "{ __typename }"}))),
        ("no token where all needs one", query("mutation { logOut { userErrors { code } } }".into())),
        ("mutation by GET", client.get(&[("query", "mutation { logOut { userErrors { code } } }")])),
        ("other method", client.request(Method::PUT, "/graphql")),
        ("content type missing", client.request(Method::POST, "/graphql").body("{}")),
        (
            "content type not JSON",
            client.request(Method::POST, "/graphql").header("content-type", "text/plain").body("{}"),
        ),
        ("two content types", sends(client, "{}").header("content-type", "text/plain")),
        ("body in an unknown coding", sends(client, "{}").header("content-encoding", "compress")),
        ("body that does not unpack", sends(client, "{}").header("content-encoding", "gzip")),
        ("body unpacks to too much", sends(client, gzip(&[b' '; 300 * 1024])).header("content-encoding", "gzip")),
        ("body too large", sends(client, vec![b' '; 256 * 1024 + 1])),
        ("URL too long", client.get(&[("query", &"x".repeat(17 * 1024))])),
        (
            "headers too large",
            asks(client, &json!({"query": "{ __typename }"})).header("x-large", "x".repeat(17 * 1024)),
        ),
        ("too many headers", (0..101).fold(asks(client, &json!({})), |it, place| it.header(format!("x-{place}"), ""))),
        ("nothing at this path", client.request(Method::GET, "/nothing")),
    ]
}

/// With a hash as Apollo sends it, of nothing.
fn persisted(body: &Value) -> Value {
    let mut body = body.clone();
    body["extensions"] = json!({"persistedQuery": {"version": 1, "sha256Hash": "0".repeat(64)}});
    body
}

/// These bytes in gzip.
pub fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// 3,000 fields out of a small document.
fn spread() -> String {
    let user = |inside: &str| {
        format!("{{ nodes {{ id title body tags publishedAt updatedAt excerpt likeCount author {{ {inside} }} }} }}")
    };
    let fields =
        "id handle name bio avatarUrl createdAt postCount followerCount followingCount viewerFollows ".to_owned();
    let pages = repeated(24, &format!("p#: posts(first: 1) {} ", user("...F")));
    format!(
        "{{ {} }} fragment P on User {{ {pages} }} fragment F on User {{ {fields} }}",
        repeated(6, "u#: user(by: {id: \"x\"}) { ...P } ")
    )
}

/// The request is answered as the row says, under both media types.
pub async fn assert_row(row: &Row<'_>, request: RequestBuilder) {
    for (accept, status) in [GRAPHQL_RESPONSE, "application/json"].into_iter().zip(row.statuses) {
        let request = request.try_clone().unwrap().header("accept", accept);
        let answer = Answer::of(request).await;
        assert_eq!(answer.status, status, "{} under {accept}: {}", row.cause, answer.text);
        assert!(answer.errors().iter().all(|error| error == row.code), "{}: {}", row.cause, answer.text);
        let body = answer.json();
        assert!(body.get("data").is_none() && !answer.errors().is_empty(), "{}: {}", row.cause, answer.text);
        for error in body["errors"].as_array().unwrap() {
            assert_eq!(error["extensions"]["requestId"].as_str(), answer.header("x-request-id"), "{}", row.cause);
        }
    }
}

/// The levels of what is logged until the lines of these two requests are written, the highest of them.
async fn logged(program: &mut Program) -> String {
    let mut highest = "info";
    for _ in 0..2 {
        loop {
            let line: Value = serde_json::from_str(&program.next_line().await.unwrap()).unwrap();
            highest = match line["level"].as_str().unwrap() {
                "ERROR" => "error",
                "WARN" if highest == "info" => "warn",
                _ => highest,
            };
            if line["message"] == "request" {
                break;
            }
        }
    }
    highest.to_owned()
}

#[tokio::test]
async fn every_cause_is_answered_and_logged_as_the_table_says() {
    let services = Services::start(Sizes::default()).await;
    let mut program = Program::serve(&services, &[]).await;
    let client = program.client();
    let rows = rows();
    let mut requests = requests(&client);
    // These need a BFF of their own: below, in `connections.rs`, `overload.rs`, `panics.rs` and `trusted_documents.rs`.
    let mut seen: BTreeSet<&str> = [
        "token before the keys are known",
        "transfer coding other than chunked",
        "chunked applied twice",
        "body too slow",
        "budget used up",
        "too much at a time",
        "out of time",
        "a defect of ours",
        "introspection where it is off",
        "registering is off",
        "document is not trusted",
    ]
    .into();
    for (cause, request) in requests.drain(..) {
        let row = row(cause);
        assert_row(&row, request).await;
        assert_eq!(logged(&mut program).await, row.log, "{cause}");
        seen.insert(cause);
    }
    let causes: BTreeSet<&str> = rows.iter().map(|row| row.cause).collect();
    assert_eq!(seen, causes, "each row has its request");
    assert!(services.calls().is_empty(), "nothing was executed");
    client.run("{ __typename }").await.data();
}

#[test]
fn the_codes_of_the_document_are_the_program_s() {
    let page = include_str!("../../docs/errors.md");
    let is_code =
        |text: &&str| text.contains('_') && text.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'_');
    let named: BTreeSet<&str> =
        page.split('`').filter(is_code).chain(["FORBIDDEN", "UNAUTHENTICATED", "OVERLOADED"]).collect();
    let codes: BTreeSet<&str> = Code::ALL.iter().map(|code| code.as_str()).collect();
    assert_eq!(named, codes);
    for row in rows() {
        let code = *Code::ALL.iter().find(|code| code.as_str() == row.code).unwrap();
        let Statuses { graphql, json } = Statuses::of(code);
        // A document in a path is a resource; Apollo's own protocol wants its misses under 200.
        let own = [
            "unknown document in the path",
            "unknown hash of Apollo's",
            "registering is off",
            "nothing at this path",
            "transfer coding other than chunked",
        ];
        if !own.contains(&row.cause) {
            assert_eq!(row.statuses, [graphql.as_u16(), json.as_u16()], "{}", row.cause);
        }
    }
}

#[tokio::test]
async fn a_token_before_the_keys_are_known_is_answered_as_the_table_says() {
    let mut services = Services::start(Sizes::default()).await;
    services.stub("user").behave(Behaviour::Dead).await;
    let app = App::with(services, |_| {}).await;
    assert_row(&row("token before the keys are known"), asks(&app.person(1), &json!({"query": "{ __typename }"})))
        .await;
}

#[tokio::test]
async fn a_budget_that_is_used_up_is_answered_as_the_table_says() {
    let app = App::with(Services::start(Sizes::default()).await, |config| {
        config.limits.cost = 11;
        config.budgets = BudgetSettings { capacity: 11, per_second: 1, ..BudgetSettings::default() };
    })
    .await;
    let client = app.person(1);
    client.run("{ viewer { id } }").await.data();
    assert_row(&row("budget used up"), asks(&client, &json!({"query": "{ viewer { id } }"}))).await;
}

#[tokio::test]
async fn a_body_that_is_too_slow_is_answered_as_the_table_says() {
    let app = App::with(Services::start(Sizes::default()).await, |config| {
        let timeout = Duration::from_millis(100);
        config.timeouts = Timeouts { connect: timeout, call: timeout, request: timeout };
    })
    .await;
    let row = row("body too slow");
    let endless = || Body::wrap_stream(futures::stream::pending::<Result<bytes::Bytes, std::io::Error>>());
    for (accept, status) in [GRAPHQL_RESPONSE, "application/json"].into_iter().zip(row.statuses) {
        let answer = Answer::of(sends(&app.client, endless()).header("accept", accept)).await;
        assert_eq!((answer.status, answer.errors()), (status, vec![row.code.to_owned()]), "{}", answer.text);
    }
}
