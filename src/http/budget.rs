//! What a caller may still spend, as headers: `X-RateLimit-Limit`, `-Remaining`, `-Reset` (seconds until full).

use std::time::Duration;

use http::{HeaderMap, HeaderName};

use crate::budgets::Allowance;

const LIMIT: HeaderName = HeaderName::from_static("x-ratelimit-limit");
const REMAINING: HeaderName = HeaderName::from_static("x-ratelimit-remaining");
const RESET: HeaderName = HeaderName::from_static("x-ratelimit-reset");

/// Writes them.
pub fn write(headers: &mut HeaderMap, allowance: &Allowance) {
    headers.insert(LIMIT, allowance.limit.into());
    headers.insert(REMAINING, allowance.remaining.into());
    headers.insert(RESET, seconds(allowance.reset).into());
}

/// Whole seconds, rounded up.
pub fn seconds(time: Duration) -> u64 {
    time.as_secs() + u64::from(time.subsec_nanos() > 0)
}
