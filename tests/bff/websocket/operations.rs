//! Operations over the socket: queries and mutations beside subscriptions, refused as over HTTP, each with one end of its own.

use harness::client::Answer;
use harness::stub::{Gate, Services};
use harness::town::Sizes;
use serde_json::{Value, json};
use tessera::budgets::BudgetSettings;
use tessera::operations::Limits;

use super::{Socket, places, position, publish, until};
use crate::app::App;

const ADD_COMMENT: &str =
    "mutation($post: ID!) { addComment(input: {postId: $post, body: \"b\"}) { userErrors { code } } }";
const POST_COMMENT: &str = "POST /v1/posts/{id}/comments";

fn add_comment(app: &App) -> Value {
    json!({"query": ADD_COMMENT, "variables": {"post": app.services.town().posts[0].id}})
}

#[tokio::test]
async fn a_query_is_one_next_and_a_complete() {
    let app = App::start().await;
    let mut socket = Socket::anonymous(&app).await;
    let query = "query A($n: Int!) { posts(first: $n) { nodes { title } } } query B { __typename }";
    let payload = |name: &str| json!({"query": query, "operationName": name, "variables": {"n": 2}, "unknown": 1});
    let result = socket.run("1", payload("A")).await;
    assert_eq!(result["data"]["posts"]["nodes"].as_array().map(Vec::len), Some(2), "{result}");
    assert_eq!(socket.run("2", payload("B")).await, json!({"data": {"__typename": "Query"}}));
    socket.nothing_but_pong().await;
}

#[tokio::test]
async fn an_error_of_a_field_is_part_of_the_result() {
    let mut services = Services::start(Sizes::default()).await;
    services.stub("user").behave(harness::stub::Behaviour::Html(503)).await;
    let app = App::with(services, |_| {}).await;
    let mut socket = Socket::anonymous(&app).await;
    let result = socket.run("1", json!({"query": "{ posts(first: 1) { nodes { title author { name } } } }"})).await;
    assert!(result["data"]["posts"]["nodes"][0]["title"].is_string(), "{result}");
    assert_eq!(result["errors"][0]["extensions"]["code"], "SERVICE_UNAVAILABLE");
}

#[tokio::test]
async fn a_mutation_has_its_effect_once() {
    let app = App::start().await;
    let before = app.services.town().comments.len();
    let mut socket = Socket::person(&app, 1).await;
    let result = socket.run("1", add_comment(&app)).await;
    assert_eq!(result, json!({"data": {"addComment": {"userErrors": []}}}));
    assert_eq!(app.services.town().comments.len(), before + 1);
}

#[tokio::test]
async fn a_mutation_that_has_begun_runs_on_when_its_socket_closes_or_completes_it() {
    let services = Services::start(Sizes::default()).await;
    let held = Gate::closed();
    services.gate(&[POST_COMMENT], &held);
    let app = App::with(services, |_| {}).await;
    let before = app.services.town().comments.len();
    let mut completed = Socket::person(&app, 1).await;
    completed.subscribe("1", add_comment(&app)).await;
    held.arrived(1).await;
    completed.send(json!({"type": "complete", "id": "1"})).await;
    completed.nothing_but_pong().await;
    let mut closed = Socket::person(&app, 1).await;
    closed.subscribe("1", add_comment(&app)).await;
    held.arrived(2).await;
    closed.close().await;
    let mut dropped = Socket::person(&app, 1).await;
    dropped.subscribe("1", add_comment(&app)).await;
    held.arrived(3).await;
    drop(dropped);
    assert_eq!(app.services.town().comments.len(), before);
    held.open();
    until(|| app.services.town().comments.len() == before + 3).await;
    completed.nothing_but_pong().await;
    assert_eq!(app.services.calls_of(POST_COMMENT).len(), 3);
}

#[tokio::test]
async fn a_query_ends_with_its_socket() {
    let services = Services::start(Sizes::default()).await;
    let held = Gate::closed();
    services.gate(&["GET /v1/posts"], &held);
    let app = App::with(services, |config| config.http.max_running = 1).await;
    let mut socket = Socket::anonymous(&app).await;
    socket.subscribe("1", json!({"query": "{ posts(first: 1) { nodes { id } } }"})).await;
    held.arrived(1).await;
    assert_eq!(app.client.run("{ __typename }").await.status, 503);
    socket.close().await;
    while app.client.run("{ __typename }").await.status == 503 {}
}

/// Errors before execution, and their codes, are those of HTTP.
#[tokio::test]
async fn what_is_refused_is_one_error_and_no_complete() {
    let app = App::with(Services::start(Sizes::default()).await, |config| {
        config.limits = Limits { depth: 6, cost: 500, ..Limits::default() };
    })
    .await;
    let mut socket = Socket::anonymous(&app).await;
    let deep = "{ posts { nodes { author { posts { nodes { author { name } } } } } } }";
    for (payload, code) in [
        (json!({"query": "{"}), "GRAPHQL_PARSE_FAILED"),
        (json!({"query": ""}), "GRAPHQL_PARSE_FAILED"),
        (json!({"query": "{ nothing }"}), "GRAPHQL_VALIDATION_FAILED"),
        (json!({"query": "subscription { nothing }"}), "GRAPHQL_VALIDATION_FAILED"),
        (json!({"query": "{ a: __typename }", "operationName": "B"}), "OPERATION_RESOLUTION_FAILED"),
        (json!({"query": "query($n: Int!) { posts(first: $n) { nodes { id } } }"}), "VARIABLE_COERCION_FAILED"),
        (json!({"query": deep}), "QUERY_TOO_DEEP"),
        (
            json!({"query": "{ posts(first: 100) { nodes { author { posts(first: 100) { nodes { id } } } } } }"}),
            "QUERY_TOO_COSTLY",
        ),
        (json!({"query": "subscription { postPublished(authorIds: [\"x\"]) { cursor } }"}), "BAD_REQUEST"),
        (json!({"query": "subscription { postPublished(after: \"x\") { cursor } }"}), "CURSOR_UNKNOWN"),
        (json!({"query": "subscription { orderStatusChanged { status } }"}), "UNAUTHENTICATED"),
        (json!({"documentId": "unknown"}), "PERSISTED_QUERY_NOT_FOUND"),
    ] {
        socket.subscribe("1", payload.clone()).await;
        assert_eq!(socket.errors("1").await[0], code, "{payload}");
        socket.nothing_but_pong().await;
        if payload["query"].as_str().is_some_and(|query| !query.starts_with("subscription")) {
            let by_http = Answer::of(app.client.post(&payload)).await;
            assert_eq!(by_http.json()["errors"][0]["extensions"]["code"], code, "{payload}");
        }
    }
}

#[tokio::test]
async fn an_error_has_its_place_and_a_request_id() {
    let app = App::start().await;
    let mut socket = Socket::anonymous(&app).await;
    socket.subscribe("1", json!({"query": "{\n  nothing }"})).await;
    let message = socket.receive().await;
    let error = &message["payload"][0];
    assert_eq!(error["locations"], json!([{"line": 2, "column": 3}]), "{message}");
    assert!(error["extensions"]["requestId"].is_string(), "{message}");
}

#[tokio::test]
async fn another_user_s_order_is_forbidden_like_one_that_does_not_exist() {
    let app = App::start().await;
    let order = app.services.town().orders[0].clone();
    let stranger = {
        let town = app.services.town();
        (1..town.users.len()).find(|number| !order.has_party(town.users[*number].id)).unwrap()
    };
    let mut socket = Socket::person(&app, stranger).await;
    let subscription = "subscription($id: ID!) { orderStatusChanged(orderId: $id) { status } }";
    let unknown = "ord_ffffffffffff7fff8fffffffffffffff".to_owned();
    for id in [order.id.to_string(), unknown] {
        socket.subscribe("1", json!({"query": subscription, "variables": {"id": id}})).await;
        assert_eq!(socket.errors("1").await, ["FORBIDDEN"], "{id}");
    }
    socket.nothing_but_pong().await;
}

#[tokio::test]
async fn a_position_comes_with_the_answer_that_asks_for_it() {
    let app = App::start().await;
    position(&app).await;
    let mut socket = Socket::anonymous(&app).await;
    let mut payload = json!({"query": "{ posts(first: 1) { nodes { id } } }", "extensions": {"position": true}});
    let result = socket.run("1", payload.clone()).await;
    assert_eq!(places(result["extensions"]["position"].as_str().unwrap()).len(), 3, "{result}");
    payload["extensions"] = json!({"position": false});
    assert!(socket.run("1", payload).await.get("extensions").is_none());
}

#[tokio::test]
async fn an_empty_budget_is_rate_limited_and_the_socket_stays() {
    let app = App::with(Services::start(Sizes::default()).await, |config| {
        config.limits = Limits { cost: 30, ..Limits::default() };
        config.budgets = BudgetSettings { capacity: 30, per_second: 1, ..BudgetSettings::default() };
    })
    .await;
    let mut socket = Socket::person(&app, 1).await;
    let eleven = json!({"query": "{ viewer { id } }"});
    for id in ["1", "2"] {
        socket.run(id, eleven.clone()).await;
    }
    socket.subscribe("3", eleven).await;
    assert_eq!(socket.errors("3").await, ["RATE_LIMITED"]);
    socket.nothing_but_pong().await;
}

#[tokio::test]
async fn a_panic_ends_only_its_operation() {
    let app = App::panicking().await;
    position(&app).await;
    let mut socket = Socket::anonymous(&app).await;
    socket.subscribe("live", json!({"query": "subscription { postPublished { post { id } } }"})).await;
    for query in ["{ posts(after: \"x\") { nodes { id } } }", "subscription { postPublished(after: \"x\") { cursor } }"]
    {
        socket.subscribe("1", json!({"query": query})).await;
        assert_eq!(socket.errors("1").await, ["INTERNAL_SERVER_ERROR"]);
    }
    let post = publish(&app, 5);
    assert_eq!(socket.result("live").await["data"]["postPublished"]["post"]["id"], json!(post));
    socket.nothing_but_pong().await;
}

#[tokio::test]
async fn a_source_that_begins_anew_ends_its_own_operations_and_no_others() {
    let app = App::start().await;
    let after = position(&app).await;
    let mut socket = Socket::person(&app, 0).await;
    let order = app.services.town().orders[0].id.to_string();
    let orders =
        "subscription($id: ID!, $after: Cursor) { orderStatusChanged(orderId: $id, after: $after) { status } }";
    socket.subscribe("orders", json!({"query": orders, "variables": {"id": order, "after": after}})).await;
    socket.subscribe_to_posts("posts", &after).await;
    publish(&app, 1);
    socket.result("posts").await;
    app.services.feed("post").begin_epoch();
    assert_eq!(socket.errors("posts").await, ["CURSOR_UNKNOWN"]);
    let town_order = app.services.town().orders[0].clone();
    let data = json!({"status": "shipped", "buyer_id": town_order.buyer_id, "seller_ids": [], "version": 2,
        "at": "2026-01-01T00:00:00.000Z"});
    app.services.feed("order").emit("order.shipped", &order, data);
    assert_eq!(socket.result("orders").await["data"], json!({"orderStatusChanged": {"status": "SHIPPED"}}));
    socket.nothing_but_pong().await;
}
