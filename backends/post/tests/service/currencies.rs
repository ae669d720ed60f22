//! Withdrawn currencies (ISO 4217, historic codes): no new offer is in one, and an offer that is in one stays usable.

use contract::{Money, PostId, Time};
use post_service::seed::{PostSeed, seed_posts};
use serde_json::{Value as Json, json};

use crate::forum::{Forum, user};

const AT: Time = Time::from_millis(1_750_000_000_000);

fn offer(amount: i64, currency: &str, stock: i64) -> Json {
    json!({"price": {"amount": amount, "currency": currency}, "stock": stock})
}

/// The path of a post of user 1 with an offer in kuna, made before Croatia took the euro.
async fn post_in_kuna(forum: &Forum) -> String {
    let id = PostId::from_parts(AT, 1);
    let seed = PostSeed {
        id,
        author_id: user(1),
        title: "Teapot".into(),
        body: "Round.".into(),
        tags: Vec::new(),
        offer: Some((Money { amount: 500, currency: "HRK".parse().unwrap() }, 2)),
        published_at: AT,
        updated_at: AT,
        comment_count: 0,
        like_count: 0,
    };
    seed_posts(&forum.database, std::iter::once(seed)).await.unwrap();
    format!("/v1/posts/{id}")
}

#[tokio::test]
async fn a_new_offer_in_a_withdrawn_currency_is_refused() {
    let forum = Forum::open().await;
    let bare = forum.publish_titled(1, "Cup").await;
    for currency in ["HRK", "BGN", "ZWL", "SLL", "CUC"] {
        let draft = json!({"title": "Teapot", "body": "Round.", "offer": offer(5, currency, 1)});
        let new = forum.tell(forum.by(1, "POST", "/v1/posts"), &draft).await;
        assert_eq!((new.status, new.fields()), (422, vec!["offer.price.currency"]), "{currency}");
        let patch = json!({"offer": offer(5, currency, 1)});
        let edited = forum.tell(forum.by(1, "PATCH", &format!("/v1/posts/{bare}")), &patch).await;
        assert_eq!((edited.status, edited.fields()), (422, vec!["offer.price.currency"]), "{currency}");
    }
    assert_eq!(forum.post_count(1).await, 1);
}

#[tokio::test]
async fn an_offer_in_a_withdrawn_currency_is_read_and_its_price_and_stock_change() {
    let forum = Forum::open().await;
    let path = post_in_kuna(&forum).await;
    assert_eq!(forum.get(&path).await.json["offer"], offer(500, "HRK", 2));
    for changed in [offer(500, "HRK", 1), offer(450, "HRK", 0)] {
        let reply = forum.tell(forum.by(1, "PATCH", &path), &json!({"offer": changed})).await;
        assert_eq!((reply.status, &reply.json["offer"]), (200, &changed), "{}", reply.json);
    }
    let other = forum.tell(forum.by(1, "PATCH", &path), &json!({"offer": offer(450, "ZWL", 1)})).await;
    assert_eq!((other.status, other.fields()), (422, vec!["offer.price.currency"]));
    let euro = forum.tell(forum.by(1, "PATCH", &path), &json!({"offer": offer(66, "EUR", 1)})).await;
    assert_eq!((euro.status, &euro.json["offer"]), (200, &offer(66, "EUR", 1)));
    let back = forum.tell(forum.by(1, "PATCH", &path), &json!({"offer": offer(500, "HRK", 1)})).await;
    assert_eq!((back.status, back.fields()), (422, vec!["offer.price.currency"]));
}
