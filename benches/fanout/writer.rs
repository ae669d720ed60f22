//! Steady changes: comments whose text is the time at which they are sent. In: topics, a rate. Out: when the last one was answered.

use std::time::{Duration, Instant};

use bytes::Bytes;
use serde_json::json;
use tokio::{task::JoinSet, time::sleep_until};

use crate::{crowd, deployment::Target};

/// Connections, and so changes under way.
const CONNECTIONS: usize = 32;

/// What is written.
#[derive(Clone, Copy)]
pub struct Changes {
    /// How many.
    pub count: usize,
    /// How many a second.
    pub per_second: usize,
    /// Bytes of each text besides the time.
    pub padding: usize,
}

/// Writes to the topics in turn; returns how long it took.
pub async fn write(topics: &[Target], changes: Changes) -> Duration {
    let Changes { count, per_second, padding } = changes;
    let (began, pause) = (Instant::now(), Duration::from_secs(1) / per_second as u32);
    let mut writers = JoinSet::new();
    for number in 0..CONNECTIONS.min(count) {
        let targets: Vec<Target> = topics.to_vec();
        writers.spawn(async move {
            let mut connection = targets[0].connect().await;
            for change in (number..count).step_by(CONNECTIONS) {
                sleep_until((began + pause * change as u32).into()).await;
                let text = format!("{} {}", crowd::now(), "x".repeat(padding));
                let body = Some(Bytes::from(json!({"body": text.trim_end()}).to_string()));
                let target = Target { body, ..targets[change % targets.len()].clone() };
                target.exchange(&mut connection).await;
            }
        });
    }
    writers.join_all().await;
    began.elapsed()
}
