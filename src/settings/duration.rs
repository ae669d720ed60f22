//! Durations as whole numbers of a unit; the setting's key names the unit: `idle_ms`, `drain_seconds`.

use std::time::Duration;

use serde::{Deserializer, Serialize, Serializer};

use super::Between;

/// A duration in milliseconds: `#[serde(with = "Milliseconds::<1, 600_000>")]`.
pub(crate) struct Milliseconds<const MIN: u64, const MAX: u64>;

/// A duration in seconds.
pub(crate) struct Seconds<const MIN: u64, const MAX: u64>;

impl<const MIN: u64, const MAX: u64> Milliseconds<MIN, MAX> {
    pub(crate) fn serialize<S: Serializer>(duration: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
        u64::try_from(duration.as_millis()).unwrap_or(u64::MAX).serialize(serializer)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Duration, D::Error> {
        Between::<MIN, MAX>::deserialize(deserializer).map(Duration::from_millis)
    }
}

impl<const MIN: u64, const MAX: u64> Seconds<MIN, MAX> {
    pub(crate) fn serialize<S: Serializer>(duration: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
        duration.as_secs().serialize(serializer)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Duration, D::Error> {
        Between::<MIN, MAX>::deserialize(deserializer).map(Duration::from_secs)
    }
}
