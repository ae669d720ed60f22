//! Who asks: no header is nobody, a good token is somebody, and everything else is refused, never taken for anonymous.

use contract::{Clock, UserId};
use harness::client::Answer;
use harness::stub::{Behaviour, Services, counts};
use harness::token::{Signer, claims};
use harness::town::Sizes;
use serde_json::{Value, json};

use crate::app::App;

const WHO: &str = "{ viewer { handle } posts(first: 1) { nodes { title } } }";

fn with(user: UserId, name: &str, value: impl Into<Value>) -> Value {
    let mut claims = claims(user, &["member"]);
    claims[name] = value.into();
    claims
}

/// 401 with a well-formed body that says nothing of the data.
fn assert_refused(answer: &Answer, what: &str) {
    assert_eq!((answer.status, answer.errors()), (401, vec!["UNAUTHENTICATED".to_owned()]), "{what}: {}", answer.text);
    assert!(answer.header("www-authenticate").is_some_and(|value| value.starts_with("Bearer")), "{what}");
    assert!(answer.json().get("data").is_none(), "{what}: {}", answer.text);
}

#[tokio::test]
async fn without_a_header_the_viewer_is_nobody() {
    let app = App::start().await;
    let data = app.client.run(WHO).await.data();
    assert_eq!(data["viewer"], Value::Null);
}

#[tokio::test]
async fn a_good_token_is_its_user() {
    let app = App::start().await;
    for person in [0, 1, 7] {
        let data = app.person(person).run(WHO).await.data();
        assert_eq!(data["viewer"]["handle"], format!("user{person}"));
    }
    assert_eq!(app.services.key_sets_served(), 1);
}

#[tokio::test]
async fn the_scheme_s_letter_case_does_not_matter() {
    let app = App::start().await;
    let token = app.services.token(1);
    let request = app.client.post(&json!({"query": WHO})).header("authorization", format!("bearer {token}"));
    assert_eq!(Answer::of(request).await.data()["viewer"]["handle"], "user1");
}

#[tokio::test]
async fn a_bad_token_is_refused_whatever_is_asked() {
    let app = App::start().await;
    let (now, user) = (Clock::system().now().as_seconds(), app.services.town().users[1].id);
    let ours = app.services.signer();
    let good = claims(user, &["member"]);
    let [header, body, signature] =
        ours.sign(&good).split('.').map(str::to_owned).collect::<Vec<_>>().try_into().unwrap();
    for (what, token) in [
        ("expired", ours.sign(&with(user, "exp", now - 31))),
        ("not good yet", ours.sign(&with(user, "nbf", now + 60))),
        ("of another issuer", ours.sign(&with(user, "iss", "somebody"))),
        ("for another audience", ours.sign(&with(user, "aud", "something"))),
        ("without an end", ours.sign(&with(user, "exp", Value::Null))),
        ("of no user", ours.sign(&with(user, "sub", "admin"))),
        ("with a role that does not exist", ours.sign(&with(user, "roles", json!(["root"])))),
        ("unsigned", ours.unsigned(&good)),
        ("signed with the public key as a secret", ours.confused(&good)),
        ("signed by a key of the same id", Signer::new("key-1", 2).sign(&good)),
        ("signed by an unknown key", Signer::new("key-2", 2).sign(&good)),
        ("with another body", format!("{header}.{}.{signature}", body.replace('a', "b"))),
        ("without a signature", format!("{header}.{body}.")),
        ("in two parts", format!("{header}.{body}")),
        ("no token", "nonsense".into()),
        ("endless", "x".repeat(8_000)),
    ] {
        assert_refused(&app.client.signed_in(token).run("{ posts(first: 1) { nodes { title } } }").await, what);
    }
    assert!(app.services.calls().is_empty(), "nothing was executed");
}

#[tokio::test]
async fn a_header_that_is_no_bearer_token_is_refused() {
    let app = App::start().await;
    for header in ["Bearer", "Bearer ", "Basic YWRhOnRlc3NlcmE=", "Token abc", "Bearer \u{e9}"] {
        let request = app.client.post(&json!({"query": WHO})).header("authorization", header);
        assert_refused(&Answer::of(request).await, header);
    }
}

#[tokio::test]
async fn an_empty_authorization_header_is_no_credentials() {
    let app = App::start().await;
    for headers in [&[""][..], &["  "], &["", ""], &["\t"]] {
        let request = app.client.post(&json!({"query": WHO}));
        let request = headers.iter().fold(request, |request, value| request.header("authorization", *value));
        assert_eq!(Answer::of(request).await.data()["viewer"], Value::Null, "{headers:?}");
    }
    let beside = app.person(1).post(&json!({"query": WHO})).header("authorization", "");
    assert_eq!(Answer::of(beside).await.data()["viewer"]["handle"], "user1", "an empty header beside a token");
    let two = app.person(1).post(&json!({"query": WHO})).header("authorization", "Bearer another");
    assert_refused(&Answer::of(two).await, "two values");
}

#[tokio::test]
async fn an_operation_that_only_opens_a_session_runs_with_an_expired_token() {
    let app = App::start().await;
    let (now, user) = (Clock::system().now().as_seconds(), app.services.town().users[1].id);
    let expired = app.client.signed_in(app.services.signer().sign(&with(user, "exp", now - 31)));
    let log_in = "logIn(input: {email: \"user1@example.com\", password: \"tessera-demo\"}) { session { accessToken } }";
    let opens = [
        format!("mutation {{ {log_in} }}"),
        "mutation { refreshSession(input: {refreshToken: \"r\"}) { session { accessToken } userErrors { code } } }".into(),
        format!("mutation {{ a: {log_in} ... on Mutation {{ b: {log_in} }} }}"),
        "mutation { signUp(input: {handle: \"new\", name: \"n\", email: \"e@example.com\", password: \"long enough\", idempotencyKey: \"k\"}) { session { refreshToken } } }".into(),
    ];
    for mutation in &opens {
        let answer = expired.run(mutation).await;
        assert_eq!((answer.status, answer.errors()), (200, Vec::new()), "{mutation}: {}", answer.text);
    }
    assert!(app.services.calls().iter().all(|call| call.header("authorization").is_none()), "anonymous");
    app.services.forget_calls();
    for other in [
        "{ __typename }".to_owned(),
        "mutation { __typename }".to_owned(),
        "mutation { logOut { userErrors { code } } }".to_owned(),
        format!("mutation {{ {log_in} logOut {{ userErrors {{ code }} }} }}"),
        format!("mutation {{ {log_in} likePost(input: {{postId: \"x\"}}) {{ post {{ id }} }} }}"),
        "mutation($e: String!) { logIn(input: {email: $e, password: \"p\"}) { session { accessToken } } }".to_owned(),
    ] {
        assert_refused(&expired.run(&other).await, &other);
    }
    let forged = app.client.signed_in(Signer::new("key-1", 2).sign(&claims(user, &["member"])));
    assert_refused(&forged.run(&opens[0]).await, "a forged token");
    assert!(app.services.calls().is_empty(), "nothing was executed");
}

#[test]
fn the_mutations_without_access_rule_are_those_that_open_a_session() {
    let sdl = tessera::graphql::Schema::new().sdl();
    let schema = apollo_compiler::Schema::parse(sdl, "schema.graphql").unwrap();
    let fields = &schema.get_object("Mutation").unwrap().fields;
    let free = fields.iter().filter(|(_, field)| field.directives.get("access").is_none());
    let names: Vec<&str> = free.map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["signUp", "logIn", "refreshSession"]);
}

#[tokio::test]
async fn clocks_may_differ_by_half_a_minute() {
    let app = App::start().await;
    let (now, user) = (Clock::system().now().as_seconds(), app.services.town().users[1].id);
    for claims in [with(user, "exp", now - 15), with(user, "nbf", now + 25)] {
        let client = app.client.signed_in(app.services.signer().sign(&claims));
        assert_eq!(client.run(WHO).await.data()["viewer"]["handle"], "user1");
    }
}

#[tokio::test]
async fn tokens_of_unknown_keys_do_not_make_us_ask_for_the_keys_each_time() {
    let app = App::start().await;
    app.person(1).run(WHO).await.data();
    let user = app.services.town().users[1].id;
    for number in 0..20 {
        let token = Signer::new("key-2", 2).sign(&with(user, "sid", number));
        assert_refused(&app.client.signed_in(token).run(WHO).await, "unknown key");
    }
    assert_eq!(app.services.key_sets_served(), 1);
}

#[tokio::test]
async fn before_the_keys_were_ever_fetched_a_token_is_neither_good_nor_bad() {
    let mut services = Services::start(Sizes::default()).await;
    services.stub("user").behave(Behaviour::Dead).await;
    let mut app = App::with(services, |_| {}).await;
    let answer = app.person(1).run("{ posts(first: 1) { nodes { title } } }").await;
    assert_eq!((answer.status, answer.errors()), (503, vec!["SERVICE_UNAVAILABLE".to_owned()]), "{}", answer.text);
    assert!(answer.header("retry-after").is_some() && answer.json().get("data").is_none());
    let extensions = &answer.json()["errors"][0]["extensions"];
    assert_eq!((&extensions["service"], &extensions["retryable"]), (&json!("user"), &json!(true)));
    assert!(app.services.calls().is_empty());
    let anonymous = app.client.run("{ posts(first: 1) { nodes { title } } }").await.data();
    assert_eq!(anonymous["posts"]["nodes"][0]["title"], "Post 149");
    // Once it is back the keys are fetched without anybody asking for them.
    app.services.stub("user").behave(Behaviour::Well).await;
    while app.services.key_sets_served() == 0 {
        tokio::task::yield_now().await;
    }
    assert_eq!(app.person(1).run(WHO).await.data()["viewer"]["handle"], "user1");
}

#[tokio::test]
async fn the_last_good_keys_are_kept_while_the_user_service_is_down() {
    let mut app = App::start().await;
    app.person(1).run(WHO).await.data();
    app.services.stub("user").behave(Behaviour::Dead).await;
    // A token that was never seen before.
    let user = app.services.town().users[2].id;
    let client = app.client.signed_in(app.services.signer().sign(&with(user, "sid", "another")));
    let answer = client.run("{ viewer { handle } posts(first: 1) { nodes { viewerLikes } } }").await;
    assert_eq!((answer.status, answer.errors()), (200, vec!["SERVICE_UNAVAILABLE viewer".to_owned()]));
    assert!(answer.json()["data"]["posts"]["nodes"][0]["viewerLikes"].is_boolean());
    assert_refused(
        &app.client.signed_in(Signer::new("key-2", 2).sign(&with(user, "sid", "x"))).run(WHO).await,
        "unknown",
    );
}

#[tokio::test]
async fn the_token_goes_where_the_viewer_is_needed_and_nowhere_else() {
    let app = App::start().await;
    let order = app.services.town().orders[1].id;
    let query =
        "query($order: ID!) { viewer { handle email viewerFollows followerCount orders(first: 1) { nodes { id } } }
        posts(first: 1) { nodes { viewerLikes likeCount author { name } } } order(id: $order) { id } }";
    let token = app.services.token(1);
    app.client.signed_in(token.clone()).run_with(query, json!({"order": order})).await.data();
    let private = ["GET /v1/accounts?ids", "GET /v1/follows?ids", "GET /v1/likes"];
    for call in app.services.calls() {
        let is_private = private.contains(&call.route.as_str()) || call.route.starts_with("GET /v1/orders");
        let expected = is_private.then(|| format!("Bearer {token}"));
        assert_eq!(call.header("authorization").map(str::to_owned), expected, "{}", call.route);
    }
}

#[tokio::test]
async fn a_mutation_that_all_needs_sign_in_is_401_for_nobody() {
    let app = App::start().await;
    for mutation in [
        "mutation { logOut { userErrors { code } } }",
        "mutation { a: likePost(input: {postId: \"x\"}) { post { id } } b: cancelOrder(input: {orderId: \"x\"}) { order { id } } }",
        "mutation { ... on Mutation { editPost(input: {postId: \"x\"}) { post { id } } } }",
        "mutation { placeOrder(input: {items: [], idempotencyKey: \"k\"}) { order { id } } }",
    ] {
        assert_refused(&app.client.run(mutation).await, mutation);
        let request = app.client.post(&json!({"query": mutation})).header("accept", "application/json");
        assert_refused(&Answer::of(request).await, mutation);
    }
    assert!(app.services.calls().is_empty());
}

#[tokio::test]
async fn a_mutation_that_signs_in_too_runs_and_refuses_the_rest_at_its_fields() {
    let app = App::start().await;
    let mutation = "mutation {
        likePost(input: {postId: \"x\"}) { post { id } }
        logIn(input: {email: \"user1@example.com\", password: \"tessera-demo\"}) { session { accessToken expiresAt user { handle } } userErrors { code } }
        signUp(input: {handle: \"new\", name: \"n\", email: \"e@example.com\", password: \"long enough\", idempotencyKey: \"k\"}) { session { refreshToken } }
        logOut { userErrors { code } } }";
    let answer = app.client.run(mutation).await;
    let expected = ["UNAUTHENTICATED likePost", "UNAUTHENTICATED logOut"];
    assert_eq!((answer.status, answer.errors()), (200, expected.map(str::to_owned).to_vec()), "{}", answer.text);
    let data = answer.json()["data"].take();
    let session =
        json!({"accessToken": "an access token", "expiresAt": "2030-01-01T00:00:00.000Z", "user": {"handle": "user1"}});
    assert_eq!(data["logIn"], json!({"session": session, "userErrors": []}));
    assert_eq!((&data["likePost"], &data["logOut"]), (&Value::Null, &Value::Null));
    assert_eq!(app.services.counts(), counts([("POST /v1/sessions", 1), ("POST /v1/users", 1)]));
    assert_eq!(app.services.calls_of("POST /v1/users")[0].header("idempotency-key"), Some("k"));
}

#[tokio::test]
async fn what_a_service_forbids_is_an_error_at_its_field() {
    let app = App::start().await;
    let theirs = app.services.town().posts[2].id;
    let mutation = "mutation($post: ID!) { editPost(input: {postId: $post, title: \"mine\"}) { post { id } userErrors { code } } }";
    let answer = app.person(1).run_with(mutation, json!({"post": theirs})).await;
    assert_eq!((answer.status, answer.errors()), (200, vec!["FORBIDDEN editPost".to_owned()]));
    let data = app.person(0).run_with(mutation, json!({"post": theirs})).await.data();
    assert_eq!(data["editPost"]["post"]["id"], theirs.to_string());
}
