//! Placing an order: what it copies from the posts, and why it may not be.

use serde_json::json;

use crate::market::{ADA, GRACE, HEDY, Market, basket, post};

/// Numbers and quantities of posts; the refusal's status, code and fields.
type Refusal = (&'static [(u32, i64)], u16, &'static str, &'static [&'static str]);

#[tokio::test]
async fn an_order_copies_title_price_and_seller_from_the_posts_and_nothing_from_the_caller() {
    let market = Market::open().await;
    market.posts.publish(post(1), GRACE.id(), Some((1299, "EUR", 5)));
    market.posts.publish(post(2), HEDY.id(), Some((1, "EUR", 1000)));
    let body = json!({"total": 1, "items": [
        {"post_id": post(2), "quantity": 1000, "unit_price": {"amount": 0, "currency": "XTS"}, "title": "mine"},
        {"post_id": post(1), "quantity": 5, "seller_id": ADA.id()},
    ]});
    let reply = market.place(ADA, "k", &body).await;
    assert_eq!(reply.status, 202, "{}", reply.json);
    let (id, number) = (reply.json["id"].as_str().unwrap(), reply.json["number"].as_str().unwrap());
    let money = |amount: i64| json!({"amount": amount, "currency": "EUR"});
    let expected = json!({
        "id": id, "number": number, "status": "pending", "rejection_reason": null, "total": money(7495),
        "placed_at": "2023-11-14T22:13:20.000Z", "buyer_id": ADA.id(), "version": 1,
        "history": [{"status": "pending", "at": "2023-11-14T22:13:20.000Z"}],
        "items": [
            {"post_id": post(2), "seller_id": HEDY.id(), "title": format!("title of {}", post(2)), "quantity": 1000,
                "unit_price": money(1), "line_total": money(1000)},
            {"post_id": post(1), "seller_id": GRACE.id(), "title": format!("title of {}", post(1)), "quantity": 5,
                "unit_price": money(1299), "line_total": money(6495)},
        ],
    });
    assert_eq!(reply.json, expected);
    assert_eq!(reply.header("etag"), "\"v1\"");
    let read = market.get_as(ADA, reply.header("location")).await;
    assert_eq!(read.json, json!({"items": [expected]}));
    assert_eq!(number.len(), "T-7K3M-9QX2-PD4W".len());
}

#[tokio::test]
async fn the_reason_against_an_order_names_all_items_that_it_concerns() {
    let market = Market::open().await;
    market.posts.publish(post(1), GRACE.id(), Some((100, "EUR", 3)));
    market.posts.publish(post(2), GRACE.id(), Some((100, "USD", 3)));
    market.posts.publish(post(3), GRACE.id(), None);
    market.posts.publish(post(4), ADA.id(), Some((100, "EUR", 3)));
    market.posts.publish(post(5), HEDY.id(), Some((100, "EUR", 0)));
    let refusals: [Refusal; 7] = [
        (&[(1, 1), (9, 1), (8, 1)], 404, "NOT_FOUND", &["items[1].post_id", "items[2].post_id"]),
        (&[(3, 1), (1, 1)], 422, "NOT_FOR_SALE", &["items[0].post_id"]),
        (&[(1, 1), (4, 1)], 422, "OWN_POST", &["items[1].post_id"]),
        (&[(1, 1), (2, 1)], 422, "CURRENCY_MISMATCH", &["items[1].post_id"]),
        (&[(1, 4), (5, 1)], 409, "STOCK_EXHAUSTED", &["items[0].quantity", "items[1].quantity"]),
        (&[(1, 4)], 409, "STOCK_EXHAUSTED", &["items[0].quantity"]),
        // What does not exist comes before what is wrong with the rest.
        (&[(4, 1), (9, 1), (3, 9)], 404, "NOT_FOUND", &["items[1].post_id"]),
    ];
    for (index, (lines, status, code, fields)) in refusals.into_iter().enumerate() {
        let lines: Vec<_> = lines.iter().map(|(number, quantity)| (post(*number), *quantity)).collect();
        let reply = market.place(ADA, &format!("k{index}"), &basket(&lines)).await;
        assert_eq!((reply.refusal(), reply.fields()), ((status, code), fields.to_vec()), "{}", reply.json);
    }
    assert_eq!(market.purchases(ADA).await, 0);
}

#[tokio::test]
async fn a_total_that_json_cannot_carry_exactly_is_refused() {
    let market = Market::open().await;
    for number in 1..=10 {
        market.posts.publish(post(number), GRACE.id(), Some((1_000_000_000_000, "JPY", 1000)));
    }
    let lines: Vec<_> = (1..=10).map(|number| (post(number), 1000)).collect();
    let reply = market.place(ADA, "too-much", &basket(&lines)).await;
    assert_eq!((reply.refusal(), reply.fields()), ((422, "VALIDATION_FAILED"), vec!["items"]));
    let reply = market.place(ADA, "just-so", &basket(&lines[..9])).await;
    assert_eq!((reply.status, &reply.json["total"]["amount"]), (202, &json!(9_000_000_000_000_000_i64)));
}

#[tokio::test]
async fn numbers_of_orders_differ() {
    let market = Market::open().await;
    market.posts.publish(post(1), GRACE.id(), Some((100, "EUR", 5)));
    let mut numbers = Vec::new();
    for key in ["a", "b", "c"] {
        let reply = market.place(ADA, key, &basket(&[(post(1), 1)])).await;
        numbers.push(reply.json["number"].as_str().unwrap().to_owned());
    }
    numbers.sort_unstable();
    numbers.dedup();
    assert_eq!(numbers.len(), 3);
}
