//! Reading orders: who sees which, whole and in order through any number of pages, while orders come.

use chassis::testing::members;
use std::time::Duration;

use chassis::Deadline;
use order_service::{OrderStatus, seed::OrderSeed};
use serde_json::json;

use crate::market::{ADA, ADMIN, GRACE, HEDY, Market, Person, STRANGER, basket, order, post, seeded};

fn text(numbers: &[u32]) -> Vec<String> {
    numbers.iter().map(|number| order(*number).to_string()).collect()
}

fn bought_by(buyer: Person, number: u32) -> OrderSeed {
    OrderSeed { buyer_id: buyer.id(), ..seeded(number, OrderStatus::Pending) }
}

#[tokio::test]
async fn orders_are_seen_by_their_parties_and_admins_and_for_others_do_not_exist() {
    let market = Market::open().await;
    market.seed([seeded(1, OrderStatus::Pending), bought_by(STRANGER, 2)]).await;
    let path = format!("/v1/orders?ids={},{},{}", order(1), order(2), order(9));
    for (person, seen) in
        [(ADA, vec![1]), (GRACE, vec![1, 2]), (HEDY, vec![1, 2]), (STRANGER, vec![2]), (ADMIN, vec![1, 2])]
    {
        let reply = market.get_as(person, &path).await;
        let mut found = members(&reply.json, "id");
        found.sort_unstable();
        assert_eq!((reply.status, found), (200, text(&seen).iter().map(String::as_str).collect()), "{person:?}");
        assert_eq!(reply.header("cache-control"), "private, no-store");
        assert_eq!(reply.header("etag"), "");
    }
}

#[tokio::test]
async fn an_order_is_read_with_its_items_and_steps_in_order() {
    let market = Market::open().await;
    market.seed([seeded(7, OrderStatus::Delivered), seeded(8, OrderStatus::Rejected)]).await;
    let reply = market.get_as(ADA, &format!("/v1/orders?ids={}", order(7))).await;
    let found = &reply.json["items"][0];
    let of = |list: &str, member: &str| -> Vec<_> {
        found[list].as_array().unwrap().iter().map(|entry| entry[member].clone()).collect()
    };
    assert_eq!(of("items", "post_id"), [json!(post(1)), json!(post(2)), json!(post(3))]);
    assert_eq!(of("history", "status"), ["pending", "confirmed", "shipped", "delivered"]);
    assert_eq!(found["total"], json!({"amount": 1500, "currency": "EUR"}));
    assert_eq!((&found["status"], &found["version"]), (&json!("delivered"), &json!(4)));
    let reply = market.get_as(ADA, &format!("/v1/orders?ids={}", order(8))).await;
    assert_eq!(reply.json["items"][0]["rejection_reason"], "not enough stock");
}

#[tokio::test]
async fn a_step_taken_while_an_order_is_read_is_not_half_told() {
    let market = Market::open().await;
    market.seed([seeded(1, OrderStatus::Pending)]).await;
    // As if another connection had committed between the statement that read the order and the one that reads its steps.
    let step = vec![order(1).into(), 2.into(), "cancelled".into(), 0.into()];
    let insert = "INSERT INTO order_steps (order_id, version, status, reached_at) VALUES ";
    market.database.insert_bulk(insert, [step], Deadline::after(Duration::from_secs(10))).await.unwrap();
    let reply = market.get_as(ADA, &format!("/v1/orders?ids={}", order(1))).await;
    let found = &reply.json["items"][0];
    assert_eq!((&found["status"], found["history"].as_array().unwrap().len()), (&json!("pending"), 1));
}

#[tokio::test]
async fn another_users_list_is_as_empty_as_nobodys() {
    let market = Market::open().await;
    market.seed([seeded(1, OrderStatus::Pending), bought_by(STRANGER, 2)]).await;
    let both = format!("{},{}", ADA.id(), STRANGER.id());
    for (person, of_ada, of_stranger) in [(ADA, 1, 0), (STRANGER, 0, 1), (GRACE, 0, 0), (ADMIN, 1, 1)] {
        let reply = market.get_as(person, &format!("/v1/orders/by-buyer?buyer_ids={both}")).await;
        let pages = &reply.json["pages"];
        let count = |buyer: Person| members(&pages[buyer.id().to_string()], "id").len();
        assert_eq!((count(ADA), count(STRANGER)), (of_ada, of_stranger), "{person:?}");
        assert_eq!(pages.as_object().unwrap().len(), 2);
        assert_eq!(reply.header("cache-control"), "private, no-store");
    }
    let hidden = market.get_as(GRACE, &format!("/v1/orders/by-buyer?buyer_ids={}", ADA.id())).await;
    assert_eq!(
        hidden.json["pages"][ADA.id().to_string()]["page"],
        json!({"has_next": false, "has_previous": false, "start_cursor": null, "end_cursor": null, "cursors": []})
    );
}

#[tokio::test]
async fn a_seller_finds_an_order_once_however_many_of_its_items_are_theirs() {
    let market = Market::open().await;
    market.seed([seeded(1, OrderStatus::Pending), seeded(2, OrderStatus::Shipped)]).await;
    let sellers = format!("{},{},{}", GRACE.id(), HEDY.id(), ADA.id());
    let reply = market.get_as(ADMIN, &format!("/v1/orders/by-seller?seller_ids={sellers}")).await;
    for (seller, expected) in [(GRACE, vec![2, 1]), (HEDY, vec![2, 1]), (ADA, vec![])] {
        let page = &reply.json["pages"][seller.id().to_string()];
        assert_eq!(members(page, "id"), text(&expected), "{seller:?}");
        assert!(page["items"].as_array().unwrap().iter().all(|order| order["items"].as_array().unwrap().len() == 3));
    }
    let own = market.get_as(GRACE, &format!("/v1/orders/by-seller?seller_ids={}", GRACE.id())).await;
    assert_eq!(members(&own.json["pages"][GRACE.id().to_string()], "id"), text(&[2, 1]));
}

#[tokio::test]
async fn lists_are_whole_and_newest_first_page_by_page_while_orders_come() {
    let market = Market::open().await;
    market.seed((1..=5).map(|number| seeded(number, OrderStatus::Pending))).await;
    market.posts.publish(post(1), GRACE.id(), Some((100, "EUR", 9)));
    for (path, of) in [("by-buyer?buyer_ids", ADA), ("by-seller?seller_ids", GRACE)] {
        let (mut seen, mut after) = (Vec::new(), String::new());
        loop {
            let reply = market.get_as(of, &format!("/v1/orders/{path}={}&first=2{after}", of.id())).await;
            let page = &reply.json["pages"][of.id().to_string()];
            assert_eq!(page["page"]["has_previous"], !after.is_empty());
            assert_eq!(page["page"]["cursors"].as_array().unwrap().len(), members(page, "id").len());
            seen.extend(members(page, "id").into_iter().map(str::to_owned));
            if page["page"]["has_next"] == false {
                break;
            }
            after = format!("&after={}", page["page"]["end_cursor"].as_str().unwrap());
            market.place(ADA, &format!("{path}{after}"), &basket(&[(post(1), 1)])).await;
        }
        seen.retain(|id| text(&[1, 2, 3, 4, 5]).contains(id));
        assert_eq!(seen, text(&[5, 4, 3, 2, 1]));
    }
}

#[tokio::test]
async fn a_cursor_of_the_other_list_is_refused() {
    let market = Market::open().await;
    market.seed([seeded(1, OrderStatus::Pending)]).await;
    let reply = market.get_as(ADA, &format!("/v1/orders/by-buyer?buyer_ids={}", ADA.id())).await;
    let cursor = reply.json["pages"][ADA.id().to_string()]["page"]["end_cursor"].as_str().unwrap();
    let other = market.get_as(ADA, &format!("/v1/orders/by-seller?seller_ids={}&after={cursor}", ADA.id())).await;
    assert_eq!(other.refusal(), (400, "BAD_REQUEST"));
}

#[tokio::test]
async fn a_hundred_buyers_with_many_orders_are_three_statements() {
    let market = Market::open().await;
    let buyer = |number: u32| Person(100 + number % 100, contract::token::Role::Member);
    market.seed((0..300).map(|number| bought_by(buyer(number), number))).await;
    let before = market.database.statements().all().len();
    let buyers: Vec<String> = (0..100).map(|number| buyer(number).id().to_string()).collect();
    let reply = market.get_as(ADMIN, &format!("/v1/orders/by-buyer?first=100&buyer_ids={}", buyers.join(","))).await;
    assert_eq!(market.database.statements().all().len(), before + 3);
    let pages = reply.json["pages"].as_object().unwrap();
    assert_eq!((pages.len(), pages.values().map(|page| members(page, "id").len()).sum::<usize>()), (100, 300));
}
