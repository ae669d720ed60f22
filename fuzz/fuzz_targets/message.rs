//! Reads what a stranger sends over a WebSocket. What is a message must be read the same once it is written out; what is none must
//! be refused in few words, which fit into a close frame.
#![no_main]

mod same;

use libfuzzer_sys::fuzz_target;
use same::is_same;
use serde_json::{Value, json};
use tessera::{http::ClientMessage, requests::Parameters};

/// Bytes of the longest reason in a close frame (RFC 6455, section 5.5).
const MAX_REASON: usize = 123;

fuzz_target!(|input: &[u8]| {
    let Ok(text) = std::str::from_utf8(input) else { return };
    match ClientMessage::read(text) {
        Ok(read) => {
            let written = written(&read);
            match ClientMessage::read(&written.to_string()) {
                Ok(again) => assert!(is_same(&written, &self::written(&again)), "{written}"),
                Err(reason) => panic!("{reason}: {written}"),
            }
        }
        Err(reason) => assert!(!reason.is_empty() && reason.len() <= MAX_REASON, "{reason}"),
    }
});

fn written(read: &ClientMessage) -> Value {
    match read {
        ClientMessage::Init(token) => json!({"type": "connection_init", "payload": {"authorization": token}}),
        ClientMessage::Ping(payload) => {
            // A pong has the payload of its ping, but never a token.
            for name in ["authorization", "Authorization"] {
                assert!(payload.as_ref().is_none_or(|payload| payload.get(name).is_none()), "{payload:?}");
            }
            json!({"type": "ping", "payload": payload})
        }
        ClientMessage::Renewal(token) => json!({"type": "ping", "payload": {"authorization": token}}),
        ClientMessage::Pong => json!({"type": "pong"}),
        ClientMessage::Subscribe { id, parameters } => {
            json!({"type": "subscribe", "id": id, "payload": payload(parameters)})
        }
        ClientMessage::Complete(id) => json!({"type": "complete", "id": id}),
    }
}

fn payload(read: &Parameters) -> Value {
    let mut extensions = json!({"position": read.wants_position});
    if let Some(hash) = &read.automatic {
        extensions["persistedQuery"] = json!({"version": 1, "sha256Hash": hash});
    }
    let Parameters { text, id, operation_name, variables, .. } = read;
    json!({"query": text, "documentId": id, "operationName": operation_name, "variables": variables,
        "extensions": extensions})
}
