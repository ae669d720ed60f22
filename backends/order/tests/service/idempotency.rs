//! One key, one effect: however often, however many at once, and whatever has become of the posts since.

use std::time::Duration;

use order_service::OrderStatus;

use crate::{
    market::{ADA, ADMIN, GRACE, HEDY, Market, basket, order, post, seeded},
    stubs::Mood,
};

#[tokio::test]
async fn a_repeated_request_gets_the_first_answer_without_asking_the_post_service() {
    let market = Market::open().await;
    market.posts.publish(post(1), GRACE.id(), Some((100, "EUR", 3)));
    let first = market.place(ADA, "k", &basket(&[(post(1), 3)])).await;
    assert_eq!((first.status, market.posts.take_calls().len()), (202, 1));
    market.posts.set(Mood::Says(500, String::new()));
    market.clock.advance(Duration::from_secs(3600));
    let again = market.place(ADA, "k", &basket(&[(post(1), 3)])).await;
    assert_eq!((again.status, &again.json), (202, &first.json));
    assert_eq!((again.header("location"), again.header("etag")), (first.header("location"), first.header("etag")));
    assert_eq!((first.header("idempotency-replayed"), again.header("idempotency-replayed")), ("", "true"));
    assert_eq!((market.posts.take_calls().len(), market.purchases(ADA).await), (0, 1));
}

#[tokio::test]
async fn a_key_is_free_again_after_a_day() {
    let market = Market::open().await;
    market.posts.publish(post(1), GRACE.id(), Some((100, "EUR", 3)));
    market.place(ADA, "k", &basket(&[(post(1), 1)])).await;
    market.clock.advance(Duration::from_secs(24 * 3600));
    market.place(ADA, "k", &basket(&[(post(1), 1)])).await;
    assert_eq!(market.purchases(ADA).await, 2);
}

#[tokio::test]
async fn the_same_key_with_another_body_is_refused() {
    let market = Market::open().await;
    market.posts.publish(post(1), GRACE.id(), Some((100, "EUR", 3)));
    market.place(ADA, "k", &basket(&[(post(1), 1)])).await;
    let other = market.place(ADA, "k", &basket(&[(post(1), 2)])).await;
    assert_eq!(other.refusal(), (422, "IDEMPOTENCY_KEY_REUSED"));
    assert_eq!(market.purchases(ADA).await, 1);
}

#[tokio::test]
async fn twenty_at_once_with_one_key_are_one_order() {
    let market = Market::open().await;
    market.posts.publish(post(1), GRACE.id(), Some((100, "EUR", 3)));
    let body = basket(&[(post(1), 1)]);
    let requests: Vec<_> = (0..20).map(|_| tokio::spawn(market.send(market.placing(ADA, "k", &body)))).collect();
    let mut ids = Vec::new();
    for request in requests {
        let reply = request.await.unwrap();
        assert_eq!(reply.status, 202, "{}", reply.json);
        ids.push(reply.json["id"].as_str().unwrap().to_owned());
    }
    ids.dedup();
    assert_eq!((ids.len(), market.purchases(ADA).await), (1, 1));
}

#[tokio::test]
async fn another_users_same_key_is_another_order() {
    let market = Market::open().await;
    market.posts.publish(post(1), GRACE.id(), Some((100, "EUR", 3)));
    let body = basket(&[(post(1), 1)]);
    let (ada, hedy) = (market.place(ADA, "k", &body).await, market.place(HEDY, "k", &body).await);
    assert_ne!(ada.json["id"], hedy.json["id"]);
    assert_eq!((market.purchases(ADA).await, market.purchases(HEDY).await), (1, 1));
}

#[tokio::test]
async fn a_refusal_is_not_kept() {
    let market = Market::open().await;
    market.posts.publish(post(1), GRACE.id(), Some((100, "EUR", 0)));
    let body = basket(&[(post(1), 1)]);
    assert_eq!(market.place(ADA, "k", &body).await.refusal(), (409, "STOCK_EXHAUSTED"));
    market.posts.publish(post(1), GRACE.id(), Some((100, "EUR", 1)));
    assert_eq!(market.place(ADA, "k", &body).await.status, 202);
}

#[tokio::test]
async fn a_step_with_a_key_is_taken_once() {
    let market = Market::open().await;
    market.seed([seeded(1, OrderStatus::Pending)]).await;
    let cancel = || market.stepping(ADA, order(1), "cancel").header("idempotency-key", "k");
    let (first, again) = (market.send(cancel()).await, market.send(cancel()).await);
    assert_eq!((first.status, again.status, &again.json), (202, 202, &first.json));
    assert_eq!(again.header("idempotency-replayed"), "true");
    assert_eq!(market.step(ADA, order(1), "cancel").await.refusal(), (409, "WRONG_STATE"));
    let read = market.get_as(ADMIN, &format!("/v1/orders?ids={}", order(1))).await;
    assert_eq!(read.json["items"][0]["version"], 2);
    let elsewhere = market.by(ADA, "POST", &format!("/v1/orders/{}/ship", order(1)));
    assert_eq!(market.send(elsewhere.header("idempotency-key", "k")).await.status, 403, "another route, another key");
}
