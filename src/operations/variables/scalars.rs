//! The checks of custom scalars.
//!
//! In: for each scalar's name, a check of a JSON value. Out: the same verdict for
//! literals in documents and for values of variables, before anything runs.

use std::collections::HashMap;

/// Checks a value; the error is the end of a sentence: "is not an RFC 3339 time".
pub type ScalarCheck = fn(&serde_json::Value) -> Result<(), String>;

/// The checks of custom scalars by the scalar's name. A scalar without a check accepts any value.
#[derive(Debug, Clone, Default)]
pub struct Scalars(HashMap<&'static str, ScalarCheck>);

impl Scalars {
    /// Checks a value of one scalar; a scalar without a check accepts any value.
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
