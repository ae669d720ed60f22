//! Log-ins that failed, counted per account and client address together: who guesses is stopped, and nobody can lock
//! anybody else out. Kept as in the chassis' rate limits: one instant a pair. Bounded memory, per instance of the service.

use std::{net::IpAddr, time::Duration};

use axum::http::StatusCode;
use chassis::ApiError;
use contract::{Clock, Time};
use moka::{ops::compute::Op, policy::EvictionPolicy, sync::Cache};
use sha2::{Digest, Sha256};

/// Failures in a row before one has to wait.
const FREE: u32 = 10;
/// From then on one is forgiven in that time.
const FORGIVEN_EVERY: Duration = Duration::from_secs(60);
/// Pairs remembered at most. To have one forgotten takes as many failures elsewhere, each of which costs a hash.
const MAX_PAIRS: u64 = 100_000;

/// Who guesses at whose password.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Pair([u8; 32]);

/// The failures of each pair, as the instant at which all are forgiven.
pub(crate) struct Guesses {
    forgiven_at: Cache<Pair, Time>,
    clock: Clock,
}

impl Pair {
    /// `account` is what the caller says, whether or not there is one.
    pub(crate) fn new(account: &str, network: IpAddr) -> Self {
        let digest = Sha256::new().chain_update(network.to_string()).chain_update([0]).chain_update(account);
        Self(digest.finalize().into())
    }
}

impl Guesses {
    pub(crate) fn new(clock: Clock) -> Self {
        let forgiven_at = Cache::builder()
            .max_capacity(MAX_PAIRS)
            // A new pair is never turned away in favour of older ones.
            .eviction_policy(EvictionPolicy::lru())
            .time_to_idle(FORGIVEN_EVERY * FREE)
            .build();
        Self { forgiven_at, clock }
    }

    /// 429 while too many failures are not forgiven yet.
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

    /// One more failure.
    pub(crate) fn failed(&self, pair: Pair) {
        let now = self.clock.now();
        self.forgiven_at.entry(pair).and_compute_with(|known| {
            let from = known.map_or(now, |known| known.into_value().max(now));
            Op::Put(from.plus(FORGIVEN_EVERY))
        });
    }

    /// It was no guess.
    pub(crate) fn succeeded(&self, pair: Pair) {
        self.forgiven_at.invalidate(&pair);
    }
}
