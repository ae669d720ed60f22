//! The custom scalars' own judgement of a value.
//!
//! In: for each scalar's name, a function that says what is wrong with a JSON value. Out: the same answer for
//! literals in documents and for values of variables, before anything runs.

use std::collections::HashMap;

/// Says what is wrong with a value for a scalar, as the end of a sentence: "is not an RFC 3339 time".
pub type ScalarCheck = fn(&serde_json::Value) -> Result<(), String>;

/// The checks of custom scalars by the scalar's name. A scalar without a check takes any value.
#[derive(Debug, Clone, Default)]
pub struct Scalars(HashMap<&'static str, ScalarCheck>);

impl Scalars {
    /// The check of one scalar, or nothing wrong if it has none.
    pub(crate) fn check(&self, scalar: &str, value: &serde_json::Value) -> Result<(), String> {
        self.0.get(scalar).map_or(Ok(()), |check| check(value))
    }

    /// The names that have a check.
    pub(crate) fn names(&self) -> impl Iterator<Item = &'static str> {
        self.0.keys().copied()
    }
}

impl FromIterator<(&'static str, ScalarCheck)> for Scalars {
    fn from_iter<I: IntoIterator<Item = (&'static str, ScalarCheck)>>(checks: I) -> Self {
        Self(checks.into_iter().collect())
    }
}
