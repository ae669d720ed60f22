//! A token's end: the warning before it, the renewal, and the close where there is none.

use contract::{Clock, UserId};
use harness::stub::{Behaviour, Services};
use harness::token::claims;
use harness::town::{Order, Sizes};
use serde_json::{Value, json};
use tessera::budgets::BudgetSettings;
use tessera::operations::Limits;

use super::{Socket, places, position, until};
use crate::app::App;

/// A token of that person that ends in so many seconds.
fn token(app: &App, number: usize, roles: &[&str], seconds: i64) -> String {
    let mut claims = claims(user(app, number), roles);
    claims["exp"] = json!(Clock::system().now().as_seconds() + seconds);
    app.services.signer().sign(&claims)
}

fn user(app: &App, number: usize) -> UserId {
    app.services.town().users[number].id
}

fn renewal(token: &str) -> Value {
    json!({"type": "ping", "payload": {"authorization": format!("Bearer {token}")}})
}

/// The milliseconds of a message with the remaining time of a token.
fn left(message: &Value) -> u64 {
    message["tokenExpiresInMs"].as_u64().unwrap_or_else(|| panic!("{message}"))
}

#[tokio::test]
async fn a_token_comes_under_either_name_with_or_without_its_scheme() {
    let app = App::start().await;
    let token = app.services.token(1);
    for payload in [
        json!({"authorization": format!("Bearer {token}")}),
        json!({"Authorization": format!("bearer {token}")}),
        json!({ "authorization": token }),
        json!({ "Authorization": token }),
        json!({"authorization": null, "Authorization": token}),
    ] {
        let mut socket = Socket::open(&app).await;
        socket.init(payload).await;
        let result = socket.run("1", json!({"query": "{ viewer { id } }"})).await;
        assert_eq!(result["data"]["viewer"]["id"], json!(user(&app, 1)));
    }
}

#[tokio::test]
async fn a_bad_token_is_4403_and_never_anonymous() {
    let app = App::start().await;
    let good = claims(user(&app, 1), &["member"]);
    let with = |member: &str, value: Value| {
        let mut claims = good.clone();
        claims[member] = value;
        app.services.signer().sign(&claims)
    };
    for bad in [
        "x".to_owned(),
        "Bearer x".to_owned(),
        "Basic dTpw".to_owned(),
        "Bearer \u{1}".to_owned(),
        "é".to_owned(),
        "x".repeat(50_000),
        token(&app, 1, &["member"], -3_600),
        with("iss", json!("another")),
        with("aud", json!("another")),
        app.services.signer().unsigned(&good),
        app.services.signer().confused(&good),
    ] {
        let mut socket = Socket::open(&app).await;
        socket.send(json!({"type": "connection_init", "payload": {"authorization": bad}})).await;
        let (code, reason) = socket.closed().await;
        assert!(code == 4403 && !reason.contains(&bad), "{code} {reason}");
    }
}

#[tokio::test]
async fn while_keys_were_never_fetched_it_is_1013() {
    let mut services = Services::start(Sizes::default()).await;
    services.stub("user").behave(Behaviour::Dead).await;
    let app = App::with(services, |_| {}).await;
    let mut socket = Socket::open(&app).await;
    socket.send(json!({"type": "connection_init", "payload": {"authorization": app.services.token(1)}})).await;
    assert_eq!(socket.closed().await, (1013, "tokens cannot be verified yet".to_owned()));
    Socket::anonymous(&app).await.nothing_but_pong().await;
}

#[tokio::test]
async fn thirty_seconds_before_the_end_the_client_is_told_once() {
    let app = App::start().await;
    let mut socket = Socket::of_token(&app, &token(&app, 1, &["member"], 32)).await;
    let warned = left(&socket.ping().await);
    assert!((29_000..=30_000).contains(&warned), "{warned}");
    socket.nothing_but_pong().await;
}

#[tokio::test]
async fn without_a_renewal_the_end_is_4403() {
    let app = App::start().await;
    let mut socket = Socket::of_token(&app, &token(&app, 1, &["member"], 3)).await;
    let warned = left(&socket.ping().await);
    assert!((1..=3_000).contains(&warned), "{warned}");
    socket.subscribe("1", json!({"query": "subscription { orderStatusChanged { status } }"})).await;
    assert_eq!(socket.closed().await, (4403, "the access token has expired".to_owned()));
}

#[tokio::test]
async fn a_renewal_is_answered_with_the_new_time_and_the_socket_stays() {
    let app = App::start().await;
    let mut socket = Socket::of_token(&app, &token(&app, 1, &["member"], 2)).await;
    socket.ping().await;
    let fresh = token(&app, 1, &["member"], 33);
    socket.send(renewal(&fresh)).await;
    let pong = socket.receive().await;
    assert_eq!((&pong["type"], pong["payload"].as_object().unwrap().len()), (&json!("pong"), 1), "{pong}");
    assert!((31_000..=33_000).contains(&left(&pong["payload"])), "{pong}");
    // The old end passes: the next thing is the warning of the new one.
    let warned = left(&socket.ping().await);
    assert!((29_000..=30_000).contains(&warned), "{warned}");
    let result = socket.run("1", json!({"query": "{ viewer { id } }"})).await;
    assert_eq!(result["data"]["viewer"]["id"], json!(user(&app, 1)));
}

#[tokio::test]
async fn a_renewal_by_anybody_else_or_by_a_bad_token_is_4403() {
    let app = App::start().await;
    for bad in [
        app.services.token(2),
        "x".to_owned(),
        token(&app, 1, &["member"], -3_600),
        app.services.signer().unsigned(&claims(user(&app, 1), &["member"])),
    ] {
        let mut socket = Socket::person(&app, 1).await;
        socket.send(renewal(&bad)).await;
        let (code, reason) = socket.closed().await;
        assert!(code == 4403 && !reason.contains(&bad), "{code} {reason}");
    }
    let mut anonymous = Socket::anonymous(&app).await;
    anonymous.send(renewal(&app.services.token(1))).await;
    assert_eq!(anonymous.closed().await, (4403, "the connection has no viewer".to_owned()));
    let mut early = Socket::open(&app).await;
    early.send(renewal(&app.services.token(1))).await;
    assert_eq!(early.code().await, 4401, "there is nothing to renew yet");
}

/// An order of others: an admin may follow it, a member may not see it.
#[tokio::test]
async fn a_subscription_goes_on_after_a_renewal_with_the_new_roles() {
    let app = App::start().await;
    let after = position(&app).await;
    let (order, stranger) = order_and_stranger(&app);
    let emit = |version: u64| {
        let data = json!({"status": "shipped", "at": "2026-01-01T00:00:00.000Z", "buyer_id": order.buyer_id,
            "seller_ids": [], "version": version});
        app.services.feed("order").emit("order.shipped", &order.id.to_string(), data);
    };
    let subscription =
        "subscription($id: ID!, $after: Cursor) { orderStatusChanged(orderId: $id, after: $after) { status cursor } }";
    let mut socket = Socket::of_token(&app, &token(&app, stranger, &["admin"], 600)).await;
    let variables = json!({"id": order.id, "after": after});
    socket.subscribe("1", json!({"query": subscription, "variables": variables})).await;
    emit(2);
    assert_eq!(socket.result("1").await["data"]["orderStatusChanged"]["status"], "SHIPPED");
    socket.send(renewal(&token(&app, stranger, &["member"], 600))).await;
    assert_eq!(socket.receive().await["type"], "pong");
    emit(3);
    // Until the BFF has read the event, and passed it over.
    let others = json!({"query": subscription, "variables": {"id": order.id, "after": after}});
    let mut owner = Socket::of_token(&app, &token(&app, 0, &["admin"], 600)).await;
    owner.subscribe("1", others).await;
    for _ in 0..2 {
        owner.result("1").await;
    }
    socket.nothing_but_pong().await;
    socket.send(renewal(&token(&app, stranger, &["admin"], 600))).await;
    assert_eq!(socket.receive().await["type"], "pong");
    emit(4);
    let cursor = socket.result("1").await["extensions"]["cursor"].as_str().unwrap().to_owned();
    assert!(places(&cursor)[0].ends_with(":3"), "the second was not for a member");
    socket.nothing_but_pong().await;
}

/// The first event has to wait until the budget can pay for it. Meanwhile the viewer is no admin any more.
#[tokio::test]
async fn an_event_that_waits_for_the_budget_is_judged_by_the_rights_afterwards() {
    let services = Services::start(Sizes::default()).await;
    let app = App::with(services, |config| {
        config.limits = Limits { cost: 40, ..Limits::default() };
        config.budgets = BudgetSettings { capacity: 40, per_second: 10, ..BudgetSettings::default() };
    })
    .await;
    let after = position(&app).await;
    let (order, stranger) = order_and_stranger(&app);
    let subscription = "subscription($id: ID!, $after: Cursor) {
        orderStatusChanged(orderId: $id, after: $after) { cursor order { id buyer { name } } } }";
    let mut socket = Socket::of_token(&app, &token(&app, stranger, &["admin"], 600)).await;
    let variables = json!({"id": order.id, "after": after});
    socket.subscribe("1", json!({"query": subscription, "variables": variables})).await;
    socket.nothing_but_pong().await;
    until(|| app.metrics.text().contains("tessera_live_subscribers 1\n")).await;
    while app.person(stranger).run("{ viewer { id } }").await.status == 200 {}
    let emit = |sellers: &[UserId]| {
        let data = json!({"status": "shipped", "at": "2026-01-01T00:00:00.000Z", "buyer_id": order.buyer_id,
            "seller_ids": sellers, "version": 2});
        app.services.feed("order").emit("order.shipped", &order.id.to_string(), data);
    };
    let mut other = Socket::person(&app, 0).await;
    let cheap = "subscription($id: ID!, $after: Cursor) { orderStatusChanged(orderId: $id, after: $after) { cursor } }";
    other.subscribe("1", json!({"query": cheap, "variables": {"id": order.id, "after": after}})).await;
    emit(&[]);
    // Until the event is there, and waits.
    other.result("1").await;
    for _ in 0..10 {
        socket.nothing_but_pong().await;
    }
    emit(&[user(&app, stranger)]);
    socket.send(renewal(&token(&app, stranger, &["member"], 600))).await;
    assert_eq!(socket.receive().await["type"], "pong");
    let cursor = socket.result("1").await["extensions"]["cursor"].as_str().unwrap().to_owned();
    assert!(places(&cursor)[0].ends_with(":2"), "the first is not for a member: {:?}", places(&cursor));
}

/// An order, and the number of a person who has no part in it.
fn order_and_stranger(app: &App) -> (Order, usize) {
    let town = app.services.town();
    let order = town.orders[0].clone();
    let stranger = (1..town.users.len()).find(|number| !order.has_party(town.users[*number].id)).unwrap();
    (order, stranger)
}
