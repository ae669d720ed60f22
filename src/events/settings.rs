//! `[events]`: live updates: how much is kept in memory, and what one client may have.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::settings::{Between, Seconds, UNBOUNDED};

/// One day in seconds.
const DAY: u64 = 86_400;

/// `[events]`
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct EventSettings {
    /// Bytes of the newest events kept in memory. Older events are read from the services.
    #[serde(with = "Between::<65_536, UNBOUNDED>")]
    pub log_bytes: usize,
    /// Events executed concurrently, apart from `http.max_running`.
    #[serde(with = "Between::<1, UNBOUNDED>")]
    pub max_running: usize,
    /// Lifetime of a WebSocket or stream; the client connects again and resumes.
    #[serde(rename = "lifetime_seconds", with = "Seconds::<1, { 30 * DAY }>")]
    pub lifetime: Duration,
    /// WebSockets. Exceeding it: 503.
    #[serde(with = "Between::<1, UNBOUNDED>")]
    pub max_sockets: usize,
    /// WebSockets and streams of one signed-in user. Exceeding it: close code 1013, or the end of the stream.
    #[serde(with = "Between::<1, UNBOUNDED>")]
    pub max_per_viewer: usize,
    /// WebSockets and streams from one network. Exceeding it: 429.
    #[serde(with = "Between::<1, UNBOUNDED>")]
    pub max_per_network: usize,
    /// Operations running on one WebSocket. Exceeding it: the error `TOO_MANY_SUBSCRIPTIONS`.
    #[serde(with = "Between::<1, UNBOUNDED>")]
    pub max_per_socket: usize,
    /// Operations begun per second on one WebSocket, with ten seconds' worth at once. Exceeding it: `RATE_LIMITED`.
    #[serde(with = "Between::<1, UNBOUNDED>")]
    pub subscribes_per_second: usize,
}

impl Default for EventSettings {
    fn default() -> Self {
        Self {
            log_bytes: 64 * 1024 * 1024,
            max_running: 1_000,
            lifetime: Duration::from_secs(DAY),
            max_sockets: 10_000,
            max_per_viewer: 100,
            max_per_network: 1_000,
            max_per_socket: 100,
            subscribes_per_second: 20,
        }
    }
}
