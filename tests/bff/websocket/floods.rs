//! Clients that send more than anybody reads: they are slowed down or closed, and neighbours do not notice.

use std::time::Duration;

use harness::stub::Services;
use harness::town::Sizes;
use serde_json::json;
use tessera::config::Config;
use tokio::time::{Instant, timeout};

use super::raw::{CLOSE, PING, Raw, TEXT, frame};
use super::{NEVER, POSTS, Socket, position, publish, until};
use crate::app::App;

async fn app(adjust: impl FnOnce(&mut Config)) -> App {
    App::with(Services::start(Sizes::default()).await, adjust).await
}

/// Beyond ten seconds' worth at once, 200 messages a second are read.
#[tokio::test]
async fn a_flood_of_messages_or_pings_is_slowed_down_and_neighbours_are_not() {
    let app = app(|_| {}).await;
    let message = frame(TEXT, br#"{"type":"ping"}"#);
    for (sent, answer) in [(message, TEXT), (frame(PING, b"x"), 0x8a)] {
        let begun = Instant::now();
        let mut raw = Raw::acknowledged(&app).await;
        raw.send(&sent.repeat(2_300)).await;
        raw.send(&frame(TEXT, br#"{"type":"ping","payload":{"last":true}}"#)).await;
        let mut neighbour = Socket::anonymous(&app).await;
        for _ in 0..20 {
            let asked = Instant::now();
            neighbour.nothing_but_pong().await;
            assert!(asked.elapsed() < Duration::from_secs(1));
        }
        let (mut answers, mut is_over) = (0, false);
        while !is_over {
            let (first, payload) = raw.next().await.unwrap();
            is_over = String::from_utf8_lossy(&payload).contains("last");
            answers += usize::from(first == answer && !is_over);
        }
        assert!(begun.elapsed() > Duration::from_secs(1), "{:?}", begun.elapsed());
        // A pong may answer the last of several pings (RFC 6455, section 5.5.3).
        assert!(answers == 2_300 || answer != TEXT, "{answers}");
    }
}

#[tokio::test]
async fn operations_that_follow_too_fast_are_rate_limited() {
    let app = app(|config| config.events.subscribes_per_second = 1).await;
    let mut socket = Socket::anonymous(&app).await;
    let typename = json!({"query": "{ __typename }"});
    for _ in 0..10 {
        socket.run("1", typename.clone()).await;
    }
    socket.subscribe("1", typename.clone()).await;
    assert_eq!(socket.errors("1").await, ["RATE_LIMITED"]);
    socket.nothing_but_pong().await;
    Socket::anonymous(&app).await.run("1", typename.clone()).await;
    // After a second there is another one.
    let again = async {
        loop {
            socket.subscribe("1", typename.clone()).await;
            if socket.receive().await["type"] == "next" {
                break;
            }
        }
    };
    timeout(NEVER, again).await.unwrap();
}

#[tokio::test]
async fn one_operation_more_than_a_socket_may_have_is_refused_until_one_ends() {
    let app = app(|config| config.events.max_per_socket = 2).await;
    let after = position(&app).await;
    let mut socket = Socket::anonymous(&app).await;
    for id in ["1", "2"] {
        socket.subscribe_to_posts(id, &after).await;
    }
    for payload in [json!({"query": POSTS}), json!({"query": "{ __typename }"})] {
        socket.subscribe("3", payload).await;
        assert_eq!(socket.errors("3").await, ["TOO_MANY_SUBSCRIPTIONS"]);
    }
    let mut neighbour = Socket::anonymous(&app).await;
    neighbour.subscribe_to_posts("3", &after).await;
    socket.send(json!({"type": "complete", "id": "1"})).await;
    socket.nothing_but_pong().await;
    socket.subscribe_to_posts("3", &after).await;
    publish(&app, 1);
    let mut ids = [socket.receive().await["id"].to_string(), socket.receive().await["id"].to_string()];
    ids.sort();
    assert_eq!(ids, ["\"2\"", "\"3\""]);
    neighbour.result("3").await;
}

#[tokio::test]
async fn a_hundred_ids_each_receive_each_event_once() {
    let app = app(|_| {}).await;
    let after = position(&app).await;
    let mut socket = Socket::anonymous(&app).await;
    for id in 0..100 {
        socket.subscribe_to_posts(&id.to_string(), &after).await;
    }
    let posts = [publish(&app, 1), publish(&app, 2), publish(&app, 3)];
    let mut received = std::collections::BTreeMap::<String, Vec<String>>::new();
    for _ in 0..300 {
        let message = socket.receive().await;
        let post = message["payload"]["data"]["postPublished"]["post"]["id"].as_str().unwrap().to_owned();
        received.entry(message["id"].as_str().unwrap().to_owned()).or_default().push(post);
    }
    assert_eq!(received.len(), 100);
    assert!(received.values().all(|seen| *seen == posts), "each in the order of the events");
    socket.nothing_but_pong().await;
}

#[tokio::test]
async fn unread_messages_have_their_room_together_and_without_room_it_is_1013() {
    let app = app(|config| (config.http.max_body_bytes, config.http.max_bodies_bytes) = (100_000, 100_000)).await;
    let message = json!({"type": "ping", "payload": {"a": "x".repeat(60_000)}}).to_string();
    let whole = frame(TEXT, message.as_bytes());
    let (half, rest) = whole.split_at(50_000);
    for interruption in [&b""[..], &frame(PING, b"between")] {
        let mut slow = Raw::acknowledged(&app).await;
        // A fragment of 50,000 bytes, and one of its pings: they must not make the fragment forgotten.
        let (first, last) = message.as_bytes().split_at(50_000);
        slow.send(&frame(0x01, first)).await;
        slow.send(interruption).await;
        let refused = async {
            loop {
                let mut other = Raw::acknowledged(&app).await;
                other.send(&whole).await;
                match other.next().await.unwrap() {
                    (TEXT, _) => {}
                    (_, reason) => break u16::from_be_bytes(reason[..2].try_into().unwrap()),
                }
            }
        };
        assert_eq!(timeout(NEVER, refused).await.unwrap(), 1013);
        slow.send(&frame(0x80, last)).await;
        while slow.next().await.unwrap().0 != TEXT {}
        // The room is free again.
        let mut other = Raw::acknowledged(&app).await;
        other.send(half).await;
        other.send(rest).await;
        assert_eq!(other.message().await["type"], "pong");
    }
}

/// Frames of six bytes and no payload: the message has no size, its frames have.
#[tokio::test]
async fn a_message_of_empty_fragments_without_end_is_1009() {
    let app = app(|config| config.http.max_body_bytes = 10_000).await;
    let mut raw = Raw::acknowledged(&app).await;
    raw.send(&frame(0x01, b"{")).await;
    raw.send(&frame(0x00, b"").repeat(100_000)).await;
    assert_eq!(raw.code().await, Some(1009));
    Socket::anonymous(&app).await.nothing_but_pong().await;
}

/// Neither more fragments nor pings between them extend the time.
#[tokio::test]
async fn a_message_that_does_not_come_whole_in_time_is_1008() {
    let app = app(|config| config.timeouts.request = Duration::from_secs(1)).await;
    for between in [frame(PING, b"x"), frame(0x00, b"x"), Vec::new()] {
        let mut raw = Raw::acknowledged(&app).await;
        let begun = Instant::now();
        raw.send(&frame(0x01, b"{")).await;
        let code = loop {
            assert!(begun.elapsed() < Duration::from_secs(10), "the message may be late for ever");
            raw.send(&between).await;
            match timeout(Duration::from_millis(50), raw.next()).await {
                Ok(Some((CLOSE, reason))) => break u16::from_be_bytes(reason[..2].try_into().unwrap()),
                Ok(Some(_)) | Err(_) => {}
                Ok(None) => panic!("closed without a reason"),
            }
        };
        assert_eq!(code, 1008);
        assert!(
            (Duration::from_millis(900)..Duration::from_secs(10)).contains(&begun.elapsed()),
            "{:?}",
            begun.elapsed()
        );
    }
    // A fragment in the same packet behind a whole message.
    let mut raw = Raw::acknowledged(&app).await;
    raw.send(&[frame(TEXT, br#"{"type":"ping"}"#), frame(0x01, b"{")].concat()).await;
    assert_eq!(raw.code().await, Some(1008));
    // A socket without an incomplete message stays.
    let mut raw = Raw::acknowledged(&app).await;
    assert!(timeout(Duration::from_millis(1_500), raw.next()).await.is_err());
    raw.send(&frame(TEXT, br#"{"type":"ping"}"#)).await;
    assert_eq!(raw.message().await["type"], "pong");
}

#[tokio::test]
async fn a_client_that_reads_nothing_is_dropped_and_its_neighbours_go_on() {
    let app = app(|config| config.connections.write = Duration::from_millis(300)).await;
    let after = position(&app).await;
    let mut neighbour = Socket::anonymous(&app).await;
    neighbour.subscribe_to_posts("1", &after).await;
    let mut deaf = Raw::acknowledged(&app).await;
    let query = "{ posts(first: 100) { nodes { id title body author { id name bio } } } }";
    let subscribe = json!({"type": "subscribe", "id": "1", "payload": {"query": query}}).to_string();
    // Once the sockets' buffers are full of answers, neither side goes on, until the BFF gives up.
    let asks = async {
        while app.metrics.text().contains("tessera_live_connections 2\n") {
            let complete = frame(TEXT, br#"{"type":"complete","id":"1"}"#);
            deaf.send(&[frame(TEXT, subscribe.as_bytes()), complete].concat()).await;
            let large = json!({"type": "ping", "payload": {"a": "x".repeat(200_000)}}).to_string();
            deaf.send(&frame(TEXT, large.as_bytes())).await;
        }
    };
    timeout(NEVER, asks).await.unwrap();
    publish(&app, 1);
    neighbour.result("1").await;
    neighbour.nothing_but_pong().await;
    drop(neighbour);
    until(|| app.metrics.text().contains("tessera_live_connections 0\n")).await;
}
