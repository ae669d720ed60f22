//! Values that mean something to the server at hand.
//!
//! In: ids, words and custom scalars that a test knows of. Out: what generated arguments and variables are made of.

use std::collections::BTreeMap;

use serde_json::Value;

/// The values to choose from.
#[derive(Debug, Clone, Default)]
pub struct Pool {
    /// For `ID`.
    pub ids: Vec<String>,
    /// For `String`.
    pub words: Vec<String>,
    /// For custom scalars, by name. A scalar without values is left out, or null, or its field is not asked for.
    pub scalars: BTreeMap<String, Vec<Value>>,
    /// The least and the greatest `Int`, inclusive: pages stay small.
    pub integers: (i32, i32),
}
