//! What a caller may spend over time: a token bucket of cost for each user, or for each network of anonymous clients.
//!
//! In: who pays, and what the operation may cost. Out: leave to run it, with a [`Charge`] that is settled by what it did
//! cost; or how long to wait. In memory, bounded. `charge` and `settle` are all that others know of it, and are async
//! because a store that several instances share would be asked over the network.

mod bucket;

use std::{
    net::IpAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use contract::{UserId, rate_limit::Allowance};
use moka::sync::Cache;
use tokio::time::Instant;

use bucket::{Bucket, Size};

/// Callers remembered at most; a forgotten one has a full bucket.
const MAX_PAYERS: u64 = 100_000;

/// Whose bucket.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Payer {
    /// Somebody signed in.
    User(UserId),
    /// Everybody anonymous behind a network (`contract::network`).
    Network(IpAddr),
}

/// What is done when a bucket is empty.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// The operation is refused.
    Enforce,
    /// It is run all the same, and counted.
    Measure,
}

/// The buckets of all callers.
pub struct Budgets {
    buckets: Cache<Payer, Arc<Mutex<Bucket>>>,
    size: Size,
    mode: Mode,
}

/// An operation's estimated cost, taken from a bucket. Stays taken if it is never settled: whoever hangs up pays.
pub struct Charge {
    bucket: Arc<Mutex<Bucket>>,
    size: Size,
    estimate: u64,
    /// Whether there was not enough, and it was let through to be counted.
    pub overdrawn: bool,
}

/// There is not enough in a bucket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Exhausted {
    /// What is in it.
    pub allowance: Allowance,
    /// Until there is enough.
    pub retry_after: Duration,
}

impl Budgets {
    /// Buckets of that capacity, refilled at that rate a second.
    pub fn new(capacity: u64, per_second: u64, mode: Mode) -> Self {
        let size = Size { capacity, per_second };
        // A bucket that was not touched for as long as it takes to fill is full.
        let full_after = Duration::from_secs(capacity.div_ceil(per_second.max(1)).clamp(1, 86_400));
        let buckets = Cache::builder().max_capacity(MAX_PAYERS).time_to_idle(full_after).build();
        Self { buckets, size, mode }
    }

    /// Takes `estimate` from the payer's bucket.
    ///
    /// # Errors
    /// There is not enough in it.
    pub async fn charge(&self, payer: Payer, estimate: u64) -> Result<Charge, Exhausted> {
        let now = Instant::now();
        let bucket = self.buckets.get_with(payer, || Arc::new(Mutex::new(Bucket::full(self.size, now))));
        let enough = lock(&bucket).take(self.size, estimate, now);
        if !enough && self.mode == Mode::Enforce {
            let bucket = lock(&bucket);
            return Err(Exhausted {
                allowance: bucket.allowance(self.size),
                retry_after: bucket.until(self.size, estimate),
            });
        }
        Ok(Charge { size: self.size, estimate, overdrawn: !enough, bucket })
    }
}

impl Charge {
    /// Gives back what the operation did not cost, or takes what it cost beyond the estimate.
    pub async fn settle(self, actual: u64) -> Allowance {
        let mut bucket = lock(&self.bucket);
        if !self.overdrawn {
            bucket.correct(self.size, self.estimate, actual);
        }
        bucket.allowance(self.size)
    }
}

fn lock(bucket: &Mutex<Bucket>) -> MutexGuard<'_, Bucket> {
    bucket.lock().unwrap_or_else(PoisonError::into_inner)
}
