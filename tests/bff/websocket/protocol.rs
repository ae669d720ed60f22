//! The rules of `graphql-transport-ws`: the order of messages, and the close code of each broken rule.

use harness::stub::{Gate, Services};
use harness::town::Sizes;
use serde_json::{Value, json};
use tokio::time::{Duration, Instant};
use tokio_tungstenite::tungstenite::Message;

use super::{POSTS, Received, Socket, places, position, publish};
use crate::app::App;

const TYPENAME: &str = "{ __typename }";

#[tokio::test]
async fn the_acknowledgement_carries_a_position() {
    let app = App::start().await;
    position(&app).await;
    let ack = Socket::open(&app).await.init(json!({})).await;
    let mut services = places(ack["position"].as_str().unwrap());
    services.iter_mut().for_each(|place| place.truncate(place.find(':').unwrap()));
    services.sort();
    assert_eq!(services, ["order", "post", "user"]);
}

#[tokio::test]
async fn an_init_may_have_any_object_as_its_payload_or_none() {
    let app = App::start().await;
    for message in [
        json!({"type": "connection_init"}),
        json!({"type": "connection_init", "payload": null}),
        json!({"type": "connection_init", "payload": {}, "unknown": 1}),
        json!({"type": "connection_init", "payload": {"authorization": null}}),
        json!({"type": "connection_init", "payload": {"authorization": "", "more": [1]}}),
    ] {
        let mut socket = Socket::open(&app).await;
        socket.send(message).await;
        assert_eq!(socket.receive().await["type"], "connection_ack");
        let result = socket.run("1", json!({"query": "{ viewer { id } }"})).await;
        assert_eq!(result, json!({"data": {"viewer": null}}));
    }
}

#[tokio::test]
async fn an_operation_before_the_init_is_4401() {
    let app = App::start().await;
    let mut socket = Socket::open(&app).await;
    socket.subscribe("1", json!({"query": TYPENAME})).await;
    assert_eq!(socket.closed().await, (4401, "Unauthorized".to_owned()));
}

#[tokio::test]
async fn a_second_init_is_4429() {
    let app = App::start().await;
    let mut socket = Socket::anonymous(&app).await;
    socket.send(json!({"type": "connection_init"})).await;
    assert_eq!(socket.closed().await, (4429, "Too many initialisation requests".to_owned()));
}

#[tokio::test]
async fn no_init_in_three_seconds_is_4408_and_pings_are_answered_meanwhile() {
    let app = App::start().await;
    let begun = Instant::now();
    let (mut silent, mut pinging) = (Socket::open(&app).await, Socket::open(&app).await);
    pinging.nothing_but_pong().await;
    for socket in [&mut silent, &mut pinging] {
        assert_eq!(socket.closed().await, (4408, "Connection initialisation timeout".to_owned()));
        let waited = begun.elapsed();
        assert!((Duration::from_millis(2_900)..Duration::from_secs(10)).contains(&waited), "{waited:?}");
    }
}

#[tokio::test]
async fn an_id_that_is_in_use_is_4409_and_the_reason_is_short() {
    let services = Services::start(Sizes::default()).await;
    let held = Gate::closed();
    services.gate(&["GET /v1/posts"], &held);
    let app = App::with(services, |_| {}).await;
    let after = position(&app).await;
    let long = "é".repeat(100);
    for id in ["1", &long] {
        let mut socket = Socket::anonymous(&app).await;
        socket.subscribe_to_posts(id, &after).await;
        socket.nothing_but_pong().await;
        socket.subscribe_to_posts(id, &after).await;
        let (code, reason) = socket.closed().await;
        assert!(code == 4409 && reason.starts_with("Subscriber for "), "{code} {reason}");
    }
    let mut socket = Socket::anonymous(&app).await;
    socket.subscribe("q", json!({"query": "{ posts(first: 1) { nodes { id } } }"})).await;
    held.arrived(1).await;
    socket.subscribe("q", json!({"query": TYPENAME})).await;
    assert_eq!(socket.code().await, 4409, "of a query, too");
}

#[tokio::test]
async fn two_of_one_id_in_one_packet_are_4409() {
    let app = App::start().await;
    let mut raw = super::raw::Raw::acknowledged(&app).await;
    let subscribe = json!({"type": "subscribe", "id": "1", "payload": {"query": POSTS}}).to_string();
    let once = super::raw::frame(super::raw::TEXT, subscribe.as_bytes());
    raw.send(&[once.clone(), once].concat()).await;
    assert_eq!(raw.code().await, Some(4409));
}

#[tokio::test]
async fn an_id_may_be_used_again_after_its_end() {
    let app = App::start().await;
    let after = position(&app).await;
    let mut socket = Socket::anonymous(&app).await;
    for _ in 0..3 {
        socket.run("1", json!({"query": TYPENAME})).await;
        socket.subscribe("1", json!({"query": "{"})).await;
        socket.errors("1").await;
        socket.subscribe_to_posts("1", &after).await;
        socket.send(json!({"type": "complete", "id": "1"})).await;
    }
    // The subscriptions from before have ended.
    socket.nothing_but_pong().await;
    socket.subscribe_to_posts("1", &after).await;
    let post = publish(&app, 3);
    assert_eq!(socket.result("1").await["data"]["postPublished"]["post"]["id"], json!(post));
    socket.nothing_but_pong().await;
}

#[tokio::test]
async fn ids_are_any_text() {
    let app = App::start().await;
    let mut socket = Socket::anonymous(&app).await;
    for id in ["0", "\"\\\u{1}\n", "日本語", "__proto__", &"x".repeat(256)] {
        assert_eq!(socket.run(id, json!({"query": TYPENAME})).await, json!({"data": {"__typename": "Query"}}));
    }
}

#[tokio::test]
async fn a_ping_is_answered_with_its_payload_and_never_with_a_token() {
    let app = App::start().await;
    let mut socket = Socket::anonymous(&app).await;
    for payload in [json!({"a": [1, null, {"b": "é\u{0}"}], "z": 0.5}), json!({})] {
        socket.send(json!({"type": "ping", "payload": payload})).await;
        assert_eq!(socket.receive().await, json!({"type": "pong", "payload": payload}));
    }
    for message in [json!({"type": "ping"}), json!({"type": "ping", "payload": null})] {
        socket.send(message).await;
        assert_eq!(socket.receive().await, json!({"type": "pong"}));
    }
    socket.send(json!({"type": "ping", "payload": {"authorization": "", "Authorization": null, "a": 1}})).await;
    assert_eq!(socket.receive().await, json!({"type": "pong", "payload": {"a": 1}}));
    let token = app.services.token(1);
    let mut signed_in = Socket::person(&app, 1).await;
    for payload in
        [json!({"authorization": "", "Authorization": token}), json!({"authorization": null, "Authorization": token})]
    {
        signed_in.send(json!({"type": "ping", "payload": payload})).await;
        let pong = signed_in.receive().await;
        assert!(!pong.to_string().contains(&token), "{pong}");
    }
}

#[tokio::test]
async fn pongs_and_completes_of_unknown_ids_are_ignored() {
    let app = App::start().await;
    let mut socket = Socket::anonymous(&app).await;
    socket.send(json!({"type": "pong"})).await;
    socket.send(json!({"type": "pong", "payload": {"a": 1}})).await;
    socket.send(json!({"type": "complete", "id": "never"})).await;
    socket.nothing_but_pong().await;
}

#[tokio::test]
async fn pings_of_the_websocket_protocol_are_answered() {
    let app = App::start().await;
    let mut socket = Socket::anonymous(&app).await;
    socket.send_raw(Message::Ping("here".into())).await;
    assert!(matches!(socket.next().await, Received::Other(Message::Pong(payload)) if payload == "here"));
}

#[tokio::test]
async fn a_client_s_close_is_answered_and_its_operations_end() {
    let app = App::start().await;
    let after = position(&app).await;
    let mut socket = Socket::anonymous(&app).await;
    socket.subscribe_to_posts("1", &after).await;
    socket.nothing_but_pong().await;
    assert_eq!(socket.close().await, Some(1005));
}

#[tokio::test]
async fn after_a_client_s_complete_nothing_more_comes_for_that_id() {
    let app = App::start().await;
    let after = position(&app).await;
    let mut socket = Socket::anonymous(&app).await;
    for id in ["ended", "other"] {
        socket.subscribe_to_posts(id, &after).await;
    }
    publish(&app, 1);
    let mut ids = [socket.receive().await["id"].take(), socket.receive().await["id"].take()];
    ids.sort_by_key(Value::to_string);
    assert_eq!(ids, ["ended", "other"]);
    socket.send(json!({"type": "complete", "id": "ended"})).await;
    socket.nothing_but_pong().await;
    publish(&app, 2);
    socket.result("other").await;
    socket.nothing_but_pong().await;
}

#[tokio::test]
async fn an_operation_that_is_completed_while_it_is_set_up_sends_nothing() {
    let services = Services::start(Sizes::default()).await;
    let held = Gate::closed();
    services.gate(&["GET /v1/orders?ids", "GET /v1/posts"], &held);
    let app = App::with(services, |_| {}).await;
    let order = app.services.town().orders[0].id;
    let mut socket = Socket::person(&app, 2).await;
    // Another user's order, which would be refused; and a query.
    let refused = "subscription($id: ID!) { orderStatusChanged(orderId: $id) { status } }";
    socket.subscribe("1", json!({"query": refused, "variables": {"id": order}})).await;
    socket.subscribe("2", json!({"query": "{ posts(first: 1) { nodes { id } } }"})).await;
    held.arrived(2).await;
    for id in ["1", "2"] {
        socket.send(json!({"type": "complete", "id": id})).await;
        socket.subscribe(id, json!({"query": TYPENAME})).await;
    }
    held.open();
    let mut received = Vec::new();
    for _ in 0..4 {
        received.push(socket.receive().await);
    }
    let of_typename = |message: &&Value| message["payload"] == json!({"data": {"__typename": "Query"}});
    assert_eq!(received.iter().filter(of_typename).count(), 2, "{received:?}");
    assert_eq!(received.iter().filter(|message| message["type"] == "complete").count(), 2, "{received:?}");
    socket.nothing_but_pong().await;
}
