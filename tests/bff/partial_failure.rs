//! A service that is dead, slow or broken takes its own edges and nothing else: everything else of the answer arrives,
//! the status stays 200, and the errors say which service, how, and whether trying again makes sense.

use std::time::{Duration, Instant};

use harness::client::Answer;
use harness::stub::{Behaviour, Services, counts};
use harness::town::Sizes;
use serde_json::{Value, json};

use crate::app::App;

/// How long a call may take where a service is slow, in milliseconds.
const CALL_MS: u64 = 700;

const UNAVAILABLE: &str = "SERVICE_UNAVAILABLE";
const TIMEOUT: &str = "SERVICE_TIMEOUT";
const LIMITED: &str = "RATE_LIMITED";
const BROKEN: &str = "SERVICE_BAD_RESPONSE";

/// Every way to go wrong as a whole, and the code it gets.
const KINDS: [(Behaviour, &str); 13] = [
    (Behaviour::Dead, UNAVAILABLE),
    (Behaviour::HangsUp, UNAVAILABLE),
    (Behaviour::NotHttp, BROKEN),
    (Behaviour::Slow(Duration::from_secs(60)), TIMEOUT),
    (Behaviour::Status(500), UNAVAILABLE),
    (Behaviour::Status(503), UNAVAILABLE),
    (Behaviour::Status(429), LIMITED),
    (Behaviour::Status(504), TIMEOUT),
    (Behaviour::Status(302), BROKEN),
    (Behaviour::NotJson, BROKEN),
    (Behaviour::OtherShape, BROKEN),
    (Behaviour::Truncated, UNAVAILABLE),
    (Behaviour::Huge, BROKEN),
];

/// A query that needs all three services, at the root and below.
const QUERY: &str = "query($user: ID!, $order: ID!) {
    posts(first: 1) { nodes { title author { handle } likeCount } }
    user(by: {id: $user}) { handle followerCount postCount orders(first: 1) { nodes { number } } }
    users(first: 1) { nodes { handle posts(first: 1) { nodes { title } } } }
    order(id: $order) { number items { title post { title } seller { handle } } }
}";

async fn app_that_waits(call_ms: u64) -> App {
    let services = Services::start(Sizes::default()).await;
    let app = App::with(services, |config| {
        config.timeouts.connect = Duration::from_millis(call_ms);
        config.timeouts.call = Duration::from_millis(call_ms);
    });
    let app = app.await;
    // The keys that verify tokens are fetched while all is well.
    app.person(1).run("{ viewer { id } }").await.data();
    app
}

async fn ask(app: &App) -> Answer {
    let (user, order) = {
        let town = app.services.town();
        (town.users[1].id, town.orders[1].id)
    };
    app.person(1).run_with(QUERY, json!({"user": user, "order": order})).await
}

/// Lets one service go wrong in every way, and holds the answers to what must be left of them.
async fn assert_partial(service: &str, failed: &[&str]) {
    let mut patient = app_that_waits(20_000).await;
    let mut hasty = app_that_waits(CALL_MS).await;
    let whole = ask(&patient).await.data();
    for (behaviour, code) in KINDS {
        let app = if code == TIMEOUT { &mut hasty } else { &mut patient };
        app.services.stub(service).behave(behaviour).await;
        let started = Instant::now();
        let answer = ask(app).await;
        assert!(started.elapsed() < Duration::from_secs(10), "{service} {behaviour:?}: {:?}", started.elapsed());
        app.services.stub(service).behave(Behaviour::Well).await;

        assert_eq!(answer.status, 200, "{service} {behaviour:?}");
        let expected: Vec<String> = failed.iter().map(|path| format!("{code} {path}")).collect();
        assert_eq!(answer.errors(), expected, "{service} {behaviour:?}");
        assert_eq!(answer.json()["data"], without(&whole, failed), "{service} {behaviour:?}");
        assert_extensions(&answer, service, (code, code != "SERVICE_BAD_RESPONSE"));
        assert!(!answer.text.contains("secret words"), "only our own words reach a client: {}", answer.text);
    }
    assert_eq!(ask(&patient).await.data(), whole, "all is well again");
}

fn without(whole: &Value, failed: &[&str]) -> Value {
    let mut data = whole.clone();
    for path in failed {
        *data.pointer_mut(&format!("/{}", path.replace('.', "/"))).unwrap() = Value::Null;
    }
    data
}

fn assert_extensions(answer: &Answer, service: &str, (code, retryable): (&str, bool)) {
    let request_id = answer.header("x-request-id").unwrap();
    let expected = json!({"code": code, "requestId": request_id, "service": service, "retryable": retryable});
    for error in answer.json()["errors"].as_array().unwrap() {
        assert_eq!(error["extensions"], expected);
        assert!(error["message"].is_string() && error["locations"].is_array(), "{error}");
    }
}

#[tokio::test]
async fn a_broken_user_service_takes_its_own_edges() {
    let failed = ["order.items.0.seller", "posts.nodes.0.author", "user", "users"];
    assert_partial("user", &failed).await;
}

#[tokio::test]
async fn a_broken_post_service_takes_its_own_edges() {
    let failed = ["order.items.0.post", "posts", "user.postCount", "users.nodes.0.posts"];
    assert_partial("post", &failed).await;
}

#[tokio::test]
async fn a_broken_order_service_takes_its_own_edges() {
    assert_partial("order", &["order", "user.orders"]).await;
}

#[tokio::test]
async fn an_answer_of_what_was_not_asked_is_a_broken_one() {
    let mut app = App::start().await;
    let (user, post, order) = {
        let mut town = app.services.town();
        let (user, post) = (town.users[1].id, town.posts[149].id);
        town.likes.insert((user, post));
        (format!("\"{user}\""), format!("\"{post}\""), format!("\"{}\"", town.orders[1].id))
    };
    use Behaviour::{Duplicate, Foreign, PageMissing};
    for (behaviour, service, query, path) in [
        (Foreign, "user", "{ user(by: {id: USER}) { handle } }", "user"),
        (Foreign, "user", "{ user(by: {handle: \"user1\"}) { handle } }", "user"),
        (Foreign, "user", "{ users(first: 1) { nodes { followerCount } } }", "users.nodes.0.followerCount"),
        (Foreign, "user", "{ users(first: 1) { nodes { viewerFollows } } }", "users.nodes.0.viewerFollows"),
        (
            Foreign,
            "user",
            "{ users(first: 1) { nodes { following(first: 1) { nodes { id } } } } }",
            "users.nodes.0.following",
        ),
        (Foreign, "post", "{ post(id: POST) { title } }", "post"),
        (Foreign, "post", "{ posts(first: 1) { nodes { viewerLikes } } }", "posts.nodes.0.viewerLikes"),
        (Foreign, "post", "{ user(by: {id: USER}) { posts(first: 1) { nodes { id } } } }", "user.posts"),
        (Foreign, "post", "{ user(by: {id: USER}) { postCount } }", "user.postCount"),
        (Foreign, "order", "{ order(id: ORDER) { number } }", "order"),
        (Foreign, "order", "{ user(by: {id: USER}) { orders(first: 1) { nodes { id } } } }", "user.orders"),
        (Duplicate, "user", "{ user(by: {id: USER}) { handle } }", "user"),
        (Duplicate, "user", "{ users(first: 1) { nodes { id } } }", "users"),
        (Duplicate, "post", "{ post(id: POST) { title } }", "post"),
        (Duplicate, "post", "{ user(by: {id: USER}) { posts(first: 1) { nodes { id } } } }", "user.posts"),
        (Duplicate, "order", "{ order(id: ORDER) { number } }", "order"),
        (
            PageMissing,
            "user",
            "{ users(first: 2) { nodes { following(first: 1) { nodes { id } } } } }",
            "users.nodes.0.following",
        ),
        (PageMissing, "post", "{ user(by: {id: USER}) { posts(first: 1) { nodes { id } } } }", "user.posts"),
        (PageMissing, "order", "{ user(by: {id: USER}) { orders(first: 1) { nodes { id } } } }", "user.orders"),
    ] {
        app.services.stub(service).behave(behaviour).await;
        let query = query.replace("USER", &user).replace("POST", &post).replace("ORDER", &order);
        let answer = app.person(1).run(&query).await;
        app.services.stub(service).behave(Behaviour::Well).await;
        assert_eq!(answer.status, 200, "{behaviour:?} {query}");
        let expected = format!("{BROKEN} {path}");
        assert_eq!(answer.errors().first(), Some(&expected), "{behaviour:?} {query}: {}", answer.text);
        assert_extensions(&answer, service, (BROKEN, false));
    }
}

/// One command of each service whose answer has a body.
const COMMANDS: [(&str, &str, &str); 3] = [
    ("user", "updateProfile", "updateProfile(input: {name: \"N\"}) { user { name } userErrors { code } }"),
    ("post", "publishPost", "publishPost(input: {title: \"t\", body: \"b\"}) { post { title } userErrors { code } }"),
    (
        "order",
        "placeOrder",
        "placeOrder(input: {items: [{postId: $post, quantity: 1}], idempotencyKey: \"once\"}) { order { status } userErrors { code } }",
    ),
];

#[tokio::test]
async fn a_command_to_a_broken_service_fails_alone() {
    let mut patient = app_that_waits(20_000).await;
    let mut hasty = app_that_waits(CALL_MS).await;
    let all = COMMANDS.map(|(_, _, field)| field).join(" ");
    let mutation = format!("mutation($post: ID!) {{ {all} }}");
    for (service, field, _) in COMMANDS {
        for (behaviour, code) in KINDS {
            let app = if code == TIMEOUT { &mut hasty } else { &mut patient };
            let post = app.services.town().offers()[0].id;
            app.services.stub(service).behave(behaviour).await;
            let answer = app.person(1).run_with(&mutation, json!({"post": post})).await;
            app.services.stub(service).behave(Behaviour::Well).await;
            assert_eq!((answer.status, answer.errors()), (200, vec![format!("{code} {field}")]), "{behaviour:?}");
            // POST and PATCH without a key may have taken effect once they were sent: they must not be sent again blindly.
            let was_not_sent = matches!(behaviour, Behaviour::Dead | Behaviour::Status(429));
            let retryable = field == "placeOrder" || was_not_sent;
            assert_extensions(&answer, service, (code, retryable));
            for (_, other, _) in COMMANDS {
                assert_eq!(answer.json()["data"][other].is_null(), other == field, "{behaviour:?}: {}", answer.text);
            }
        }
    }
}

#[tokio::test]
async fn a_command_is_sent_once_even_if_the_service_hangs_up() {
    let mut app = app_that_waits(20_000).await;
    app.services.forget_calls();
    app.services.stub("post").behave(Behaviour::Truncated).await;
    let answer =
        app.person(1).run("mutation { publishPost(input: {title: \"t\", body: \"b\"}) { post { id } } }").await;
    assert_eq!(answer.errors(), ["SERVICE_UNAVAILABLE publishPost"]);
    assert_eq!(app.services.counts(), counts([("POST /v1/posts", 1)]));
}

#[tokio::test]
async fn the_time_left_is_passed_on_and_shrinks() {
    let services = Services::start(Sizes::default()).await;
    let app = App::with(services, |config| {
        config.timeouts.call = Duration::from_millis(30_000);
        config.timeouts.request = Duration::from_millis(30_000);
    });
    let mut app = app.await;
    let pause = Duration::from_millis(40);
    app.services.stub("user").behave(Behaviour::Slow(pause)).await;
    app.client.run("{ users(first: 1) { nodes { posts(first: 1) { nodes { author { handle } } } } } }").await.data();
    let left: Vec<u128> =
        app.services.calls().iter().map(|call| call.header("x-request-timeout-ms").unwrap().parse().unwrap()).collect();
    assert_eq!(left.len(), 3);
    assert!(left[0] <= 30_000 && left[0] > 20_000, "{left:?}");
    assert!(left[1] + pause.as_millis() <= left[0] && left[2] <= left[1], "{left:?}");
}

#[tokio::test]
async fn a_call_gets_no_more_time_than_a_call_may_take() {
    let services = Services::start(Sizes::default()).await;
    let app = App::with(services, |config| config.timeouts.call = Duration::from_millis(15_000)).await;
    app.client.run("{ users(first: 1) { nodes { id } } }").await.data();
    assert_eq!(app.services.calls()[0].header("x-request-timeout-ms"), Some("15000"));
}

#[tokio::test]
async fn past_the_request_s_deadline_nothing_more_is_sent() {
    let services = Services::start(Sizes::default()).await;
    let app = App::with(services, |config| {
        config.timeouts.connect = Duration::from_millis(CALL_MS);
        config.timeouts.call = Duration::from_millis(CALL_MS);
        config.timeouts.request = Duration::from_millis(CALL_MS);
    });
    let mut app = app.await;
    let client = app.person(1);
    // A connection to each service stands ready.
    client.run("{ viewer { id } posts(first: 1) { nodes { id } } }").await.data();
    app.services.forget_calls();
    app.services.stub("user").behave(Behaviour::Slow(Duration::from_secs(60))).await;
    let mutation = "mutation { updateProfile(input: {name: \"N\"}) { user { name } }
        publishPost(input: {title: \"t\", body: \"b\"}) { post { id } } }";
    let answer = client.run(mutation).await;
    assert_eq!(answer.errors(), ["SERVICE_TIMEOUT publishPost", "SERVICE_TIMEOUT updateProfile"]);
    assert_eq!(app.services.counts(), counts([("PATCH /v1/users/{id}", 1)]));
}
