//! One token bucket. In: what is taken and given back, and when. Out: whether there was enough, and what is left.

use std::time::Duration;

use contract::rate_limit::Allowance;
use tokio::time::Instant;

/// How much buckets hold, and how fast they fill.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Size {
    pub(super) capacity: u64,
    pub(super) per_second: u64,
}

/// A bucket and when it was last looked at.
#[derive(Debug)]
pub(super) struct Bucket {
    level: f64,
    at: Instant,
}

impl Bucket {
    pub(super) fn full(size: Size, now: Instant) -> Self {
        Self { level: size.capacity as f64, at: now }
    }

    /// Takes that much, if there is that much.
    pub(super) fn take(&mut self, size: Size, cost: u64, now: Instant) -> bool {
        let filled = now.saturating_duration_since(self.at).as_secs_f64() * size.per_second as f64;
        self.level = (self.level + filled).min(size.capacity as f64);
        self.at = now;
        let enough = self.level >= cost as f64;
        if enough {
            self.level -= cost as f64;
        }
        enough
    }

    /// Puts an actual cost in the place of an estimate.
    pub(super) fn correct(&mut self, size: Size, estimate: u64, actual: u64) {
        self.level = (self.level + estimate as f64 - actual as f64).clamp(0.0, size.capacity as f64);
    }

    /// What is left.
    pub(super) fn allowance(&self, size: Size) -> Allowance {
        Allowance { limit: size.capacity, remaining: self.level as u64, reset: self.until(size, size.capacity) }
    }

    /// How long until there is that much in it.
    pub(super) fn until(&self, size: Size, level: u64) -> Duration {
        Duration::from_secs_f64(((level as f64 - self.level) / size.per_second as f64).clamp(0.0, 86_400.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIZE: Size = Size { capacity: 100, per_second: 10 };

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
