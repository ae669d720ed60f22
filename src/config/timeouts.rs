//! `[timeouts]`: a request's timeout contains those of its calls, and a call's that of its connection.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::settings::Milliseconds;

/// Ten minutes in milliseconds.
const TEN_MINUTES: u64 = 600_000;

/// `[timeouts]`
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Timeouts {
    /// Connecting to a service.
    #[serde(rename = "connect_ms", with = "Milliseconds::<1, TEN_MINUTES>")]
    pub connect: Duration,
    /// One call to a service, connecting included.
    #[serde(rename = "call_ms", with = "Milliseconds::<1, TEN_MINUTES>")]
    pub call: Duration,
    /// A whole request.
    #[serde(rename = "request_ms", with = "Milliseconds::<1, TEN_MINUTES>")]
    pub request: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            connect: Duration::from_millis(250),
            call: Duration::from_millis(1_000),
            request: Duration::from_millis(5_000),
        }
    }
}
