//! The program as it runs in production: its log, its signals, its exit codes.

use harness::client::Answer;
use harness::stub::{Gate, Services};
use harness::town::Sizes;
use reqwest::Method;
use serde_json::json;
use tokio::net::TcpStream;

use crate::binary::Program;

#[tokio::test]
async fn each_request_is_one_log_line_that_says_what_was_asked_and_what_it_cost() {
    let services = Services::start(Sizes::default()).await;
    let mut program = Program::serve(&services, &[]).await;
    let token = services.token(1);
    let client = program.client().signed_in(token.clone());
    let query = "query Feed($n: Int!) { posts(first: $n) { nodes { title viewerLikes author { handle } } } bad: users(first: 0) { nodes { id } } }";
    let body = json!({"query": query, "variables": {"n": 7}});
    let trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    let request = client.post(&body).header("x-request-id", "request-7").header("traceparent", trace);
    assert_eq!(Answer::of(request).await.status, 200);
    let line = program.line("request").await;
    // 10 + 1 + 7 × (1 + 10 + 11), and 10 + 1 for a page that the client asked for wrongly.
    let expected = json!({"request_id": "request-7", "trace_id": "0af7651916cd43dd8448eb211c80319c", "operation": "(other)",
        "status": 200, "errors": 1, "calls": "user=1 post=2", "cost.estimated": 176, "cost.actual": 176, "level": "INFO"});
    for (name, value) in expected.as_object().unwrap() {
        assert_eq!(&line[name], value, "{name} of {line}");
    }
    assert!(line["duration_ms"].as_f64().is_some_and(|duration| duration > 0.0), "{line}");
    assert!(!line.to_string().contains(&token), "a token never reaches a log");

    program.client().run("{").await;
    let line = program.line("request").await;
    assert_eq!(
        (&line["status"], &line["operation"], &line["calls"]),
        (&json!(400), &json!("(other)"), &json!("")),
        "{line}"
    );
}

#[tokio::test]
async fn what_a_client_sent_cannot_write_log_lines_of_its_own() {
    let services = Services::start(Sizes::default()).await;
    let mut program = Program::serve(&services, &[]).await;
    let secret = "hunter2\\n{\\\"message\\\": \\\"request\\\", \\\"status\\\": 999}";
    let query =
        format!("mutation {{ logIn(input: {{email: \"e\", password: \"{secret}\"}}) {{ userErrors {{ code }} }} }}");
    program.client().run(&query).await.data();
    let line = program.line("request").await;
    assert!(line["status"] == 200 && !line.to_string().contains("hunter2"), "{line}");
}

#[tokio::test]
async fn asked_to_stop_it_answers_what_is_under_way_and_takes_nothing_new() {
    let services = Services::start(Sizes::default()).await;
    let held = Gate::closed();
    services.gate(&["GET /v1/posts"], &held);
    let mut program = Program::serve(&services, &[]).await;
    let client = program.client();
    let under_way = tokio::spawn(async move { client.run("{ posts(first: 1) { nodes { title } } }").await });
    held.arrived(1).await;
    program.terminate().await;
    while TcpStream::connect(&program.address).await.is_ok() {
        tokio::task::yield_now().await;
    }
    held.open();
    assert_eq!(under_way.await.unwrap().data()["posts"]["nodes"][0]["title"], "Post 149");
    assert_eq!(program.ended().await.code(), Some(0));
}

#[tokio::test]
async fn a_request_that_never_ends_does_not_keep_it_from_stopping() {
    let services = Services::start(Sizes::default()).await;
    let held = Gate::closed();
    services.gate(&["GET /v1/posts"], &held);
    let mut program = Program::serve(&services, &[("TESSERA__HTTP__DRAIN_SECONDS", "0")]).await;
    let request = program.client().post(&json!({"query": "{ posts(first: 1) { nodes { title } } }"}));
    #[expect(clippy::disallowed_methods, reason = "a client of the BFF, not of a service")]
    let under_way = tokio::spawn(request.send());
    held.arrived(1).await;
    program.terminate().await;
    program.line("drain timed out: requests in flight were aborted").await;
    assert_eq!(program.ended().await.code(), Some(0));
    assert!(under_way.await.unwrap().is_err());
}

#[tokio::test]
async fn asked_to_stop_at_rest_it_stops() {
    let services = Services::start(Sizes::default()).await;
    let mut program = Program::serve(&services, &[]).await;
    // A connection that the client keeps open.
    let client = program.client();
    client.run("{ __typename }").await.data();
    program.terminate().await;
    assert_eq!(program.ended().await.code(), Some(0));
}

#[tokio::test]
async fn a_client_that_hangs_up_ends_its_query_but_not_its_commands() {
    let services = Services::start(Sizes::default()).await;
    let held = Gate::closed();
    services.gate(&["GET /v1/posts", "POST /v1/sessions"], &held);
    let second = Gate::together(1);
    services.gate(&["POST /v1/sessions/refresh"], &second);
    let mut program = Program::serve(&services, &[]).await;
    for (at_the_gate, query) in [
        "query Left { posts(first: 1) { nodes { author { name } } } }",
        "mutation Left { a: logIn(input: {email: \"e\", password: \"p\"}) { userErrors { code } }
            b: refreshSession(input: {refreshToken: \"r\"}) { userErrors { code } } }",
    ]
    .into_iter()
    .enumerate()
    {
        let request = program.client().post(&json!({ "query": query }));
        #[expect(clippy::disallowed_methods, reason = "a client of the BFF, not of a service")]
        let under_way = tokio::spawn(request.send());
        held.arrived(at_the_gate + 1).await;
        under_way.abort();
        let line = program.line("request").await;
        assert_eq!((&line["status"], &line["operation"]), (&json!(499), &json!("(other)")), "{line}");
    }
    held.open();
    // The second command comes after the first, which was held while its client left.
    second.arrived(1).await;
    assert!(services.calls_of("GET /v1/users?ids").is_empty());
}

#[tokio::test]
async fn a_document_as_deep_as_allowed_is_answered_and_a_deeper_one_refused() {
    let services = Services::start(Sizes::default()).await;
    let limits = ["MAX_NESTING", "MAX_DEPTH", "MAX_COST"].map(|limit| format!("TESSERA__LIMITS__{limit}"));
    let mut settings = limits.iter().map(String::as_str).zip(["100", "100", "100000"]).collect::<Vec<_>>();
    settings.push(("TESSERA__BUDGETS__CAPACITY", "100000"));
    let program = Program::serve(&services, &settings).await;
    // Three levels a turn.
    let deep = |turns| {
        let (before, behind) = ("posts(first: 1) { nodes { author { ".repeat(turns), "} } } ".repeat(turns));
        format!("{{ users(first: 1) {{ nodes {{ {before} id {behind} }} }} }}")
    };
    let answer = program.client().run(&deep(30)).await;
    assert_eq!((answer.status, answer.errors()), (200, vec![]), "{}", answer.text);
    let answer = program.client().run(&deep(40)).await;
    assert_eq!((answer.status, answer.errors()), (400, vec!["QUERY_TOO_DEEP".to_owned()]));
    let answer = program.client().run("{ posts(first: 1) { nodes { id } } }").await;
    assert_eq!(answer.status, 200);
}

#[tokio::test]
async fn until_its_listener_closes_it_serves_and_asks_clients_to_connect_elsewhere() {
    let services = Services::start(Sizes::default()).await;
    let program = Program::serve(&services, &[("TESSERA__HTTP__LINGER_MS", "5000")]).await;
    let query = json!({"query": "{ posts(first: 1) { nodes { title } } }"});
    let before = Answer::of(program.client().post(&query)).await;
    assert!(before.status == 200 && !before.headers.contains_key("connection"));
    program.terminate().await;
    // The signal arrives a moment later.
    loop {
        let answer = Answer::of(program.client().post(&query)).await;
        assert_eq!(answer.status, 200);
        if answer.headers.get("connection").is_some_and(|connection| connection == "close") {
            break;
        }
    }
}

#[tokio::test]
async fn a_stream_is_the_last_answer_of_its_connection() {
    let services = Services::start(Sizes::default()).await;
    let program = Program::serve(&services, &[]).await;
    for accept in ["text/event-stream", "multipart/mixed;subscriptionSpec=1.0, application/json"] {
        let body = json!({"query": "subscription { postPublished { cursor } }"}).to_string();
        let request = program.client().request(Method::POST, "/graphql").body(body);
        #[expect(clippy::disallowed_methods, reason = "a client of the BFF, not of a service")]
        let response =
            request.header("content-type", "application/json").header("accept", accept).send().await.unwrap();
        assert!(response.status() == 200 && response.headers()["connection"] == "close", "{accept}: {response:?}");
    }
}
