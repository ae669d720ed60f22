//! Demo orders are stored as placing them and taking their steps would have left them.

use chassis::testing::members;
use order_service::OrderStatus;

use crate::market::{ADA, ADMIN, GRACE, Market, order, seeded};

#[tokio::test]
async fn more_orders_than_a_batch_holds_are_all_there() {
    let market = Market::open().await;
    market.seed((1..=5_001).map(|number| seeded(number, OrderStatus::Delivered))).await;
    for number in [1, 5_000, 5_001] {
        let reply = market.get_as(ADMIN, &format!("/v1/orders?ids={}", order(number))).await;
        let found = &reply.json["items"][0];
        assert_eq!(found["history"].as_array().unwrap().len(), 4);
        assert_eq!(found["items"].as_array().unwrap().len(), 3);
    }
    let reply = market.get_as(GRACE, &format!("/v1/orders/by-seller?seller_ids={}&first=1", GRACE.id())).await;
    assert_eq!(members(&reply.json["pages"][GRACE.id().to_string()], "id"), [order(5_001).to_string()]);
}

#[tokio::test]
async fn a_seeded_order_goes_on_like_a_placed_one() {
    let market = Market::open().await;
    market.seed([seeded(1, OrderStatus::Shipped)]).await;
    let delivered = market.step(ADA, order(1), "deliver").await;
    assert_eq!((delivered.status, delivered.json["version"].as_i64()), (202, Some(4)));
}
