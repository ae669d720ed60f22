//! The settings `[connections]`, their defaults, and the limits that they set.

use std::{io, time::Duration};

use serde::{Deserialize, Serialize};

/// File descriptors for everything but clients: services, files, the log.
const OWN_DESCRIPTORS: u64 = 256;

/// Limits of client connections. Times are in milliseconds.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Connections {
    /// Connections at a time; the next one waits to be accepted.
    pub max: usize,
    /// Until the head of a connection's first request is received.
    pub first_request_ms: u64,
    /// Between a response and the next request: longer than a proxy in front keeps idle connections.
    pub idle_ms: u64,
    /// Until a client reads more of a response.
    pub write_ms: u64,
}

/// How many connections there may be, and how long each may be inactive.
#[derive(Clone, Copy, Debug)]
pub struct ConnectionLimits {
    /// Connections at a time.
    pub max: usize,
    /// Timeouts of each connection.
    pub timeouts: Timeouts,
}

/// Timeouts of a connection.
#[derive(Clone, Copy, Debug)]
pub struct Timeouts {
    /// Until the head of the first request is received.
    pub first_request: Duration,
    /// Between a response and the head of the next request.
    pub idle: Duration,
    /// Until the client reads more of a response.
    pub write: Duration,
}

impl Default for Connections {
    fn default() -> Self {
        Self { max: 10_000, first_request_ms: 10_000, idle_ms: 75_000, write_ms: 30_000 }
    }
}

impl Connections {
    /// The limits; fewer connections if the system has too few file descriptors.
    ///
    /// # Errors
    /// The system does not tell how many it has.
    pub fn limits(&self) -> io::Result<ConnectionLimits> {
        let descriptors = rlimit::increase_nofile_limit(u64::MAX)?;
        let most = descriptors.saturating_sub(OWN_DESCRIPTORS).max(1);
        let most = usize::try_from(most).unwrap_or(usize::MAX);
        if self.max > most {
            tracing::warn!(descriptors, "fewer connections than connections.max: the limit of open files is low");
        }
        let timeouts = Timeouts {
            first_request: Duration::from_millis(self.first_request_ms),
            idle: Duration::from_millis(self.idle_ms),
            write: Duration::from_millis(self.write_ms),
        };
        Ok(ConnectionLimits { max: self.max.min(most), timeouts })
    }
}
