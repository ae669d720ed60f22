//! The wall clock that all code reads. In production it is the machine's; in tests it stands still until it is advanced.
//! In: nothing. Out: the current time.

use std::{
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use crate::time::{Time, millis};

/// A source of the current time. Cheap to clone; clones of a fixed clock move together.
#[derive(Clone, Debug)]
pub struct Clock(Source);

#[derive(Clone, Debug)]
enum Source {
    System,
    Fixed(Arc<AtomicI64>),
}

impl Clock {
    /// The machine's clock.
    pub const fn system() -> Self {
        Self(Source::System)
    }

    /// A clock that stands at `time` until it is advanced.
    pub fn fixed(time: Time) -> Self {
        Self(Source::Fixed(Arc::new(AtomicI64::new(time.as_millis()))))
    }

    /// The current time.
    pub fn now(&self) -> Time {
        match &self.0 {
            Source::System => Time::from_millis(system_millis()),
            Source::Fixed(millis) => Time::from_millis(millis.load(Ordering::SeqCst)),
        }
    }

    /// Advances a fixed clock; the machine's clock is not changed.
    pub fn advance(&self, duration: Duration) {
        if let Source::Fixed(now) = &self.0 {
            now.fetch_add(millis(duration), Ordering::SeqCst);
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "all other code reads this clock")]
fn system_millis() -> i64 {
    jiff::Timestamp::now().as_millisecond()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fixed_clock_moves_only_when_told() {
        let clock = Clock::fixed(Time::from_millis(1_000));
        let twin = clock.clone();
        clock.advance(Duration::from_secs(2));
        assert_eq!(twin.now(), Time::from_millis(3_000));
    }
}
