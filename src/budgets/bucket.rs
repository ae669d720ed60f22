//! A token bucket. In: cost that is charged and refunded, and when. Out: whether the bucket had enough, and what remains.

use std::time::Duration;

use contract::rate_limit::Allowance;
use tokio::time::Instant;

use super::BudgetSettings;

/// A bucket, and when it was last refilled.
#[derive(Debug)]
pub(super) struct Bucket {
    level: f64,
    at: Instant,
}

impl Bucket {
    pub(super) fn full(settings: BudgetSettings, now: Instant) -> Self {
        Self { level: settings.capacity as f64, at: now }
    }

    /// Charges that cost, if the bucket has enough.
    pub(super) fn take(&mut self, settings: BudgetSettings, cost: u64, now: Instant) -> bool {
        let filled = now.saturating_duration_since(self.at).as_secs_f64() * settings.per_second as f64;
        self.level = (self.level + filled).min(settings.capacity as f64);
        self.at = now;
        let enough = self.level >= cost as f64;
        if enough {
            self.level -= cost as f64;
        }
        enough
    }

    /// Replaces an estimate, which was charged, by the actual cost.
    pub(super) fn correct(&mut self, settings: BudgetSettings, estimate: u64, actual: u64) {
        self.level = (self.level + estimate as f64 - actual as f64).clamp(0.0, settings.capacity as f64);
    }

    /// The state of the bucket, for `X-RateLimit-…` headers.
    pub(super) fn allowance(&self, settings: BudgetSettings) -> Allowance {
        Allowance {
            limit: settings.capacity,
            remaining: self.level as u64,
            reset: self.until(settings, settings.capacity),
        }
    }

    /// Time until the bucket has reached that level.
    pub(super) fn until(&self, settings: BudgetSettings, level: u64) -> Duration {
        Duration::from_secs_f64(((level as f64 - self.level) / settings.per_second as f64).clamp(0.0, 86_400.0))
    }
}

#[cfg(test)]
mod tests {
    use super::{super::Mode, *};

    const SIZE: BudgetSettings = BudgetSettings { mode: Mode::Enforce, capacity: 100, per_second: 10 };

    #[test]
    fn a_bucket_empties_and_fills() {
        let start = Instant::now();
        let mut bucket = Bucket::full(SIZE, start);
        assert!(bucket.take(SIZE, 60, start) && !bucket.take(SIZE, 60, start));
        assert_eq!(bucket.allowance(SIZE), Allowance { limit: 100, remaining: 40, reset: Duration::from_secs(6) });
        assert_eq!(bucket.until(SIZE, 60), Duration::from_secs(2));
        assert!(!bucket.take(SIZE, 60, start + Duration::from_millis(1_900)));
        assert!(bucket.take(SIZE, 60, start + Duration::from_secs(2)));
        assert!(bucket.take(SIZE, 100, start + Duration::from_secs(1_000)), "never fuller than full");
        assert!(!bucket.take(SIZE, 1, start + Duration::from_secs(1_000)));
    }

    #[test]
    fn an_estimate_is_corrected_by_the_actual_cost() {
        let start = Instant::now();
        let mut bucket = Bucket::full(SIZE, start);
        assert!(bucket.take(SIZE, 60, start));
        bucket.correct(SIZE, 60, 10);
        assert_eq!(bucket.allowance(SIZE).remaining, 90);
        bucket.correct(SIZE, 0, 1_000);
        assert_eq!(bucket.allowance(SIZE).remaining, 0, "never less than nothing");
    }
}
