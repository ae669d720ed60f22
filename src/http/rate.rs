//! A rate on one connection: a token bucket that holds ten seconds' worth. In: what happens. Out: whether it may, and when.

use std::time::Duration;

use tokio::time::Instant;

/// Seconds' worth that may happen at once.
const BURST_SECONDS: u32 = 10;

/// How often something may happen.
pub(super) struct Rate {
    interval: Duration,
    /// When the bucket is full again.
    full_at: Instant,
}

impl Rate {
    /// At most `per_second` on average.
    pub(super) fn new(per_second: usize) -> Self {
        let per_second = u32::try_from(per_second).unwrap_or(u32::MAX).max(1);
        Self { interval: Duration::from_secs(1) / per_second, full_at: Instant::now() }
    }

    /// Takes a token; `false` if there is none.
    pub(super) fn take(&mut self) -> bool {
        let may = self.ready_at() <= Instant::now();
        if may {
            self.full_at = self.full_at.max(Instant::now()) + self.interval;
        }
        may
    }

    /// When there is a token.
    pub(super) fn ready_at(&self) -> Instant {
        let burst = Duration::from_secs(BURST_SECONDS.into()).saturating_sub(self.interval);
        self.full_at.checked_sub(burst).unwrap_or_else(Instant::now)
    }
}
