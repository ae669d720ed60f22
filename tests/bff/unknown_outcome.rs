//! `retryable` can be trusted: a command that may have taken effect is retryable only if a repetition has no second effect
//! (RFC 9110, 9.2.2, or an idempotency key). A request that never reached the service is always retryable.

use std::time::Duration;

use harness::client::Answer;
use harness::stub::{Behaviour, Services};
use harness::town::Sizes;
use serde_json::{Value, json};

use crate::app::App;

const UNAVAILABLE: &str = "SERVICE_UNAVAILABLE";
const TIMEOUT: &str = "SERVICE_TIMEOUT";
const BROKEN: &str = "SERVICE_BAD_RESPONSE";

/// Failures after the service has handled the request, and the code of each.
const AFTER_THE_EFFECT: [(Behaviour, &str); 12] = [
    (Behaviour::Closes, UNAVAILABLE),
    (Behaviour::Truncated, UNAVAILABLE),
    (Behaviour::Status(500), UNAVAILABLE),
    (Behaviour::Html(500), UNAVAILABLE),
    (Behaviour::Html(502), UNAVAILABLE),
    (Behaviour::Status(503), UNAVAILABLE),
    (Behaviour::Html(503), UNAVAILABLE),
    (Behaviour::Html(504), TIMEOUT),
    (Behaviour::Html(404), BROKEN),
    (Behaviour::NotJson, BROKEN),
    (Behaviour::Huge, BROKEN),
    (Behaviour::Slow(Duration::from_secs(60)), TIMEOUT),
];

/// Commands of the post service that are sent twice without a second effect.
const REPEATABLE: [(&str, &str); 4] = [
    ("addComment", "addComment(input: {postId: $post, body: \"b\", idempotencyKey: \"once\"}) { userErrors { code } }"),
    ("editPost", "editPost(input: {postId: $post, title: \"t\", idempotencyKey: \"once\"}) { userErrors { code } }"),
    ("likePost", "likePost(input: {postId: $post}) { userErrors { code } }"),
    ("unlikePost", "unlikePost(input: {postId: $post}) { userErrors { code } }"),
];

const ONCE: &str = "addComment(input: {postId: $post, body: \"b\"}) { userErrors { code } }";

async fn app(call_ms: u64) -> App {
    let services = Services::start(Sizes::default()).await;
    let app = App::with(services, |config| config.timeouts.call = Duration::from_millis(call_ms)).await;
    // The keys that verify tokens, and a connection to the post service.
    app.person(0).run("{ viewer { id } posts(first: 1) { nodes { id } } }").await.data();
    app
}

/// The answer to one mutation by the admin on the first post.
async fn send(app: &App, field: &str) -> Answer {
    let post = app.services.town().posts[0].id;
    app.person(0).run_with(&format!("mutation($post: ID!) {{ {field} }}"), json!({"post": post})).await
}

async fn send_to(app: &mut App, behaviour: Behaviour, field: &str) -> Answer {
    app.services.stub("post").behave(behaviour).await;
    let answer = send(app, field).await;
    app.services.stub("post").behave(Behaviour::Well).await;
    answer
}

fn retryable(answer: &Answer) -> Value {
    answer.json()["errors"][0]["extensions"]["retryable"].clone()
}

#[tokio::test]
async fn a_command_without_a_key_that_may_have_taken_effect_is_not_retryable() {
    let (mut patient, mut hasty) = (app(20_000).await, app(500).await);
    for (behaviour, code) in AFTER_THE_EFFECT {
        let app = if matches!(behaviour, Behaviour::Slow(_)) { &mut hasty } else { &mut patient };
        let before = app.services.town().comments.len();
        let answer = send_to(app, behaviour, ONCE).await;
        assert_eq!(app.services.town().comments.len(), before + 1, "{behaviour:?}: the comment exists, once");
        assert_eq!(answer.errors(), [format!("{code} addComment")], "{behaviour:?}");
        assert_eq!(retryable(&answer), false, "{behaviour:?}: {}", answer.text);
        assert!(!answer.text.contains("secret words"), "{}", answer.text);
    }
}

#[tokio::test]
async fn a_dependency_s_failure_does_not_make_a_command_without_a_key_retryable() {
    let mut app = app(20_000).await;
    for code in ["DEPENDENCY_UNAVAILABLE", "DEPENDENCY_TIMEOUT", "DEPENDENCY_BAD_RESPONSE"] {
        let answer = send_to(&mut app, Behaviour::Dependency(code, "user"), ONCE).await;
        assert_eq!(retryable(&answer), false, "{code}: {}", answer.text);
    }
}

#[tokio::test]
async fn a_keyed_or_idempotent_command_is_retryable_whatever_happened() {
    let (mut patient, mut hasty) = (app(20_000).await, app(500).await);
    for (behaviour, code) in AFTER_THE_EFFECT.into_iter().chain([(Behaviour::NotHttp, BROKEN)]) {
        for (name, field) in REPEATABLE {
            let app = if matches!(behaviour, Behaviour::Slow(_)) { &mut hasty } else { &mut patient };
            let answer = send_to(app, behaviour, field).await;
            assert_eq!(answer.errors(), [format!("{code} {name}")], "{behaviour:?}");
            assert_eq!(retryable(&answer), true, "{behaviour:?}: {}", answer.text);
        }
    }
}

#[tokio::test]
async fn a_request_that_never_reached_the_service_is_retryable() {
    let mut app = app(20_000).await;
    app.services.forget_calls();
    let answer = send_to(&mut app, Behaviour::Dead, ONCE).await;
    assert_eq!(answer.errors(), ["SERVICE_UNAVAILABLE addComment"]);
    assert_eq!(retryable(&answer), true, "{}", answer.text);
    assert!(app.services.calls().is_empty());
    send(&app, ONCE).await.data();
}

#[tokio::test]
async fn a_read_below_a_command_without_a_key_is_not_retryable() {
    let mut app = app(20_000).await;
    for (key, expected) in [("", false), (", idempotencyKey: \"once\"", true)] {
        let field =
            format!("addComment(input: {{postId: $post, body: \"b\"{key}}}) {{ comment {{ author {{ handle }} }} }}");
        app.services.stub("user").behave(Behaviour::Html(503)).await;
        let answer = send(&app, &field).await;
        app.services.stub("user").behave(Behaviour::Well).await;
        assert_eq!(answer.errors(), ["SERVICE_UNAVAILABLE addComment.comment.author"], "{}", answer.text);
        assert_eq!(retryable(&answer), expected, "{field}: {}", answer.text);
    }
}
