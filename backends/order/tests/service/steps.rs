//! Steps: who may take which from where, each taken once, and what an order remembers of them.

use order_service::OrderStatus::{self, Cancelled, Confirmed, Delivered, Pending, Rejected, Shipped};
use serde_json::json;

use crate::market::{ADA, ADMIN, GRACE, HEDY, Market, STRANGER, order, seeded};

const STATES: [OrderStatus; 6] = [Pending, Confirmed, Rejected, Shipped, Delivered, Cancelled];

/// The contract's table: from where each step starts, where it leads, and who takes it.
fn expected(step: &str, from: OrderStatus, who: &str) -> (u16, &'static str) {
    let starts = match step {
        "cancel" => matches!(from, Pending | Confirmed),
        "ship" => from == Confirmed,
        _ => from == Shipped,
    };
    match (step, who) {
        (_, "stranger") => (404, "NOT_FOUND"),
        ("cancel", "a seller" | "the other seller") | ("ship", "the buyer") => (403, "FORBIDDEN"),
        _ if starts => (202, ""),
        _ => (409, "WRONG_STATE"),
    }
}

#[tokio::test]
async fn every_step_from_every_state_by_everybody_ends_as_the_contract_says() {
    let market = Market::open().await;
    let people =
        [("the buyer", ADA), ("a seller", GRACE), ("the other seller", HEDY), ("stranger", STRANGER), ("admin", ADMIN)];
    let mut number = 0;
    for step in ["cancel", "ship", "deliver"] {
        for state in STATES {
            for (who, person) in people {
                number += 1;
                market.seed([seeded(number, state)]).await;
                let reply = market.step(person, order(number), step).await;
                assert_eq!(reply.refusal(), expected(step, state, who), "{who}: {step} from {state:?}");
                let read = market.get_as(ADMIN, &format!("/v1/orders?ids={}", order(number))).await;
                let stored = &read.json["items"][0];
                if reply.status == 202 {
                    assert_eq!(&reply.json, stored);
                } else {
                    assert_eq!(stored["status"], state.word(), "{who}: {step} from {state:?}");
                }
            }
        }
    }
}

#[tokio::test]
async fn a_step_is_remembered_with_its_time_and_counts_the_version() {
    let market = Market::open().await;
    market.seed([seeded(1, Confirmed)]).await;
    let shipped = market.step(HEDY, order(1), "ship").await;
    assert_eq!(
        (shipped.header("etag"), shipped.header("location")),
        ("\"v3\"", format!("/v1/orders?ids={}", order(1)).as_str())
    );
    market.clock.advance(std::time::Duration::from_secs(60));
    let delivered = market.step(GRACE, order(1), "deliver").await;
    assert_eq!((&delivered.json["status"], &delivered.json["version"]), (&json!("delivered"), &json!(4)));
    assert_eq!(
        delivered.json["history"].as_array().unwrap()[2..],
        [
            json!({"status": "shipped", "at": "2023-11-14T22:13:20.000Z"}),
            json!({"status": "delivered", "at": "2023-11-14T22:14:20.000Z"}),
        ]
    );
}

#[tokio::test]
async fn of_many_steps_at_once_one_is_taken() {
    let market = Market::open().await;
    market.seed([seeded(1, Confirmed)]).await;
    let step = |index: usize| if index.is_multiple_of(2) { (ADA, "cancel") } else { (GRACE, "ship") };
    let requests: Vec<_> = (0..20)
        .map(|index| {
            let (person, step) = step(index);
            tokio::spawn(market.send(market.stepping(person, order(1), step)))
        })
        .collect();
    let mut outcomes = Vec::new();
    for request in requests {
        let reply = request.await.unwrap();
        outcomes.push(reply.status);
        assert!(reply.status == 202 || reply.refusal() == (409, "WRONG_STATE"), "{}", reply.json);
    }
    assert_eq!(outcomes.iter().filter(|status| **status == 202).count(), 1);
    let read = market.get_as(ADMIN, &format!("/v1/orders?ids={}", order(1))).await;
    let found = &read.json["items"][0];
    assert_eq!((found["history"].as_array().unwrap().len(), &found["version"]), (3, &json!(3)));
}

#[tokio::test]
async fn a_step_on_a_version_that_is_no_more_is_refused() {
    let market = Market::open().await;
    market.seed([seeded(1, Confirmed)]).await;
    let ship = |etag: &str| market.stepping(GRACE, order(1), "ship").header("if-match", etag);
    assert_eq!(market.send(ship("\"v1\"")).await.refusal(), (412, "PRECONDITION_FAILED"));
    assert_eq!(market.send(ship("\"v2\"")).await.status, 202);
}

#[tokio::test]
async fn a_step_needs_a_user_and_an_order() {
    let market = Market::open().await;
    for step in ["cancel", "ship", "deliver"] {
        let path = format!("/v1/orders/{}/{step}", order(1));
        assert_eq!(market.send(market.request("POST", &path)).await.refusal(), (401, "UNAUTHENTICATED"));
        assert_eq!(market.step(ADMIN, order(1), step).await.refusal(), (404, "NOT_FOUND"));
    }
}
