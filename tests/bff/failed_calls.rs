//! A failed call can be diagnosed from its log line: request id, service, route and cause. `calls.failed` counts broken answers
//! like failed calls, and a service that fails because of another names it.

use harness::client::Answer;
use harness::stub::{Behaviour, Services};
use harness::town::Sizes;
use serde_json::{Value, json};

use crate::app::App;
use crate::binary::Program;

/// Ways to fail, and a part of the cause that the log names; each is unlike all others.
const CAUSES: [(Behaviour, &str); 14] = [
    (Behaviour::Dead, "no connection"),
    (Behaviour::Closes, "closed before the response"),
    (Behaviour::Truncated, "closed within the response"),
    (Behaviour::NotHttp, "not HTTP"),
    (Behaviour::Status(500), "500"),
    (Behaviour::Html(502), "502"),
    (Behaviour::Html(503), "503"),
    (Behaviour::Html(404), "404"),
    (Behaviour::Status(302), "302"),
    (Behaviour::NotJson, "line 1, column 1"),
    (Behaviour::OtherShape, "line 1, column"),
    (Behaviour::Huge, "too large"),
    (Behaviour::Foreign, "not requested"),
    (Behaviour::Dependency("DEPENDENCY_TIMEOUT", "user"), "user service"),
];

async fn failed(services: &Services, program: &mut Program, id: &str) -> [Value; 2] {
    let user = services.town().users[1].id;
    let query = json!({"query": format!("{{ user(by: {{id: \"{user}\"}}) {{ postCount }} }}")});
    let answer = Answer::of(program.client().post(&query).header("x-request-id", id)).await;
    assert_eq!(answer.errors().len(), 1, "{}", answer.text);
    [program.line("a call failed").await, program.line("request").await]
}

#[tokio::test]
async fn the_log_names_request_service_and_cause_of_every_failed_call() {
    let mut services = Services::start(Sizes::default()).await;
    let mut program = Program::serve(&services, &[]).await;
    for (number, (behaviour, cause)) in CAUSES.into_iter().enumerate() {
        services.stub("post").behave(behaviour).await;
        let id = format!("request-{number}");
        let [line, request] = failed(&services, &mut program, &id).await;
        assert_eq!((&line["level"], &line["service"]), (&json!("WARN"), &json!("post")), "{behaviour:?}: {line}");
        assert_eq!((&line["request_id"], &request["request_id"]), (&json!(id), &json!(id)), "{behaviour:?}: {line}");
        assert!(line["cause"].as_str().is_some_and(|text| text.contains(cause)), "{behaviour:?}: {line}");
        assert_eq!(line["route"], "/v1/posts/counts", "{behaviour:?}: {line}");
        assert_eq!(request["calls.failed"], 1, "{behaviour:?}: {request}");
        assert!(!line.to_string().contains("secret words"), "a response may be private: {line}");
    }
}

#[tokio::test]
async fn a_call_that_takes_too_long_says_so() {
    let mut services = Services::start(Sizes::default()).await;
    let mut program = Program::serve(&services, &[("TESSERA__TIMEOUTS__CALL_MS", "2000")]).await;
    services.stub("post").behave(Behaviour::Slow(std::time::Duration::from_secs(60))).await;
    let [line, request] = failed(&services, &mut program, "slow").await;
    assert!(line["cause"].as_str().is_some_and(|text| text.contains("in time")), "{line}");
    assert_eq!((&line["request_id"], &request["calls.failed"]), (&json!("slow"), &json!(1)));
}

/// A service that takes connections, and says nothing in the TLS handshake: the request was not sent.
#[tokio::test]
async fn a_handshake_that_hangs_is_no_connection() {
    let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("https://{}", silent.local_addr().unwrap());
    let services = Services::start(Sizes::default()).await;
    let settings = [("TESSERA__SERVICES__POST__URL", url.as_str()), ("TESSERA__TIMEOUTS__CALL_MS", "4000")];
    let mut program = Program::serve(&services, &settings).await;
    let begun = std::time::Instant::now();
    let [line, _] = failed(&services, &mut program, "silent").await;
    assert!(line["cause"].as_str().is_some_and(|text| text.contains("no connection")), "{line}");
    assert!(begun.elapsed() < std::time::Duration::from_secs(3), "{:?}", begun.elapsed());
}

#[tokio::test]
async fn the_route_of_a_failed_command_has_no_ids() {
    let mut services = Services::start(Sizes::default()).await;
    let mut program = Program::serve(&services, &[]).await;
    let client = program.client().signed_in(services.token(1));
    client.run("{ viewer { id } }").await.data();
    services.stub("user").behave(Behaviour::Html(502)).await;
    let other = services.town().users[2].id;
    let mutation = format!("mutation {{ followUser(input: {{userId: \"{other}\"}}) {{ userErrors {{ code }} }} }}");
    assert_eq!(client.run(&mutation).await.errors(), ["SERVICE_UNAVAILABLE followUser"]);
    assert_eq!(program.line("a call failed").await["route"], "/v1/users/{id}/following/{id}");
}

#[tokio::test]
async fn a_refusal_is_no_failed_call() {
    let services = Services::start(Sizes::default()).await;
    let mut program = Program::serve(&services, &[]).await;
    let query =
        "mutation { logIn(input: {email: \"nobody@example.com\", password: \"wrong\"}) { userErrors { code } } }";
    program.client().run(query).await.data();
    let request = program.line("request").await;
    assert_eq!((&request["calls"], &request["calls.failed"]), (&json!("user=1"), &json!(0)));
}

#[tokio::test]
async fn a_service_that_fails_because_of_another_names_it() {
    let mut app = App::start().await;
    let post = app.services.town().offers()[0].id;
    let field = "placeOrder(input: {items: [{postId: $post, quantity: 1}], idempotencyKey: \"once\"}) { order { id } }";
    let mutation = format!("mutation($post: ID!) {{ {field} }}");
    app.person(1).run("{ viewer { id } }").await.data();
    for (code, expected) in [
        ("DEPENDENCY_UNAVAILABLE", "SERVICE_UNAVAILABLE"),
        ("DEPENDENCY_TIMEOUT", "SERVICE_TIMEOUT"),
        ("DEPENDENCY_BAD_RESPONSE", "SERVICE_BAD_RESPONSE"),
    ] {
        for (named, blamed) in [("post", "post"), ("warehouse", "order")] {
            app.services.stub("order").behave(Behaviour::Dependency(code, named)).await;
            let answer = app.person(1).run_with(&mutation, json!({"post": post})).await;
            app.services.stub("order").behave(Behaviour::Well).await;
            let error = &answer.json()["errors"][0];
            // A service that we do not know is the order service's own affair.
            let expected = if named == blamed { expected } else { "SERVICE_UNAVAILABLE" };
            assert_eq!(answer.errors(), [format!("{expected} placeOrder")], "{code} {named}");
            assert_eq!(error["extensions"]["service"], blamed, "{code}: {error}");
            assert_eq!(error["extensions"]["retryable"], true, "it has a key: {error}");
            assert!(error["message"].as_str().unwrap().contains(&format!("the {blamed} service")), "{error}");
            assert!(!answer.text.contains("secret words"), "{}", answer.text);
        }
    }
}
