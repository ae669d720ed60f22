//! Limits password guessing: failed log-ins are counted per pair of account and client network, so that a guesser cannot
//! lock the owner out. A pair is stored as one instant, as in the chassis' rate limits. Memory is bounded, per process.

use std::{net::IpAddr, time::Duration};

use axum::http::StatusCode;
use chassis::ApiError;
use contract::{Clock, Time};
use moka::{ops::compute::Op, policy::EvictionPolicy, sync::Cache};
use sha2::{Digest, Sha256};

/// Failures in a row before a pair must wait.
const FREE: u32 = 10;
/// The time in which one failure expires.
const FORGIVEN_EVERY: Duration = Duration::from_secs(60);
/// The most pairs in memory. Evicting one takes as many failures of other pairs, each of which costs a hash.
const MAX_PAIRS: u64 = 100_000;

/// An account and the network of a client.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Pair([u8; 32]);

/// The failures of each pair, as the instant at which all have expired.
pub(crate) struct Guesses {
    forgiven_at: Cache<Pair, Time>,
    clock: Clock,
}

impl Pair {
    /// `account` is the address in the request; it need not exist.
    pub(crate) fn new(account: &str, network: IpAddr) -> Self {
        let digest = Sha256::new().chain_update(network.to_string()).chain_update([0]).chain_update(account);
        Self(digest.finalize().into())
    }
}

impl Guesses {
    pub(crate) fn new(clock: Clock) -> Self {
        let forgiven_at = Cache::builder()
            .max_capacity(MAX_PAIRS)
            // A new pair is always admitted; an older one is evicted.
            .eviction_policy(EvictionPolicy::lru())
            .time_to_idle(FORGIVEN_EVERY * FREE)
            .build();
        Self { forgiven_at, clock }
    }

    /// 429 while too many failures have not expired.
    pub(crate) fn check(&self, pair: Pair) -> Result<(), ApiError> {
        let Some(forgiven_at) = self.forgiven_at.get(&pair) else { return Ok(()) };
        let after_one_more = forgiven_at.since(self.clock.now()) + FORGIVEN_EVERY;
        let wait = after_one_more.saturating_sub(FORGIVEN_EVERY * FREE);
        if wait.is_zero() {
            return Ok(());
        }
        let (status, code) = (StatusCode::TOO_MANY_REQUESTS, "RATE_LIMITED");
        Err(ApiError::new(status, code, "too many failed log-ins to this account").retry_after(wait))
    }

    /// Counts a failure.
    pub(crate) fn failed(&self, pair: Pair) {
        let now = self.clock.now();
        self.forgiven_at.entry(pair).and_compute_with(|known| {
            let from = known.map_or(now, |known| known.into_value().max(now));
            Op::Put(from.plus(FORGIVEN_EVERY))
        });
    }

    /// Deletes the failures of a pair.
    pub(crate) fn succeeded(&self, pair: Pair) {
        self.forgiven_at.invalidate(&pair);
    }
}
