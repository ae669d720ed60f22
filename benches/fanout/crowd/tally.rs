//! What all subscribers have received since the last report: how many messages, how long after the change, and for each change when
//! the last subscriber had it.

use std::{
    collections::HashMap,
    time::{Duration, SystemTime},
};

use parking_lot::Mutex;
use serde::{Deserialize, Serialize};
use tokio::{sync::Notify, time::timeout};

/// Counts messages.
#[derive(Default)]
pub struct Tally {
    state: Mutex<State>,
    changed: Notify,
}

#[derive(Default)]
struct State {
    /// Microseconds from the change to each message.
    latencies: Vec<u32>,
    /// By the time of the change: until the last subscriber had it.
    last: HashMap<u64, u32>,
    /// The first and the last message, in nanoseconds since 1970.
    span: Option<(u64, u64)>,
    broken: usize,
    wanted: usize,
}

/// What was received.
#[derive(Serialize, Deserialize, Clone, Debug)]
pub struct Report {
    /// Messages.
    pub deliveries: usize,
    /// Changes.
    pub changes: usize,
    /// Median of the time from the change to a message, in milliseconds.
    pub p50_ms: f64,
    /// 99th percentile of the same.
    pub p99_ms: f64,
    /// 99th percentile of the time from the change until its last subscriber had it, in milliseconds.
    pub last_p99_ms: f64,
    /// From the first message to the last one, in milliseconds.
    pub span_ms: f64,
    /// When the last message came, in nanoseconds since 1970.
    pub ended_at: u64,
    /// Connections that ended without an order.
    pub broken: usize,
}

/// Nanoseconds since 1970: all processes of the benchmark share this clock.
#[expect(clippy::disallowed_methods, reason = "finer than a millisecond")]
pub fn now() -> u64 {
    SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap().as_nanos() as u64
}

impl Tally {
    /// A message came.
    pub fn received(&self, changed_at: u64, now: u64) {
        let mut state = self.state.lock();
        let latency = u32::try_from(now.saturating_sub(changed_at) / 1_000).unwrap_or(u32::MAX);
        state.latencies.push(latency);
        let last = state.last.entry(changed_at).or_default();
        *last = latency.max(*last);
        let first = state.span.map_or(now, |(first, _)| first);
        state.span = Some((first, now));
        if state.latencies.len() == state.wanted {
            self.changed.notify_one();
        }
    }

    /// A connection ended.
    pub fn broke(&self) {
        self.state.lock().broken += 1;
    }

    /// What was received, once it is that many messages, or the time is over. Counting begins anew.
    pub async fn report(&self, deliveries: usize, within: Duration) -> Report {
        let is_complete = {
            let mut state = self.state.lock();
            state.wanted = deliveries;
            state.latencies.len() >= deliveries
        };
        if !is_complete {
            // Too few are seen in the report.
            let _ = timeout(within, self.changed.notified()).await;
        }
        let State { mut latencies, last, span, broken, .. } = std::mem::take(&mut *self.state.lock());
        let mut last: Vec<u32> = last.into_values().collect();
        latencies.sort_unstable();
        last.sort_unstable();
        let (first, ended_at) = span.unwrap_or_default();
        Report {
            deliveries: latencies.len(),
            changes: last.len(),
            p50_ms: quantile(&latencies, 50),
            p99_ms: quantile(&latencies, 99),
            last_p99_ms: quantile(&last, 99),
            span_ms: (ended_at - first) as f64 / 1e6,
            ended_at,
            broken,
        }
    }
}

/// A percentile of sorted microseconds, in milliseconds.
fn quantile(sorted: &[u32], percent: usize) -> f64 {
    let place = (sorted.len() * percent).div_ceil(100).saturating_sub(1);
    sorted.get(place).map_or(0.0, |micros| f64::from(*micros) / 1e3)
}
