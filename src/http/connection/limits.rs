//! `[connections]`: how many client connections there may be, and when they time out.

use std::{io, time::Duration};

use serde::{Deserialize, Serialize};

use crate::settings::{Between, Milliseconds, UNBOUNDED};

/// File descriptors for everything but clients: services, files, the log.
const OWN_DESCRIPTORS: u64 = 256;

/// One hour in milliseconds.
const HOUR: u64 = 3_600_000;

/// `[connections]`
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ConnectionLimits {
    /// Concurrent connections. Further connections wait to be accepted.
    #[serde(with = "Between::<1, UNBOUNDED>")]
    pub max: usize,
    /// Timeout of a connection's first request head.
    #[serde(rename = "first_request_ms", with = "Milliseconds::<1, HOUR>")]
    pub first_request: Duration,
    /// Timeout of the next request head after a response. Must exceed the idle timeout of a proxy in front.
    #[serde(rename = "idle_ms", with = "Milliseconds::<1, HOUR>")]
    pub idle: Duration,
    /// Timeout of a client that does not read its response.
    #[serde(rename = "write_ms", with = "Milliseconds::<1, HOUR>")]
    pub write: Duration,
}

impl Default for ConnectionLimits {
    fn default() -> Self {
        Self {
            max: 10_000,
            first_request: Duration::from_secs(10),
            idle: Duration::from_secs(75),
            write: Duration::from_secs(30),
        }
    }
}

impl ConnectionLimits {
    /// The same with fewer connections, if the process may not open enough files.
    ///
    /// # Errors
    /// The limit of open files is unknown.
    pub(crate) fn within_open_files(self) -> io::Result<Self> {
        let descriptors = rlimit::increase_nofile_limit(u64::MAX)?;
        let most = descriptors.saturating_sub(OWN_DESCRIPTORS).max(1);
        let most = usize::try_from(most).unwrap_or(usize::MAX);
        if self.max > most {
            tracing::warn!(descriptors, max = most, "the limit of open files reduces connections.max");
        }
        Ok(Self { max: self.max.min(most), ..self })
    }
}
