//! An instant as the services store it (epoch milliseconds) and as JSON shows it (RFC 3339, UTC, milliseconds). In: text,
//! milliseconds. Out: a `Copy` value between the years 0 and 9999.

use std::{fmt, str::FromStr, time::Duration};

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::text;

/// An instant in epoch milliseconds, between the years 0 and 9999; shown as `2027-01-31T08:15:30.123Z`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Time(i64);

/// 0000-01-01T00:00:00.000Z, in epoch milliseconds.
const FIRST: i64 = -62_167_219_200_000;
/// 9999-12-30T22:00:00Z, in epoch milliseconds: the last that has a calendar date in every time zone.
const LAST: i64 = 253_402_207_200_000;

impl Time {
    /// The instant that many milliseconds after 1970-01-01T00:00:00Z, clamped to the years 0 to 9999.
    pub const fn from_millis(millis: i64) -> Self {
        if millis < FIRST {
            Self(FIRST)
        } else if millis > LAST {
            Self(LAST)
        } else {
            Self(millis)
        }
    }

    /// Milliseconds since 1970-01-01T00:00:00Z.
    pub const fn as_millis(self) -> i64 {
        self.0
    }

    /// Whole seconds since 1970-01-01T00:00:00Z, rounded down: JWT's NumericDate.
    pub const fn as_seconds(self) -> i64 {
        self.0.div_euclid(1000)
    }

    /// This instant that much later.
    #[must_use]
    pub fn plus(self, duration: Duration) -> Self {
        Self::from_millis(self.0.saturating_add(millis(duration)))
    }

    /// This instant that much earlier.
    #[must_use]
    pub fn minus(self, duration: Duration) -> Self {
        Self::from_millis(self.0.saturating_sub(millis(duration)))
    }

    /// How long before this instant `earlier` was; zero if it was not.
    pub fn since(self, earlier: Self) -> Duration {
        Duration::from_millis(u64::try_from(self.0.saturating_sub(earlier.0)).unwrap_or(0))
    }
}

impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Within FIRST..=LAST jiff has a timestamp for every millisecond.
        match jiff::Timestamp::from_millisecond(self.0) {
            Ok(timestamp) => write!(f, "{timestamp:.3}"),
            Err(_) => Err(fmt::Error),
        }
    }
}

impl FromStr for Time {
    type Err = jiff::Error;

    /// Any RFC 3339 instant; digits past the milliseconds are dropped.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse::<jiff::Timestamp>().map(|timestamp| Self::from_millis(timestamp.as_millisecond()))
    }
}

impl Serialize for Time {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Time {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        text::parse(deserializer)
    }
}

/// Whole milliseconds.
pub(crate) fn millis(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_written_in_utc_with_milliseconds() {
        let time: Time = "2027-01-31T09:15:30.1234567+01:00".parse().unwrap();
        assert_eq!(time.to_string(), "2027-01-31T08:15:30.123Z");
        assert_eq!(Time::from_millis(0).to_string(), "1970-01-01T00:00:00.000Z");
        assert_eq!(serde_json::to_string(&time).unwrap(), "\"2027-01-31T08:15:30.123Z\"");
        assert_eq!(serde_json::from_str::<Time>("\"2027-01-31T08:15:30.123Z\"").unwrap(), time);
    }

    #[test]
    fn the_ends_of_time_can_be_written_and_read() {
        for end in [Time::from_millis(i64::MIN), Time::from_millis(i64::MAX)] {
            assert_eq!(end.to_string().parse::<Time>().unwrap(), end);
        }
    }
}
