//! Messages that are none: each closes its own connection with 4400 and one clear reason, and no other connection.

use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::Message;

use super::Socket;
use crate::app::App;

/// Closes and their reasons, of a socket that is acknowledged.
async fn assert_invalid(app: &App, messages: &[(String, &str)]) {
    let mut neighbour = Socket::anonymous(app).await;
    for (message, expected) in messages {
        let mut socket = Socket::anonymous(app).await;
        socket.send_text(message).await;
        let (code, reason) = socket.closed().await;
        let sent: String = message.chars().take(80).collect();
        assert!(code == 4400 && reason.contains(expected), "{sent}: {code} {reason}");
        neighbour.nothing_but_pong().await;
    }
    neighbour.run("1", json!({"query": "{ __typename }"})).await;
}

#[tokio::test]
async fn text_that_is_no_message_is_4400() {
    let app = App::start().await;
    let nested = |levels: usize| format!("{}{}", "[".repeat(levels), "]".repeat(levels));
    let rows = [
        (String::new(), "not JSON"),
        (" ".into(), "not JSON"),
        ("{".into(), "not JSON"),
        ("{}{}".into(), "not JSON"),
        ("{'type': 'ping'}".into(), "not JSON"),
        ("connection_init".into(), "not JSON"),
        ("\u{feff}{\"type\": \"ping\"}".into(), "not JSON"),
        ("{\"type\": \"ping\", \"payload\": {\"a\": \"\\ud800\"}}".into(), "not JSON"),
        ("null".into(), "object"),
        ("7".into(), "object"),
        ("\"ping\"".into(), "object"),
        ("[{\"type\": \"ping\"}]".into(), "object"),
        (nested(100), "object"),
        (nested(100_000), "not JSON"),
        (format!("{{\"type\": \"ping\", \"payload\": {{\"a\": {}}}}}", nested(200)), "not JSON"),
        ("{\"a\":".repeat(20_000), "not JSON"),
    ];
    assert_invalid(&app, &rows).await;
}

#[tokio::test]
async fn each_member_must_be_there_and_of_its_type() {
    let app = App::start().await;
    let subscribe = json!({"type": "subscribe", "id": "1", "payload": {"query": "{ __typename }"}});
    let persisted = |value: Value| json!({"extensions": {"persistedQuery": value}});
    let mut rows = vec![
        (json!({}), "`type`"),
        (json!({"type": null}), "`type`"),
        (json!({"type": 1}), "`type`"),
        (json!({"type": ["ping"]}), "`type`"),
        (json!({"type": ""}), "`type`"),
        (json!({"type": "PING"}), "`type`"),
        (json!({"type": "start", "id": "1", "payload": {"query": "{ __typename }"}}), "`type`"),
        (json!({"type": "x".repeat(10_000)}), "`type`"),
        // Messages of the server.
        (json!({"type": "connection_ack"}), "`type`"),
        (json!({"type": "next", "id": "1", "payload": {}}), "`type`"),
        (json!({"type": "error", "id": "1", "payload": []}), "`type`"),
        (json!({"type": "ping", "payload": 1}), "`payload`"),
        (json!({"type": "ping", "payload": []}), "`payload`"),
        (json!({"type": "ping", "payload": {"authorization": 1}}), "`authorization`"),
        (json!({"type": "ping", "payload": {"Authorization": {}}}), "`authorization`"),
        (json!({"type": "pong", "payload": "x"}), "`payload`"),
        (json!({"type": "connection_init", "payload": []}), "`payload`"),
        (json!({"type": "connection_init", "payload": {"authorization": true}}), "`authorization`"),
        (json!({"type": "complete"}), "`id`"),
    ];
    for id in
        [json!(null), json!(1), json!(""), json!(["1"]), json!({}), json!("x".repeat(257)), json!("x".repeat(100_000))]
    {
        rows.push((json!({"type": "complete", "id": id}), "`id`"));
        let mut message = subscribe.clone();
        message["id"] = id;
        rows.push((message, "`id`"));
    }
    for member in ["id", "payload"] {
        let mut message = subscribe.clone();
        message.as_object_mut().unwrap().remove(member);
        rows.push((message, member));
    }
    for (payload, expected) in [
        (json!(null), "`payload`"),
        (json!(1), "`payload`"),
        (json!("{ __typename }"), "`payload`"),
        (json!([{"query": "{ __typename }"}]), "`payload`"),
        (json!({}), "`query`"),
        (json!({"query": null}), "`query`"),
        (json!({"query": 1}), "`query`"),
        (json!({"query": {}}), "`query`"),
        (json!({"documentId": 1}), "`documentId`"),
        (json!({"query": "{ a }", "operationName": 1}), "`operationName`"),
        (json!({"query": "{ a }", "operationName": {}}), "`operationName`"),
        (json!({"query": "{ a }", "variables": "{}"}), "`variables`"),
        (json!({"query": "{ a }", "variables": []}), "`variables`"),
        (json!({"query": "{ a }", "extensions": 1}), "`extensions`"),
        (persisted(json!(1)), "persistedQuery"),
        (persisted(json!({"version": 2, "sha256Hash": "x"})), "version"),
        (persisted(json!({"version": 1, "sha256Hash": 1})), "`sha256Hash`"),
        (persisted(json!({"version": 1})), "`query`"),
    ] {
        let mut message = subscribe.clone();
        message["payload"] = payload;
        rows.push((message, expected));
    }
    let rows: Vec<_> = rows.into_iter().map(|(message, expected)| (message.to_string(), expected)).collect();
    assert_invalid(&app, &rows).await;
}

#[tokio::test]
async fn before_the_init_a_malformed_message_is_4400_too() {
    let app = App::start().await;
    for message in ["", "[]", "{\"type\": \"connection_init\", \"payload\": 1}", "{\"type\": \"subscribe\"}"] {
        let mut socket = Socket::open(&app).await;
        socket.send_text(message).await;
        assert_eq!(socket.code().await, 4400, "{message}");
    }
}

#[tokio::test]
async fn a_binary_message_is_4400() {
    let app = App::start().await;
    for payload in ["", "{\"type\": \"ping\"}"] {
        let mut socket = Socket::anonymous(&app).await;
        socket.send_raw(Message::binary(payload)).await;
        assert_eq!(socket.closed().await, (4400, "messages are text".to_owned()));
    }
}

#[tokio::test]
async fn unknown_members_are_ignored_and_nulls_are_absent() {
    let app = App::start().await;
    let mut socket = Socket::anonymous(&app).await;
    let payload = json!({"query": "{ __typename }", "variables": null, "operationName": null, "extensions": null,
        "documentId": null, "more": {"a": [1]}});
    socket.send(json!({"type": "subscribe", "id": "1", "payload": payload, "more": 1})).await;
    assert_eq!(socket.result("1").await, json!({"data": {"__typename": "Query"}}));
    assert_eq!(socket.receive().await["type"], "complete");
    socket.send_text("{\"type\": \"pong\", \"type\": \"ping\"}").await;
    assert_eq!(socket.receive().await, json!({"type": "pong"}), "the last of two members counts");
}
