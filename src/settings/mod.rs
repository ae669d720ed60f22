//! Serde forms of settings: durations in a unit, numbers within bounds, text of a format. A section of the configuration
//! uses them as `#[serde(with = "…")]` or `#[serde(deserialize_with = "…")]`, so that its values are valid once it is read.

mod duration;
mod number;
mod origin;

pub(crate) use duration::{Milliseconds, Seconds};
pub(crate) use number::{Between, UNBOUNDED};
pub(crate) use origin::{Origin, is_origin, service_url};

use serde::{Deserialize, Deserializer, de::Error};

/// Text that is not empty.
///
/// # Errors
/// The text is empty.
pub(crate) fn not_empty<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    let text = String::deserialize(deserializer)?;
    if text.is_empty() { Err(D::Error::custom("must not be empty")) } else { Ok(text) }
}
