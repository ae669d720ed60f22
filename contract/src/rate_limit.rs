//! The rate-limit headers of a response: `X-RateLimit-Limit`, `-Remaining`, `-Reset` (seconds until full).
//! In: the state of a bucket. Out: the three headers; times are whole seconds, rounded up.

use std::time::Duration;

use http::{HeaderMap, HeaderName};

const LIMIT: HeaderName = HeaderName::from_static("x-ratelimit-limit");
const REMAINING: HeaderName = HeaderName::from_static("x-ratelimit-remaining");
const RESET: HeaderName = HeaderName::from_static("x-ratelimit-reset");

/// The state of a bucket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Allowance {
    /// The size of the bucket.
    pub limit: u64,
    /// The remaining tokens.
    pub remaining: u64,
    /// The time until it is full.
    pub reset: Duration,
}

impl Allowance {
    /// Writes the headers of a response.
    pub fn write(&self, headers: &mut HeaderMap) {
        headers.insert(LIMIT, self.limit.into());
        headers.insert(REMAINING, self.remaining.into());
        headers.insert(RESET, seconds(self.reset).into());
    }
}

/// Whole seconds, rounded up: for these headers and for `Retry-After`.
pub fn seconds(time: Duration) -> u64 {
    time.as_secs() + u64::from(time.subsec_nanos() > 0)
}
