//! Live updates through the edges of `deploy/cdn/`: an event is there at once, nothing of a stream is kept, and a subscription goes
//! on over a restart of the BFF behind the edge.

use std::time::{Duration, Instant};

use serde_json::json;

use super::stage::{Ending, Script, Stage};
use super::{INVALID, stays};
use crate::cdn::edge::Edge;

/// From an event to the client.
const AT_ONCE: Duration = Duration::from_secs(1);
/// A client and a transport.
const CLIENTS: [(&str, &str); 5] = [
    ("live-plain.mjs", "ws"),
    ("live-plain.mjs", "sse"),
    ("live-plain.mjs", "sse-get"),
    ("live-apollo.mjs", "multipart"),
    ("live-urql.mjs", "fetch"),
];

async fn events_are_there_at_once(edge: Edge, stage: &Stage) {
    for (name, over) in CLIENTS {
        // Two with the same request: neither gets what was kept of the other.
        let after = stage.position();
        let world = json!({"over": over, "after": after});
        let mut scripts = [Script::run(name, &edge.address, &world), Script::run(name, &edge.address, &world)];
        for script in &mut scripts {
            assert_eq!(script.says("refused").await, INVALID, "{} {over}", edge.name);
        }
        let first = stage.publish_all(0..1);
        for script in &mut scripts {
            script.gets(&first).await;
        }
        // Of several events, so that a busy machine does not matter: what is held back comes never.
        let mut fastest = Duration::MAX;
        for number in 1..5 {
            let (begun, post) = (Instant::now(), stage.publish(number));
            for script in &mut scripts {
                script.gets(std::slice::from_ref(&post)).await;
            }
            fastest = fastest.min(begun.elapsed());
        }
        assert!(fastest < AT_ONCE, "{} {over}: {fastest:?}", edge.name);
        assert_eq!(edge.stored().await, 0, "{} {over}", edge.name);
    }
}

#[tokio::test]
async fn through_nginx_an_event_is_there_at_once_and_nothing_is_kept() {
    let stage = Stage::start().await;
    events_are_there_at_once(Edge::nginx(stage.address()).await, &stage).await;
}

#[tokio::test]
async fn through_varnish_an_event_is_there_at_once_and_nothing_is_kept() {
    let stage = Stage::start().await;
    events_are_there_at_once(Edge::varnish(stage.address()).await, &stage).await;
}

#[tokio::test]
async fn subscriptions_through_an_edge_resume_over_restarts_behind_it() {
    let mut stage = Stage::start().await;
    for edge in [Edge::nginx(stage.address()).await, Edge::varnish(stage.address()).await] {
        for (name, over, ending) in [
            ("live-plain.mjs", "ws", Ending::Drain),
            ("live-plain.mjs", "sse", Ending::Kill),
            ("live-apollo.mjs", "multipart", Ending::Drain),
        ] {
            let world = json!({"resumes": true, "isQuiet": true, "over": over, "after": stage.position()});
            let mut script = Script::run(name, &edge.address, &world);
            stays(&mut stage, &mut script, ending).await;
        }
    }
}

#[tokio::test]
async fn a_query_that_names_stream_types_as_well_is_kept_as_any() {
    let stage = Stage::start().await;
    for edge in [Edge::nginx(stage.address()).await, Edge::varnish(stage.address()).await] {
        let accept = "application/graphql-response+json, application/json, text/event-stream, multipart/mixed";
        let get = || edge.client.get(&[("query", "{ posts(first: 2) { nodes { title } } }")]).header("accept", accept);
        let answers = [crate::cdn::is_hit_of(get()).await, crate::cdn::is_hit_of(get()).await];
        assert_eq!(answers, [false, true], "{}", edge.name);
    }
}
