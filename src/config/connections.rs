//! How patient the front door is with clients, and whose pages may ask.

use serde::{Deserialize, Serialize};

/// How patient the front door is with clients. Times are in milliseconds.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Connections {
    /// Connections at a time; the next one waits to be accepted.
    pub max: usize,
    /// Until the head of a connection's first request is there.
    pub first_request_ms: u64,
    /// Between an answer and the next request: longer than a proxy in front keeps its connections.
    pub idle_ms: u64,
    /// Until a client takes some more of an answer.
    pub write_ms: u64,
}

/// Which pages of other origins may ask. None, unless they are listed.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Cors {
    /// Origins such as `https://app.example.com`, or `*` for all.
    pub origins: Vec<String>,
    /// Whether browsers may send what they keep for us, such as cookies of a proxy in front; not with `*`.
    pub credentials: bool,
    /// How long a browser may remember that it may, in seconds.
    pub max_age_seconds: u64,
}

impl Default for Connections {
    fn default() -> Self {
        Self { max: 10_000, first_request_ms: 10_000, idle_ms: 75_000, write_ms: 30_000 }
    }
}

impl Default for Cors {
    fn default() -> Self {
        Self { origins: Vec::new(), credentials: false, max_age_seconds: 3_600 }
    }
}
