//! Every answer that the service describes is given, and is as described.

use chassis::testing::{Reply, with_json};
use order_service::OrderStatus;

use crate::{
    market::{ADA, GRACE, Market, Person, STRANGER, basket, order, post, seeded},
    stubs::Mood,
};

#[tokio::test]
async fn every_described_answer_is_given_as_described() {
    let market = Market::open().await;
    let description = market.description().await;
    let check = |reply: Reply| description.check(&reply);
    market.seed((1..=6).map(|number| seeded(number, OrderStatus::Confirmed))).await;
    market.seed([seeded(7, OrderStatus::Shipped)]).await;

    let (ada, grace) = (ADA.id(), GRACE.id());
    for (path, wrong) in [
        (format!("/v1/orders?ids={}", order(1)), "/v1/orders?ids=x".to_owned()),
        (format!("/v1/orders/by-buyer?buyer_ids={ada}&first=1"), "/v1/orders/by-buyer".to_owned()),
        (format!("/v1/orders/by-seller?seller_ids={ada},{grace}"), "/v1/orders/by-seller".to_owned()),
    ] {
        check(market.get_as(ADA, &path).await);
        check(market.send(market.request("GET", &path)).await);
        check(market.get_as(ADA, &wrong).await);
    }

    market.posts.publish(post(1), GRACE.id(), Some((100, "EUR", 5)));
    let (one, too_many) = (basket(&[(post(1), 1)]), basket(&[(post(1), 9)]));
    check(market.place(ADA, "k", &one).await);
    check(market.place(ADA, "k", &one).await);
    check(market.send(with_json(market.by(ADA, "POST", "/v1/orders"), &one)).await);
    check(market.send(with_json(market.request("POST", "/v1/orders"), &one)).await);
    check(market.place(ADA, "k2", &basket(&[(post(9), 1)])).await);
    check(market.place(ADA, "k3", &too_many).await);
    check(market.place(GRACE, "k4", &one).await);
    check(market.send(market.by(ADA, "POST", "/v1/orders").body("{}")).await);
    market.posts.set(Mood::Says(500, String::new()));
    check(market.place(ADA, "k5", &one).await);

    // Whoever is party to an order may deliver it.
    let steps: [(&str, u32, Person, Option<Person>); 3] =
        [("cancel", 1, ADA, Some(GRACE)), ("ship", 2, GRACE, Some(ADA)), ("deliver", 7, ADA, None)];
    for (step, number, may, may_not) in steps {
        let path = format!("/v1/orders/{}/{step}", order(number));
        let of = |path: &str| market.by(may, "POST", path);
        if let Some(other) = may_not {
            check(market.send(market.by(other, "POST", &path)).await);
        }
        check(market.send(of(&path).header("if-match", "\"v9\"")).await);
        check(market.send(of(&path)).await);
        check(market.send(of(&path)).await);
        check(market.send(market.by(STRANGER, "POST", &path)).await);
        check(market.send(market.request("POST", &path)).await);
        let wrong = format!("/v1/orders/{ada}/{step}");
        check(market.send(of(&wrong)).await);
    }
    assert_eq!(description.unseen(), [""; 0]);
}
