//! Budgets of cost over time: a token bucket for each user, and for each network of anonymous clients.
//!
//! In: the payer and the estimated cost of an operation. Out: a [`Charge`], which is settled with the actual cost, or the time
//! to wait. In memory, bounded.

mod bucket;

use std::{net::IpAddr, sync::Arc, time::Duration};

use contract::{UserId, rate_limit::Allowance};
use moka::sync::Cache;
use parking_lot::Mutex;
use serde::{Deserialize, Serialize};
use tokio::time::Instant;

use crate::settings::{Between, UNBOUNDED};
use bucket::Bucket;

/// Buckets in memory at most. A caller without a bucket has a full budget.
const MAX_PAYERS: u64 = 100_000;

/// `[budgets]`
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct BudgetSettings {
    /// Whether an exhausted budget refuses operations.
    pub mode: Mode,
    /// Cost that a full bucket holds.
    pub capacity: u64,
    /// Cost that is refilled per second.
    #[serde(with = "Between::<1, UNBOUNDED>")]
    pub per_second: u64,
}

/// The effect of an exhausted budget.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// The operation is refused with 429.
    Enforce,
    /// The operation is executed; its log line has `overdrawn`.
    Measure,
}

impl Default for BudgetSettings {
    fn default() -> Self {
        Self { mode: Mode::Enforce, capacity: 40_000, per_second: 4_000 }
    }
}

/// The owner of a bucket.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Payer {
    /// A signed-in user.
    User(UserId),
    /// All anonymous clients of a network (`contract::network`).
    Network(IpAddr),
}

/// The buckets of all callers.
pub(crate) struct Budgets {
    buckets: Cache<Payer, Arc<Mutex<Bucket>>>,
    settings: BudgetSettings,
}

/// An operation's estimated cost, charged to a bucket. A charge that is never settled, because the client disconnected, is
/// not refunded.
pub(crate) struct Charge {
    bucket: Arc<Mutex<Bucket>>,
    settings: BudgetSettings,
    estimate: u64,
    /// Whether the budget was exhausted, and the mode is [`Mode::Measure`].
    pub(crate) overdrawn: bool,
}

/// A budget is exhausted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Exhausted {
    /// The state of the bucket.
    pub allowance: Allowance,
    /// Time until the bucket has enough.
    pub retry_after: Duration,
}

impl Budgets {
    /// Buckets with these settings, all full.
    pub(crate) fn new(settings: BudgetSettings) -> Self {
        let BudgetSettings { capacity, per_second, .. } = settings;
        // A bucket that was not charged for the time that it takes to fill is full.
        let full_after = Duration::from_secs(capacity.div_ceil(per_second.max(1)).clamp(1, 86_400));
        let buckets = Cache::builder().max_capacity(MAX_PAYERS).time_to_idle(full_after).build();
        Self { buckets, settings }
    }

    /// Charges `estimate` to the payer's bucket.
    ///
    /// # Errors
    /// The budget is exhausted, and the mode is [`Mode::Enforce`].
    pub(crate) fn charge(&self, payer: Payer, estimate: u64) -> Result<Charge, Exhausted> {
        let now = Instant::now();
        let settings = self.settings;
        let bucket = self.buckets.get_with(payer, || Arc::new(Mutex::new(Bucket::full(settings, now))));
        let enough = bucket.lock().take(settings, estimate, now);
        if !enough && settings.mode == Mode::Enforce {
            let bucket = bucket.lock();
            return Err(Exhausted {
                allowance: bucket.allowance(settings),
                retry_after: bucket.until(settings, estimate),
            });
        }
        Ok(Charge { settings, estimate, overdrawn: !enough, bucket })
    }
}

impl Charge {
    /// Replaces the estimate by the actual cost.
    pub(crate) fn settle(self, actual: u64) -> Allowance {
        let mut bucket = self.bucket.lock();
        if !self.overdrawn {
            bucket.correct(self.settings, self.estimate, actual);
        }
        bucket.allowance(self.settings)
    }
}
