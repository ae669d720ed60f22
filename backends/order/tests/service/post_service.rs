//! The post service is asked once an order, before anything is written; when it fails, the order does not half exist.

use chassis::testing::Reply;
use std::time::Duration;

use serde_json::json;

use crate::{
    market::{ADA, API_KEY, GRACE, HEDY, Market, basket, post},
    stubs::{self, Mood, PostStub, nobody},
};

#[tokio::test]
async fn all_posts_of_an_order_are_asked_for_in_one_call_that_carries_the_request_on() {
    let market = Market::open().await;
    for number in 1..=50 {
        market.posts.publish(post(number), GRACE.id(), Some((100, "EUR", 1)));
    }
    let lines: Vec<_> = (1..=50).map(|number| (post(number), 1)).collect();
    let trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    let request = market.placing(ADA, "k", &basket(&lines)).header("x-request-id", "mine-1");
    let request = request.header("traceparent", trace).header("tracestate", "rojo=1").header("tracestate", "b@c=2");
    assert_eq!(market.send(request.header("x-request-timeout-ms", "9000")).await.status, 202);

    let calls = market.posts.take_calls();
    assert_eq!(calls.len(), 1);
    let header = |name: &str| calls[0].headers[name].to_str().unwrap();
    assert_eq!(calls[0].path_and_query.matches("pst_").count(), 50);
    assert_eq!(header("x-request-id"), "mine-1");
    assert!(header("traceparent").starts_with("00-0af7651916cd43dd8448eb211c80319c-"));
    assert_eq!(header("tracestate"), "rojo=1,b@c=2");
    assert!(!header("traceparent").contains("b7ad6b7169203331"), "a span of its own");
    let left: u64 = header("x-request-timeout-ms").parse().unwrap();
    assert!((1..=4500).contains(&left), "half of the time that was left: {left}");
    assert_eq!(header("x-api-key"), API_KEY, "or the calls of all users together count as one address's");
    assert!(!calls[0].headers.contains_key("authorization"), "posts are public: the token stays here");
}

#[tokio::test]
async fn a_dead_post_service_is_a_503_and_nothing_is_stored() {
    let market = Market::with_posts_at(&nobody().await, PostStub::start().await).await;
    unavailable(&market.place(ADA, "k", &basket(&[(post(1), 1)])).await, "DEPENDENCY_UNAVAILABLE");
    assert_eq!(market.purchases(ADA).await, 0);
}

#[tokio::test]
async fn a_silent_post_service_is_a_503_within_the_callers_time_and_reads_go_on() {
    let market = Market::open().await;
    market.posts.set(Mood::Silent);
    let request = market.placing(ADA, "k", &basket(&[(post(1), 1)]));
    unavailable(&market.send(request.header("x-request-timeout-ms", "1000")).await, "DEPENDENCY_TIMEOUT");
    assert_eq!(market.purchases(ADA).await, 0);
}

#[tokio::test]
async fn a_slow_post_service_does_not_keep_others_from_writing() {
    let market = Market::open().await;
    market.posts.publish(post(1), GRACE.id(), Some((100, "EUR", 9)));
    let order = market.place(ADA, "first", &basket(&[(post(1), 1)])).await;
    market.posts.take_calls();
    market.posts.set(Mood::Silent);
    let waiting = tokio::spawn(market.send(market.placing(HEDY, "k", &basket(&[(post(1), 1)]))));
    let asked = async {
        while market.posts.take_calls().is_empty() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(10), asked).await.expect("the post service is asked");
    let cancelled = market.stepping(ADA, order.json["id"].as_str().unwrap(), "cancel");
    assert_eq!(market.send(cancelled.header("x-request-timeout-ms", "2000")).await.status, 202);
    assert!(!waiting.is_finished());
    waiting.abort();
}

#[tokio::test]
async fn an_answer_to_another_question_is_no_answer() {
    let market = Market::open().await;
    let good = stubs::post(post(1), GRACE.id(), Some((100, "EUR", 9)));
    let items = |items: serde_json::Value| (200, json!({"items": items}).to_string());
    let with = |member: &str, value: serde_json::Value| {
        let mut post = good.clone();
        post[member] = value;
        items(json!([post]))
    };
    let offer = |amount: i64, stock: i64| json!({"price": {"amount": amount, "currency": "EUR"}, "stock": stock});
    for (index, (status, body)) in [
        (500, "{}".to_owned()),
        (504, "{}".to_owned()),
        (404, "{}".to_owned()),
        (204, String::new()),
        (302, String::new()),
        (429, "{}".to_owned()),
        (200, "<html>".to_owned()),
        (200, "{}".to_owned()),
        (200, "{\"items\": [".to_owned()),
        items(json!([good, stubs::post(post(2), GRACE.id(), None)])),
        items(json!([good, good])),
        with("id", json!("usr_1")),
        with("title", json!(null)),
        with("title", json!("a\0b")),
        with("offer", offer(0, 1)),
        with("offer", offer(-5, 1)),
        with("offer", offer(1_000_000_000_001, 1)),
        with("offer", offer(1, -1)),
        with("offer", json!({"price": {"amount": 1, "currency": "euro"}, "stock": 1})),
        (200, format!("{{\"items\": [], \"more\": \"{}\"}}", "x".repeat(5_000_000))),
    ]
    .into_iter()
    .enumerate()
    {
        let code = match status {
            429 | 500 => "DEPENDENCY_UNAVAILABLE",
            504 => "DEPENDENCY_TIMEOUT",
            _ => "DEPENDENCY_BAD_RESPONSE",
        };
        market.posts.set(Mood::Says(status, body));
        unavailable(&market.place(ADA, &format!("k{index}"), &basket(&[(post(1), 1)])).await, code);
    }
    assert_eq!(market.purchases(ADA).await, 0);
    market.posts.set(Mood::Says(200, json!({"items": [good]}).to_string()));
    assert_eq!(market.place(ADA, "k0", &basket(&[(post(1), 1)])).await.status, 202, "the key is still free");
}

#[tokio::test]
async fn reading_and_steps_need_no_post_service() {
    let market = Market::with_posts_at(&nobody().await, PostStub::start().await).await;
    market.seed([crate::market::seeded(1, order_service::OrderStatus::Confirmed)]).await;
    assert_eq!(market.step(GRACE, crate::market::order(1), "ship").await.status, 202);
    assert_eq!(market.purchases(ADA).await, 1);
    assert_eq!(market.send(market.request("GET", "/readyz")).await.status, 204);
}

fn unavailable(reply: &Reply, code: &str) {
    assert_eq!(reply.refusal(), (503, code), "{}", reply.json);
    assert_eq!(reply.json["error"]["service"], "post");
    assert_eq!(reply.json["error"]["message"], "the post service is not available at the moment");
    assert_eq!(reply.header("retry-after"), "1");
}
