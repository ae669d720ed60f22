//! Bad input gets one clear error that names what is wrong, and nobody is asked and nothing stored.

use chassis::testing::with_json;
use serde_json::json;

use crate::market::{ADA, GRACE, Market, basket, order, post};

#[tokio::test]
async fn impossible_baskets_are_refused_by_field_before_the_post_service_is_asked() {
    let market = Market::open().await;
    let many: Vec<_> = (1..=51).map(|number| (post(number), 1)).collect();
    let of_another_kind = post(1).to_string().replace("pst_", "usr_");
    let line = |quantity: serde_json::Value| json!({"items": [{"post_id": post(1), "quantity": quantity}]});
    for (body, fields) in [
        (json!({"items": []}), vec!["items"]),
        (basket(&many), vec!["items"]),
        (
            basket(&[(post(1), 0), (post(2), -1), (post(3), 1001), (post(4), i64::MIN)]),
            vec!["items[0].quantity", "items[1].quantity", "items[2].quantity", "items[3].quantity"],
        ),
        (basket(&[(post(1), 1), (post(2), 1), (post(1), 2)]), vec!["items[2].post_id"]),
        (line(json!(1.5)), vec!["items[0].quantity"]),
        (line(json!("1")), vec!["items[0].quantity"]),
        (line(json!(1e30)), vec!["items[0].quantity"]),
        (line(json!(u64::MAX)), vec!["items[0].quantity"]),
        (line(json!(null)), vec!["items[0].quantity"]),
        (json!({"items": [{"post_id": of_another_kind, "quantity": 1}]}), vec!["items[0].post_id"]),
        (json!({"items": [{"post_id": "pst_\u{0}", "quantity": 1}]}), vec!["items[0].post_id"]),
        (json!({"items": [{"quantity": 1}]}), vec!["items[0].post_id"]),
        (json!({"items": [[post(1), 1]]}), vec!["items[0]"]),
        (json!({"items": {}}), vec!["items"]),
        (json!({}), vec!["items"]),
        (json!([[]]), vec![]),
    ] {
        let reply = market.place(ADA, "k", &body).await;
        assert_eq!((reply.refusal(), reply.fields()), ((422, "VALIDATION_FAILED"), fields), "{body}: {}", reply.json);
    }
    assert_eq!((market.posts.take_calls().len(), market.purchases(ADA).await), (0, 0));
}

#[tokio::test]
async fn an_order_needs_a_key_a_user_and_json() {
    let market = Market::open().await;
    market.posts.publish(post(1), GRACE.id(), Some((100, "EUR", 3)));
    let body = basket(&[(post(1), 1)]);
    let without_key = with_json(market.by(ADA, "POST", "/v1/orders"), &body);
    assert_eq!(market.send(without_key).await.refusal(), (400, "IDEMPOTENCY_KEY_REQUIRED"));
    let anonymous = with_json(market.request("POST", "/v1/orders").header("idempotency-key", "k"), &body);
    assert_eq!(market.send(anonymous).await.refusal(), (401, "UNAUTHENTICATED"));
    for (media_type, body, refusal) in [
        ("text/plain", body.to_string().into_bytes(), (415, "UNSUPPORTED_MEDIA_TYPE")),
        ("application/json", b"{\"items\": [".to_vec(), (400, "BAD_REQUEST")),
        ("application/json", b"{\"items\": [{\"post_id\": \"\xff\"}]}".to_vec(), (400, "BAD_REQUEST")),
        ("application/json", vec![b' '; 10_000_000], (413, "PAYLOAD_TOO_LARGE")),
    ] {
        let request = market.by(ADA, "POST", "/v1/orders").header("idempotency-key", "k");
        assert_eq!(market.send(request.header("content-type", media_type).body(body)).await.refusal(), refusal);
    }
    for key in ["", "with space", &"k".repeat(256)] {
        assert_eq!(market.place(ADA, key, &body).await.refusal(), (400, "BAD_REQUEST"), "{key:?}");
    }
    assert_eq!((market.posts.take_calls().len(), market.purchases(ADA).await), (0, 0));
}

#[tokio::test]
async fn parameters_that_do_not_fit_are_refused_with_their_name() {
    let market = Market::open().await;
    let (ada, too_many) = (ADA.id(), vec![order(1).to_string(); 101].join(","));
    for (path, word) in [
        ("/v1/orders".to_owned(), "ids"),
        ("/v1/orders?ids=".to_owned(), "ids"),
        (format!("/v1/orders?ids={too_many}"), "ids"),
        (format!("/v1/orders?ids={ada}"), "order"),
        (format!("/v1/orders/by-buyer?seller_ids={ada}"), "buyer_ids"),
        (format!("/v1/orders/by-seller?buyer_ids={ada}"), "seller_ids"),
        (format!("/v1/orders/by-buyer?buyer_ids={}", order(1)), "user"),
        (format!("/v1/orders/by-buyer?buyer_ids={ada}&first=0"), "first"),
        (format!("/v1/orders/by-buyer?buyer_ids={ada}&first=101"), "first"),
        (format!("/v1/orders/by-seller?seller_ids={ada}&first=-1"), "first"),
        (format!("/v1/orders/by-seller?seller_ids={ada}&after=forged"), "after"),
    ] {
        let reply = market.get_as(ADA, &path).await;
        let said = format!("{} {}", reply.json["error"]["message"], reply.json["error"]["details"]);
        assert_eq!(reply.refusal(), (400, "BAD_REQUEST"), "{path}");
        assert!(said.contains(word), "{path}: {said}");
        let anonymous = market.send(market.request("GET", &path)).await;
        assert_eq!(anonymous.refusal(), (401, "UNAUTHENTICATED"), "{path}");
    }
    for step in ["cancel", "ship", "deliver"] {
        assert_eq!(market.step(ADA, ada, step).await.refusal(), (400, "BAD_REQUEST"));
    }
}
