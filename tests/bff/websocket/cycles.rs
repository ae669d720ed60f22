//! Subscriptions that come and go leave nothing behind: no entries in the index, no groups, no tasks, no memory.

use std::fs;

use chassis::testing::is_long;
use serde_json::json;
use tokio::runtime::Handle;

use super::{Socket, position, until};
use crate::app::App;

/// Bytes that an allocator may keep for itself.
const SLACK: u64 = 16 << 20;

/// Resident memory of this process, in bytes.
fn resident() -> u64 {
    let text = fs::read_to_string("/proc/self/statm").unwrap();
    text.split(' ').nth(1).unwrap().parse::<u64>().unwrap() * 4_096
}

/// That many times: subscribes to the comments on a post that gets none, on a socket of its own for every hundred.
async fn cycle(app: &App, times: usize, after: &str) {
    let query = "subscription($id: ID!, $after: Cursor) { commentAdded(postId: $id, after: $after) { cursor } }";
    let ids: Vec<_> = app.services.town().posts.iter().map(|post| post.id).collect();
    for round in 0..times / 100 {
        let mut socket = Socket::anonymous(app).await;
        for place in 0..100 {
            let (id, variables) = (place.to_string(), json!({"id": ids[(round + place) % ids.len()], "after": after}));
            socket.subscribe(&id, json!({"query": query, "variables": variables})).await;
            // Half of them live before they end, the others end while they are set up.
            if place % 2 == 0 {
                socket.nothing_but_pong().await;
            }
            socket.send(json!({"type": "complete", "id": id})).await;
        }
        socket.nothing_but_pong().await;
        match round % 2 {
            0 => drop(socket.close().await),
            _ => drop(socket),
        }
    }
    until(|| {
        let text = app.metrics.text();
        ["connections", "subscribers", "groups"].iter().all(|gauge| text.contains(&format!("tessera_live_{gauge} 0\n")))
    })
    .await;
}

#[tokio::test]
async fn thousands_of_subscriptions_that_come_and_go_leave_nothing_behind() {
    let app = App::start().await;
    let after = position(&app).await;
    cycle(&app, 500, &after).await;
    let (tasks, memory) = (Handle::current().metrics().num_alive_tasks(), resident());
    let times = if is_long() { 10_000 } else { 1_000 };
    cycle(&app, times, &after).await;
    until(|| Handle::current().metrics().num_alive_tasks() <= tasks).await;
    // Beside other tests the memory of this process says nothing.
    if is_long() {
        let grown = resident().saturating_sub(memory);
        assert!(grown < SLACK, "{grown} bytes more after {times} subscriptions");
    }
}
