//! What an idle socket keeps of the large messages that it has sent and received: nothing.

use harness::stub::Services;
use harness::town::Sizes;
use serde_json::json;
use tokio::net::TcpStream;

use super::raw::{Raw, TEXT, frame};
use crate::binary::Program;

/// After these the allocator has what it keeps for large messages in general.
const FIRST: usize = 30;
const SOCKETS: usize = 150;

#[tokio::test]
async fn a_socket_keeps_no_buffer_as_large_as_its_largest_message() {
    let services = Services::start(Sizes::default()).await;
    let program = Program::serve(&services, &[("TESSERA__BUDGETS__MODE", "measure")]).await;
    let mut sockets = Vec::new();
    for _ in 0..SOCKETS {
        sockets.push(Raw::acknowledged_on(TcpStream::connect(&program.address).await.unwrap()).await);
    }
    let mut before = 0;
    let ping = json!({"type": "ping", "payload": {"a": "x".repeat(200_000)}}).to_string();
    for (number, socket) in sockets.iter_mut().enumerate() {
        if number == FIRST {
            before = program.resident_bytes();
        }
        socket.send(&frame(TEXT, ping.as_bytes())).await;
        let pong = socket.message().await;
        assert_eq!((&pong["type"], pong["payload"]["a"].as_str().unwrap().len()), (&json!("pong"), 200_000));
    }
    let grown = program.resident_bytes().saturating_sub(before);
    assert!(grown < 8 * 1024 * 1024, "{grown} bytes for {} sockets", SOCKETS - FIRST);
}
