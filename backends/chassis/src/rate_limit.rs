//! Rate limits by token buckets, per user, else per client address, else for the BFF itself. The algorithm is GCRA (generic
//! cell rate algorithm): a bucket is stored as the instant at which it is full again. Memory is bounded.

use std::{net::IpAddr, sync::Arc, time::Duration};

use contract::{UserId, rate_limit::Allowance};
use moka::sync::Cache;
use parking_lot::Mutex;
use tokio::time::Instant;

use crate::{ApiError, caller::Caller};

/// The most buckets in memory; an evicted bucket is full again.
const MAX_CALLERS: u64 = 100_000;
/// The size of a bucket, in seconds of its rate.
const BURST_SECONDS: u32 = 4;

/// The owner of a bucket.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Bucket {
    User(UserId),
    Address(IpAddr),
    Bff,
}

/// The buckets of a service.
pub(crate) struct RateLimits {
    full_at: Cache<Bucket, Arc<Mutex<Instant>>>,
    per_caller: u32,
    of_bff: u32,
}

impl RateLimits {
    /// Limits in requests per second, per user or address and for the BFF.
    pub(crate) fn new(per_caller: u32, of_bff: u32) -> Self {
        let full_at = Cache::builder().max_capacity(MAX_CALLERS).time_to_idle(Duration::from_secs(60)).build();
        Self { full_at, per_caller: per_caller.max(1), of_bff: of_bff.max(1) }
    }

    /// Takes one token from the caller's bucket; 429 when it is empty.
    pub(crate) fn take(&self, caller: &Caller) -> Result<Allowance, ApiError> {
        let bucket = match &caller.viewer {
            Some(viewer) => Bucket::User(viewer.id()),
            None if caller.is_bff && !caller.is_named => Bucket::Bff,
            None => Bucket::Address(caller.network()),
        };
        let rate = if bucket == Bucket::Bff { self.of_bff } else { self.per_caller };
        let full_at = self.full_at.get_with(bucket, || Arc::new(Mutex::new(Instant::now())));
        let mut full_at = full_at.lock();
        take(&mut full_at, Instant::now(), rate)
    }
}

/// Takes a token from a bucket that refills at `rate` tokens per second.
fn take(full_at: &mut Instant, now: Instant, rate: u32) -> Result<Allowance, ApiError> {
    let (one, size) = (Duration::from_secs(1) / rate, rate.saturating_mul(BURST_SECONDS));
    let missing = full_at.saturating_duration_since(now) + one;
    let too_much = missing.saturating_sub(one * size);
    if !too_much.is_zero() {
        let (status, code) = (http::StatusCode::TOO_MANY_REQUESTS, "RATE_LIMITED");
        return Err(ApiError::new(status, code, "too many requests").retry_after(too_much));
    }
    *full_at = now + missing;
    let taken = u32::try_from(missing.as_nanos().div_ceil(one.as_nanos().max(1))).unwrap_or(size);
    Ok(Allowance { limit: size.into(), remaining: size.saturating_sub(taken).into(), reset: missing })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bucket_empties_and_refills() {
        let start = Instant::now();
        let mut full_at = start;
        for left in (0..8).rev() {
            assert_eq!(take(&mut full_at, start, 2).unwrap().remaining, left);
        }
        let refused = take(&mut full_at, start, 2).unwrap_err();
        assert_eq!((refused.status.as_u16(), refused.retry_after), (429, Some(Duration::from_millis(500))));
        assert_eq!(take(&mut full_at, start + Duration::from_millis(500), 2).unwrap().remaining, 0);
        assert_eq!(take(&mut full_at, start + Duration::from_secs(60), 2).unwrap().remaining, 7);
    }
}
