//! A light client: a fixed number of keep-alive connections, each of which sends the next request when the last answer
//! has arrived. In: a target and how long. Out: the latency of each answer, every one of which was the expected one.

use std::time::{Duration, Instant};

use tokio::task::JoinSet;

use crate::deployment::Target;

/// Connections, and so requests under way.
const CONNECTIONS: usize = 32;

/// Asks for that long; the requests under way at its end are answered and counted too.
pub async fn load(target: &Target, duration: Duration, expected_bytes: usize) -> Vec<Duration> {
    let until = Instant::now() + duration;
    let mut clients = JoinSet::new();
    for _ in 0..CONNECTIONS {
        let (target, mut connection) = (target.clone(), target.connect().await);
        clients.spawn(async move {
            let mut latencies = Vec::new();
            while Instant::now() < until {
                let started = Instant::now();
                let answer = target.exchange(&mut connection).await;
                latencies.push(started.elapsed());
                assert_eq!(answer.len(), expected_bytes, "an answer of another size than the first one");
            }
            latencies
        });
    }
    clients.join_all().await.concat()
}
