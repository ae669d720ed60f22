//! Whole numbers within bounds. In: a number of the configuration. Out: the number, or the bounds that it exceeds.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};

/// No upper bound.
pub(crate) const UNBOUNDED: u64 = u64::MAX;

/// A number between two bounds, both included: `#[serde(with = "Between::<1, 100>")]`.
pub(crate) struct Between<const MIN: u64, const MAX: u64>;

impl<const MIN: u64, const MAX: u64> Between<MIN, MAX> {
    pub(crate) fn serialize<T: Serialize, S: Serializer>(number: &T, serializer: S) -> Result<S::Ok, S::Error> {
        number.serialize(serializer)
    }

    pub(crate) fn deserialize<'de, T: TryFrom<u64>, D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
        let number = u64::deserialize(deserializer)?;
        let number = Some(number).filter(|number| (MIN..=MAX).contains(number));
        number.and_then(|number| T::try_from(number).ok()).ok_or_else(|| match MAX {
            UNBOUNDED => D::Error::custom(format!("must be at least {MIN}")),
            _ => D::Error::custom(format!("must be {MIN} to {MAX}")),
        })
    }
}
