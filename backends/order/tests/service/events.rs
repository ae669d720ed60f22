//! The events of orders: one for each change, none for a command that changes nothing, as their schemas say, found by the ids
//! of the order, its buyer and its sellers.

use chassis::testing::{EventSchemas, Reply, event, traced};
use order_service::OrderStatus::{Confirmed, Delivered};
use reqwest::RequestBuilder;
use serde_json::json;

use crate::market::{ADA, ADMIN, GRACE, HEDY, Market, basket, order, post, seeded};

fn schemas() -> EventSchemas {
    EventSchemas::of_crate(env!("CARGO_MANIFEST_DIR"))
}

#[tokio::test]
async fn every_change_has_an_event_and_nothing_else_has() {
    let market = Market::open().await;
    market.posts.publish(post(1), GRACE.id(), Some((100, "EUR", 9)));
    market.posts.publish(post(2), HEDY.id(), Some((100, "EUR", 9)));
    market.seed([seeded(1, Confirmed), seeded(2, Delivered)]).await;
    let send = async |request: RequestBuilder| -> Reply { market.send(traced(request)).await };
    let mut placed = Vec::new();
    // The second request is a repetition of the first.
    for _ in 0..2 {
        placed.push(send(market.placing(ADA, "k", &basket(&[(post(1), 2), (post(2), 1)]))).await);
    }
    assert_eq!((placed[0].status, &placed[0].json), (202, &placed[1].json));
    assert_eq!(send(market.placing(ADA, "l", &basket(&[(post(3), 1)]))).await.status, 404);
    let new = placed[0].text("id");
    for (person, id, step, status) in [
        (ADA, new.to_owned(), "cancel", 202),
        (ADA, new.to_owned(), "cancel", 409),
        (ADA, order(1).to_string(), "ship", 403),
        (GRACE, order(1).to_string(), "ship", 202),
        (ADMIN, order(1).to_string(), "deliver", 202),
        (ADMIN, order(2).to_string(), "deliver", 409),
    ] {
        assert_eq!(send(market.stepping(person, id, step)).await.status, status, "{step} by {person:?}");
    }
    let (buyer, sellers) = (ADA.id(), [GRACE.id(), HEDY.id()]);
    let expected = [("order.placed", new), ("order.cancelled", new)].map(|(kind, id)| (kind, id.to_owned()));
    let expected =
        expected.into_iter().chain(["order.shipped", "order.delivered"].map(|kind| (kind, order(1).to_string())));
    let expected: Vec<_> = expected.map(|(kind, id)| event(kind, &id, &[&buyer, &sellers[0], &sellers[1]])).collect();

    let events = schemas().check_feed(&market, &expected).await;

    // Their producer is the saga that reserves stock, which does not exist yet.
    assert_eq!(schemas().without(&events), ["order.confirmed", "order.rejected"]);
    let data = |status: &str, version: i64, items: &[(u32, i64)]| {
        let items: Vec<_> = items.iter().map(|(number, quantity)| (post(*number), quantity)).collect();
        let items: Vec<_> = items.iter().map(|(id, quantity)| json!({"post_id": id, "quantity": quantity})).collect();
        json!({"status": status, "at": "2023-11-14T22:13:20.000Z", "buyer_id": buyer, "seller_ids": sellers,
            "items": items, "version": version})
    };
    let (of_new, of_seeded) = ([(1, 2), (2, 1)], [(1, 1), (2, 2), (3, 3)]);
    let expected = [
        data("pending", 1, &of_new),
        data("cancelled", 2, &of_new),
        data("shipped", 3, &of_seeded),
        data("delivered", 4, &of_seeded),
    ];
    assert_eq!(events.iter().map(|event| event.data.clone()).collect::<Vec<_>>(), expected);
    let text = serde_json::to_string(&events).unwrap();
    for of_users in ["title of", "post 1", "not enough stock"] {
        assert!(!text.contains(of_users), "{of_users}: {text}");
    }
    assert!(events.iter().all(|event| event.source == "order-service"));
}

#[tokio::test]
async fn the_schemas_are_served() {
    let market = Market::open().await;
    schemas().check_served(&market).await;
}

#[test]
fn the_schemas_are_compatible_with_the_frozen_ones() {
    schemas().check_frozen();
}
