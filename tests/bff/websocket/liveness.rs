//! Signs of life: the server's pings, and what becomes of a client that gives none. Time is paused once the sockets are open:
//! it leaps to the next timer whenever nothing is left to do.

use std::time::Duration;

use harness::stub::{Gate, Services};
use harness::town::Sizes;
use serde_json::json;
use tokio::time::{Instant, pause, sleep_until};

use super::{Received, Socket, places, position, publish, until};
use crate::app::App;

const PING_EVERY: Duration = Duration::from_secs(15);

#[tokio::test]
async fn every_15_seconds_a_ping_tells_the_position_and_how_far_behind_the_server_is() {
    let app = App::start().await;
    let after = position(&app).await;
    let mut socket = Socket::anonymous(&app).await;
    socket.subscribe_to_posts("1", &after).await;
    publish(&app, 1);
    let cursor = socket.result("1").await["extensions"]["cursor"].as_str().unwrap().to_owned();
    pause();
    let mut last = Instant::now();
    for round in 0..3 {
        let ping = socket.ping().await;
        assert!(round == 0 || last.elapsed() == PING_EVERY || last.elapsed() - PING_EVERY < Duration::from_millis(10));
        last = Instant::now();
        let position = places(ping["position"].as_str().unwrap());
        assert!(position.len() == 3 && position.contains(&places(&cursor)[0]), "{position:?}");
        for service in ["user", "post", "order"] {
            assert!(ping["behindMs"][service].is_u64(), "{ping}");
        }
        socket.send(json!({"type": "pong"})).await;
    }
}

#[tokio::test]
async fn a_client_without_a_sign_of_life_is_dropped_45_seconds_after_its_last_one() {
    let app = App::start().await;
    let after = position(&app).await;
    let mut socket = Socket::anonymous(&app).await;
    socket.subscribe_to_posts("1", &after).await;
    socket.nothing_but_pong().await;
    until(|| app.metrics.text().contains("tessera_live_subscribers 1\n")).await;
    let begun = Instant::now();
    pause();
    let mut pings = 0;
    // The client reads, and never answers: it is dropped without a close frame.
    let end = loop {
        match socket.next().await {
            Received::Message(message) if message["type"] == "ping" => pings += 1,
            Received::Gone => break begun.elapsed(),
            other => panic!("{other:?}"),
        }
    };
    assert!((Duration::from_secs(44)..Duration::from_secs(46)).contains(&end), "{end:?}");
    assert_eq!(pings, 2);
    let text = app.metrics.text();
    for gauge in ["connections", "subscribers", "groups"] {
        assert!(text.contains(&format!("tessera_live_{gauge} 0\n")), "{text}");
    }
}

#[tokio::test]
async fn any_message_is_a_sign_of_life() {
    let app = App::start().await;
    position(&app).await;
    let mut socket = Socket::anonymous(&app).await;
    pause();
    let begun = Instant::now();
    for round in 0..10 {
        socket.ping().await;
        match round % 3 {
            0 => socket.send(json!({"type": "pong"})).await,
            1 => socket.send(json!({"type": "complete", "id": "none"})).await,
            _ => socket.send_raw(tokio_tungstenite::tungstenite::Message::Ping("x".into())).await,
        }
        if round % 3 == 2 {
            assert!(matches!(socket.next().await, Received::Other(_)));
        }
    }
    assert!(begun.elapsed() >= PING_EVERY * 9, "{:?}", begun.elapsed());
}

/// A client that resumes behind a ping's position would miss an event of it that comes later. The events happen in the moment of
/// the ping.
#[tokio::test]
async fn no_message_behind_a_ping_is_covered_by_its_position() {
    let app = App::start().await;
    let after = position(&app).await;
    let mut socket = Socket::anonymous(&app).await;
    socket.subscribe_to_posts("1", &after).await;
    publish(&app, 0);
    socket.result("1").await;
    pause();
    socket.ping().await;
    socket.send(json!({"type": "pong"})).await;
    let mut due = Instant::now();
    let mut both_ways = [0, 0];
    for round in 0..100 {
        due += PING_EVERY;
        sleep_until(due - Duration::from_millis(round % 3)).await;
        publish(&app, 1);
        let (mut stated, mut received) = (None, None);
        while stated.is_none() || received.is_none() {
            let Received::Message(message) = socket.next().await else { panic!("no message") };
            if message["type"] == "ping" {
                let position = message["payload"]["position"].as_str().unwrap();
                let of_post = places(position).into_iter().find(|place| place.starts_with("post:")).unwrap();
                both_ways[usize::from(received.is_none())] += 1;
                stated = Some(of_post);
            } else {
                let cursor = message["payload"]["extensions"]["cursor"].as_str().unwrap().to_owned();
                let place = places(&cursor).remove(0);
                assert_ne!(stated.as_ref(), Some(&place), "round {round}: the ping before it states its position");
                received = Some(place);
            }
        }
        socket.send(json!({"type": "pong"})).await;
        socket.nothing_but_pong().await;
        due = due.max(Instant::now());
    }
    println!("the message first, the ping first: {both_ways:?}");
}

#[tokio::test]
async fn a_ping_has_the_smallest_position_of_the_subscriptions() {
    let services = Services::start(Sizes::default()).await;
    let held = Gate::closed();
    services.gate(&["GET /v1/posts?ids"], &held);
    let app = App::with(services, |_| {}).await;
    let after = position(&app).await;
    let mut socket = Socket::anonymous(&app).await;
    let quick = "subscription($after: Cursor) { postPublished(after: $after) { cursor } }";
    socket.subscribe_to_posts("slow", &after).await;
    socket.subscribe("quick", json!({"query": quick, "variables": {"after": after}})).await;
    publish(&app, 1);
    publish(&app, 2);
    for _ in 0..2 {
        socket.result("quick").await;
    }
    held.arrived(1).await;
    pause();
    let ping = socket.ping().await;
    let of_post = |position: &str| places(position).into_iter().find(|place| place.starts_with("post:"));
    assert_eq!(of_post(ping["position"].as_str().unwrap()), of_post(&after), "nothing of `slow` was delivered yet");
}

/// It may be a subscription to older events: a client that resumed behind the newest position would miss them.
#[tokio::test]
async fn a_ping_has_no_position_while_an_operation_is_set_up() {
    let services = Services::start(Sizes::default()).await;
    let held = Gate::closed();
    services.gate(&["GET /v1/orders?ids"], &held);
    let app = App::with(services, |_| {}).await;
    let after = position(&app).await;
    let order = app.services.town().orders[0].id;
    let mut socket = Socket::person(&app, 1).await;
    let subscription =
        "subscription($id: ID!, $after: Cursor) { orderStatusChanged(orderId: $id, after: $after) { status } }";
    socket.subscribe("1", json!({"query": subscription, "variables": {"id": order, "after": after}})).await;
    held.arrived(1).await;
    pause();
    assert_eq!(socket.ping().await["position"], json!(null));
    socket.send(json!({"type": "complete", "id": "1"})).await;
    socket.send(json!({"type": "pong"})).await;
    assert!(socket.ping().await["position"].is_string());
    // Nor is there one before the client has answered: it may have sent a `subscribe` in front of its answer.
    assert_eq!(socket.ping().await["position"], json!(null));
}
