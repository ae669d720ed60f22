//! Frames as bytes (RFC 6455, section 5): what a WebSocket library of a client would never send.

use serde_json::json;
use tessera::config::Config;

use super::raw::{CLOSE, PING, Raw, TEXT, frame, unmasked};
use super::{Socket, until};
use crate::app::App;
use harness::stub::Services;
use harness::town::Sizes;

const MESSAGE: &[u8] = br#"{"type":"ping","payload":{"a":"b"}}"#;
/// Largest message of the BFF in these tests.
const LIMIT: usize = 10_000;

async fn app() -> App {
    let adjust = |config: &mut Config| config.http.max_body_bytes = LIMIT;
    App::with(Services::start(Sizes::default()).await, adjust).await
}

/// A ping message of that many bytes.
fn sized(bytes: usize) -> Vec<u8> {
    let empty = json!({"type": "ping", "payload": {"a": ""}}).to_string().len();
    json!({"type": "ping", "payload": {"a": "x".repeat(bytes - empty)}}).to_string().into_bytes()
}

async fn assert_pong(raw: &mut Raw) {
    assert_eq!(raw.message().await["type"], "pong");
}

#[tokio::test]
async fn a_message_may_come_in_fragments_with_control_frames_between() {
    let app = app().await;
    let mut raw = Raw::acknowledged(&app).await;
    let (first, rest) = MESSAGE.split_at(10);
    raw.send(&frame(0x01, first)).await;
    raw.send(&frame(PING, b"between")).await;
    assert_eq!(raw.next().await, Some((0x8a, b"between".to_vec())));
    for byte in &rest[..rest.len() - 1] {
        raw.send(&frame(0x00, &[*byte])).await;
    }
    raw.send(&frame(0x00, b"")).await;
    raw.send(&frame(0x80, &rest[rest.len() - 1..])).await;
    assert_pong(&mut raw).await;
    // A character that is cut in two by fragments.
    let text = json!({"type": "ping", "payload": {"a": "é"}}).to_string().into_bytes();
    let place = text.iter().position(|byte| !byte.is_ascii()).unwrap() + 1;
    raw.send(&frame(0x01, &text[..place])).await;
    raw.send(&frame(0x80, &text[place..])).await;
    assert_eq!(raw.message().await["payload"]["a"], "é");
}

#[tokio::test]
async fn bytes_may_come_one_by_one_and_messages_together() {
    let app = app().await;
    let mut raw = Raw::acknowledged(&app).await;
    for byte in frame(TEXT, MESSAGE) {
        raw.send(&[byte]).await;
        tokio::task::yield_now().await;
    }
    assert_pong(&mut raw).await;
    raw.send(&frame(TEXT, MESSAGE).repeat(50)).await;
    for _ in 0..50 {
        assert_pong(&mut raw).await;
    }
}

#[tokio::test]
async fn a_message_of_the_largest_size_is_read_and_one_byte_more_is_1009() {
    let app = app().await;
    let mut raw = Raw::acknowledged(&app).await;
    raw.send(&frame(TEXT, &sized(LIMIT))).await;
    assert_pong(&mut raw).await;
    let large = sized(LIMIT + 1);
    let (first, rest) = large.split_at(LIMIT / 2);
    let fragmented = [frame(0x01, first), frame(0x80, rest)].concat();
    let unfinished = [frame(0x01, first), frame(0x00, first), frame(0x00, first)].concat();
    let announced = [0x81, 0xff, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1, 2, 3, 4];
    let beyond = [0x81, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1, 2, 3, 4];
    // Much more than the sockets' buffers hold: the close frame must arrive all the same.
    let huge = frame(TEXT, &sized(8 << 20));
    for bytes in [&frame(TEXT, &large), &fragmented, &unfinished, &announced.to_vec(), &beyond.to_vec(), &huge] {
        let mut raw = Raw::acknowledged(&app).await;
        raw.send(bytes).await;
        assert_eq!(raw.code().await, Some(1009), "{} bytes", bytes.len());
    }
    app.client.run("{ __typename }").await.data();
}

#[tokio::test]
async fn a_frame_that_breaks_the_protocol_is_1002() {
    let app = app().await;
    let mut neighbour = Socket::anonymous(&app).await;
    let half = &MESSAGE[..10];
    for (name, bytes) in [
        ("no mask", unmasked(TEXT, MESSAGE)),
        ("first reserved bit", frame(0xc1, MESSAGE)),
        ("second reserved bit", frame(0xa1, MESSAGE)),
        ("third reserved bit", frame(0x91, MESSAGE)),
        ("data opcode 3", frame(0x83, MESSAGE)),
        ("data opcode 7", frame(0x87, MESSAGE)),
        ("control opcode 11", frame(0x8b, b"")),
        ("control opcode 15", frame(0x8f, b"")),
        ("a ping of 126 bytes", frame(PING, &[b'x'; 126])),
        ("a pong of 70,000 bytes", frame(0x8a, &[b'x'; 5_000])),
        ("a fragmented ping", frame(0x09, b"x")),
        ("a fragmented close", frame(0x08, b"")),
        ("a continuation of nothing", frame(0x80, MESSAGE)),
        ("a message within a message", [frame(0x01, half), frame(TEXT, MESSAGE)].concat()),
        ("a close of one byte", frame(CLOSE, &[3])),
    ] {
        let mut raw = Raw::acknowledged(&app).await;
        raw.send(&bytes).await;
        assert_eq!(raw.code().await, Some(1002), "{name}");
        neighbour.nothing_but_pong().await;
    }
}

#[tokio::test]
async fn a_text_that_is_not_utf_8_is_1007() {
    let app = app().await;
    for bytes in [
        frame(TEXT, b"{\"type\":\"ping\",\"payload\":{\"a\":\"\xff\"}}"),
        frame(TEXT, b"\xed\xa0\x80"),
        frame(TEXT, b"\xc3"),
        [frame(0x01, b"\xc3"), frame(0x80, b"x")].concat(),
    ] {
        let mut raw = Raw::acknowledged(&app).await;
        raw.send(&bytes).await;
        assert_eq!(raw.code().await, Some(1007), "{bytes:x?}");
    }
}

#[tokio::test]
async fn a_close_is_answered_with_its_code_if_it_may_be_sent() {
    let app = app().await;
    for (code, expected) in [
        (1000, 1000),
        (1001, 1001),
        (3000, 3000),
        (4400, 4400),
        (1005, 1002),
        (1006, 1002),
        (999, 1002),
        (0, 1002),
        (5000, 1002),
    ] {
        let mut raw = Raw::acknowledged(&app).await;
        raw.send(&frame(CLOSE, &u16::to_be_bytes(code))).await;
        assert_eq!(raw.code().await, Some(expected), "{code}");
        assert_eq!(raw.next().await, None, "{code}: the server closes the connection");
    }
    let mut raw = Raw::acknowledged(&app).await;
    raw.send(&frame(CLOSE, b"\x03\xe8\xff\xff")).await;
    assert_ne!(raw.code().await, None, "a reason that is not UTF-8");
}

#[tokio::test]
async fn a_client_that_hangs_up_anywhere_is_gone() {
    let app = app().await;
    let whole = frame(TEXT, MESSAGE);
    for length in [0, 1, 2, 4, 6, 10, whole.len() - 1] {
        let mut raw = Raw::acknowledged(&app).await;
        raw.send(&whole[..length]).await;
        raw.rest().await;
        let mut raw = Raw::acknowledged(&app).await;
        raw.send(&whole[..length]).await;
        drop(raw);
    }
    until(|| app.metrics.text().contains("tessera_live_connections 0\n")).await;
}
