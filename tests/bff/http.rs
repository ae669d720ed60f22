//! GraphQL over HTTP: which request gets which status under which media type, and that every failure has a well-formed
//! body. The rows are those of the draft and of the official audit suite.

use harness::client::{Answer, Client, GRAPHQL_RESPONSE};
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};

use crate::app::App;

/// `application/json`
pub const JSON: &str = "application/json";

/// A POST with that body and, if it is not empty, that content type.
pub fn post(client: &Client, content_type: &str, body: impl Into<reqwest::Body>) -> RequestBuilder {
    let request = client.request(Method::POST, "/graphql").body(body);
    if content_type.is_empty() { request } else { request.header("content-type", content_type) }
}

/// Sends it twice: the statuses under `application/graphql-response+json` and under `application/json`, and the code.
pub async fn assert_statuses(request: RequestBuilder, statuses: [u16; 2], code: Option<&str>) {
    let what = format!("{request:?}");
    for (accept, status) in [GRAPHQL_RESPONSE, JSON].into_iter().zip(statuses) {
        let request = request.try_clone().unwrap().header("accept", accept);
        let answer = Answer::of(request).await;
        assert_eq!(answer.status, status, "{what}: {}", answer.text);
        assert_eq!(answer.header("content-type"), Some(format!("{accept}; charset=utf-8").as_str()), "{what}");
        match code {
            None => drop(answer.data()),
            Some(code) => assert_well_formed_failure(&answer, code),
        }
    }
}

/// Every error has words, that code and the request's id; there is no data.
pub fn assert_well_formed_failure(answer: &Answer, code: &str) {
    let body = answer.json();
    assert!(body.get("data").is_none(), "{}", answer.text);
    let errors = body["errors"].as_array().unwrap();
    assert!(!errors.is_empty());
    for error in errors {
        assert_eq!(error["extensions"]["code"], code, "{}", answer.text);
        assert_eq!(error["extensions"]["requestId"].as_str(), answer.header("x-request-id"), "{}", answer.text);
        assert!(error["message"].as_str().is_some_and(|message| !message.is_empty()), "{}", answer.text);
        assert!(error.get("path").is_none());
    }
}

#[tokio::test]
async fn a_body_gets_the_status_of_what_is_wrong_with_it() {
    let app = App::start().await;
    let bad = ([400, 400], Some("BAD_REQUEST"));
    let good = ([200, 200], None);
    let rejected = |code| ([400, 200], Some(code));
    let two = "query a { __typename } query b { __typename }";
    let nested = "{ a ".repeat(300) + &"}".repeat(300);
    for (body, (statuses, code)) in [
        (json!({"query": "{ __typename }"}), good),
        (json!({"query": "{ __typename }", "variables": null, "operationName": null, "extensions": null}), good),
        (json!({"query": "{ __typename }", "variables": {}, "extensions": {"a": 1}, "unknown": [1]}), good),
        (json!({"query": two, "operationName": "b"}), good),
        (json!([]), bad),
        (json!([{"query": "{ __typename }"}]), bad),
        (json!("{ __typename }"), bad),
        (json!(7), bad),
        (Value::Null, bad),
        (json!({}), bad),
        (json!({"query": null}), bad),
        (json!({"query": 7}), bad),
        (json!({"query": ["{ __typename }"]}), bad),
        (json!({"query": "{ __typename }", "variables": []}), bad),
        (json!({"query": "{ __typename }", "variables": "{}"}), bad),
        (json!({"query": "{ __typename }", "extensions": []}), bad),
        (json!({"query": "{ __typename }", "operationName": 7}), bad),
        (json!({"query": "{"}), rejected("GRAPHQL_PARSE_FAILED")),
        (json!({"query": ""}), rejected("GRAPHQL_PARSE_FAILED")),
        (json!({"query": "{ nope }"}), rejected("GRAPHQL_VALIDATION_FAILED")),
        (json!({"query": "{ posts(first: \"1\") { nodes { id } } }"}), rejected("GRAPHQL_VALIDATION_FAILED")),
        (json!({"query": two}), rejected("OPERATION_RESOLUTION_FAILED")),
        (json!({"query": two, "operationName": "c"}), rejected("OPERATION_RESOLUTION_FAILED")),
        (
            json!({"query": "query($n: Int!) { posts(first: $n) { nodes { id } } }"}),
            rejected("VARIABLE_COERCION_FAILED"),
        ),
        (
            json!({"query": "query($n: Int!) { posts(first: $n) { nodes { id } } }", "variables": {"n": 3_000_000_000_u64}}),
            rejected("VARIABLE_COERCION_FAILED"),
        ),
        (
            json!({"query": "query($by: UserBy!) { user(by: $by) { id } }", "variables": {"by": {"id": "a", "handle": "b"}}}),
            rejected("VARIABLE_COERCION_FAILED"),
        ),
        (json!({"query": format!("{{ {} }}", "a ".repeat(3_000))}), rejected("TOO_MANY_TOKENS")),
        (json!({"query": nested}), rejected("QUERY_TOO_DEEP")),
        (json!({"query": "subscription { __typename }"}), rejected("GRAPHQL_VALIDATION_FAILED")),
    ] {
        assert_statuses(post(&app.client, JSON, body.to_string()), statuses, code).await;
    }
    assert!(app.services.calls().is_empty());
}

#[tokio::test]
async fn a_body_that_is_no_json_is_400() {
    let app = App::start().await;
    let deep = "[".repeat(100_000);
    let bodies: [&[u8]; 7] = [
        b"",
        b"{",
        b"query",
        b"{\"query\": \"{ __typename }\"} x",
        b"\xff\xfe",
        b"{\"query\": \"\xc3\x28\"}",
        deep.as_bytes(),
    ];
    for body in bodies {
        assert_statuses(post(&app.client, JSON, body.to_vec()), [400, 400], Some("BAD_REQUEST")).await;
    }
}

#[tokio::test]
async fn a_post_must_be_json_in_utf_8() {
    let app = App::start().await;
    let body = json!({"query": "{ __typename }"}).to_string();
    for content_type in ["application/json", "Application/JSON; Charset=\"UTF-8\"", "application/json;charset=utf-8"] {
        assert_statuses(post(&app.client, content_type, body.clone()), [200, 200], None).await;
    }
    for content_type in [
        "",
        "text/plain",
        "application/graphql",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/json; charset=iso-8859-1",
        "application/jsonp",
    ] {
        let request = post(&app.client, content_type, body.clone());
        assert_statuses(request, [415, 415], Some("UNSUPPORTED_MEDIA_TYPE")).await;
    }
}

#[tokio::test]
async fn queries_may_come_by_get() {
    let app = App::start().await;
    let get = |query: &[(&str, &str)]| app.client.get(query);
    let two = "query a { a: __typename } query b($n: Int) { b: posts(first: $n) { nodes { title } } }";
    let query = [("query", two), ("operationName", "b"), ("variables", "{\"n\": 1}"), ("extensions", "{}"), ("x", "y")];
    assert_statuses(get(&query), [200, 200], None).await;
    assert_eq!(Answer::of(get(&query)).await.data(), json!({"b": {"nodes": [{"title": "Post 149"}]}}));
    let one = "{ __typename }";
    let good = [("query", one), ("operationName", ""), ("variables", ""), ("extensions", "")];
    assert_statuses(get(&good), [200, 200], None).await;
    assert_statuses(get(&[("query", "query null { __typename }"), ("operationName", "null")]), [200, 200], None).await;
    for bad in [
        vec![],
        vec![("query", "")],
        vec![("query", one), ("variables", "{")],
        vec![("query", one), ("variables", "[]")],
        vec![("query", one), ("variables", "7")],
        vec![("query", one), ("extensions", "[]")],
        vec![("query", one), ("query", one)],
    ] {
        assert_statuses(get(&bad), [400, 400], Some("BAD_REQUEST")).await;
    }
    for raw in ["/graphql?query=%ff", "/graphql?query=%7", "/graphql?query=%zz"] {
        assert_statuses(app.client.request(Method::GET, raw), [400, 400], Some("BAD_REQUEST")).await;
    }
    let resolution = Some("OPERATION_RESOLUTION_FAILED");
    assert_statuses(get(&[("query", one), ("operationName", "null")]), [400, 200], resolution).await;
    assert_statuses(get(&[("query", "{")]), [400, 200], Some("GRAPHQL_PARSE_FAILED")).await;
}

#[tokio::test]
async fn mutations_never_run_by_get() {
    let app = App::start().await;
    let document =
        "query q { __typename } mutation m { logIn(input: {email: \"e\", password: \"p\"}) { userErrors { code } } }";
    let request = |name| app.person(1).get(&[("query", document), ("operationName", name)]);
    assert_statuses(request("q"), [200, 200], None).await;
    assert_statuses(request("m"), [405, 405], Some("METHOD_NOT_ALLOWED")).await;
    assert_eq!(Answer::of(request("m")).await.header("allow"), Some("POST"));
    assert!(app.services.calls().is_empty());
}

#[tokio::test]
async fn other_methods_are_405_with_the_ones_there_are() {
    let app = App::start().await;
    for method in [Method::PUT, Method::PATCH, Method::DELETE, Method::OPTIONS] {
        let request = app.client.request(method, "/graphql?query={__typename}");
        let answer = Answer::of(request.try_clone().unwrap()).await;
        assert_eq!(answer.header("allow"), Some("GET, HEAD, POST"));
        assert_statuses(request, [405, 405], Some("METHOD_NOT_ALLOWED")).await;
    }
}

#[tokio::test]
async fn the_media_type_is_what_the_client_ranks_highest() {
    let app = App::start().await;
    for (accept, expected) in [
        (Some(GRAPHQL_RESPONSE), GRAPHQL_RESPONSE),
        (Some(JSON), JSON),
        (Some("*/*"), JSON),
        (Some("application/*"), JSON),
        (None, JSON),
        (Some("application/json;q=0.5, application/graphql-response+json;q=0.4"), JSON),
        (Some("application/graphql-response+json; charset=utf-8, application/json; charset=utf-8"), GRAPHQL_RESPONSE),
        (Some("APPLICATION/GRAPHQL-RESPONSE+JSON"), GRAPHQL_RESPONSE),
        (Some("text/html, application/json;q=0.1"), JSON),
        (
            Some(
                "application/graphql-response+json, application/graphql+json, application/json, text/event-stream, multipart/mixed",
            ),
            GRAPHQL_RESPONSE,
        ),
    ] {
        let request = post(&app.client, JSON, json!({"query": "{ __typename }"}).to_string());
        let request = if let Some(accept) = accept { request.header("accept", accept) } else { request };
        let answer = Answer::of(request).await;
        let content_type = format!("{expected}; charset=utf-8");
        assert_eq!((answer.status, answer.header("content-type")), (200, Some(content_type.as_str())), "{accept:?}");
    }
}

#[tokio::test]
async fn nothing_acceptable_is_406() {
    let app = App::start().await;
    for accept in ["text/html", "application/json;q=0", "application/json; charset=utf-16", "image/*"] {
        let request = post(&app.client, JSON, json!({"query": "{ __typename }"}).to_string()).header("accept", accept);
        let answer = Answer::of(request).await;
        assert_eq!(answer.status, 406, "{accept}");
        assert_well_formed_failure(&answer, "NOT_ACCEPTABLE");
    }
}

#[tokio::test]
async fn an_answer_says_where_the_time_went() {
    let app = App::start().await;
    let durations = |answer: &Answer| -> Vec<f64> {
        let timing = answer.header("server-timing").unwrap();
        timing.split(", ").map(|part| part.split_once(";dur=").unwrap().1.parse().unwrap()).collect()
    };
    let asked = durations(&app.client.run("{ posts(first: 1) { nodes { author { id } } } }").await);
    assert!(asked[0] > 0.0 && asked[1] > 0.0, "{asked:?}");
    let alone = durations(&app.client.run("{ __typename }").await);
    assert_eq!(alone[0], 0.0);
}

#[tokio::test]
async fn another_path_is_404_with_a_body() {
    let app = App::start().await;
    assert_statuses(app.client.request(Method::GET, "/nothing"), [404, 404], Some("BAD_REQUEST")).await;
}

#[tokio::test]
async fn errors_have_places_in_the_document_and_in_the_answer() {
    let app = App::start().await;
    let errors = app.client.run("{\n  nope\n  posts { nodes { nada } } }").await.json()["errors"].take();
    let places: Vec<&Value> = errors.as_array().unwrap().iter().map(|error| &error["locations"][0]).collect();
    assert_eq!(places, [&json!({"line": 2, "column": 3}), &json!({"line": 3, "column": 19})]);
    let errors = app.client.run("{\n  a: posts(first: 0) { nodes { id } } }").await.json()["errors"].take();
    assert_eq!(errors[0]["locations"], json!([{"line": 2, "column": 3}]));
    assert_eq!(errors[0]["path"], json!(["a"]));
}

#[tokio::test]
async fn an_answer_for_a_viewer_is_never_stored() {
    let app = App::start().await;
    for client in [app.client.clone(), app.person(1)] {
        assert_eq!(client.run("{ viewer { id } }").await.header("cache-control"), Some("private, no-store"));
    }
}

#[tokio::test]
async fn browsers_are_told_to_show_an_answer_nowhere() {
    let app = App::start().await;
    for path in ["/graphql?query=%7B__typename%7D", "/graphql", "/nothing", "/livez"] {
        let answer = Answer::of(app.client.request(Method::GET, path)).await;
        for (name, value) in [
            ("content-security-policy", "default-src 'none'; frame-ancestors 'none'"),
            ("referrer-policy", "no-referrer"),
            ("x-content-type-options", "nosniff"),
            ("x-frame-options", "DENY"),
        ] {
            assert_eq!(answer.header(name), Some(value), "{path}");
        }
    }
}
