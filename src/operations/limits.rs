//! `[limits]`: what one operation may demand. Each limit is on by default, and its error names it.
//!
//! In: the section. Out: numbers that the scanner, the flattener, the cache and the execution apply.

use serde::{Deserialize, Serialize};

use super::plan::Cost;
use crate::{
    graphql,
    settings::{Between, UNBOUNDED},
};

/// `[limits]`
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Limits {
    /// Levels of fields once fragments are inlined, introspection excluded. Exceeding it: `QUERY_TOO_DEEP`.
    #[serde(rename = "max_depth", with = "Between::<1, UNBOUNDED>")]
    pub depth: usize,
    /// Aliases in a document. Exceeding it: `TOO_MANY_ALIASES`.
    #[serde(rename = "max_aliases")]
    pub aliases: usize,
    /// Directives in a document. Exceeding it: `TOO_MANY_DIRECTIVES`.
    #[serde(rename = "max_directives")]
    pub directives: usize,
    /// Fields at the root of an operation once it is flattened. Exceeding it: `TOO_MANY_ROOT_FIELDS`.
    #[serde(rename = "max_root_fields", with = "Between::<1, UNBOUNDED>")]
    pub root_fields: usize,
    /// Cost of an operation with its variables (`@cost` and `@listSize` in the schema). Exceeding it: `QUERY_TOO_COSTLY`.
    #[serde(rename = "max_cost", with = "Between::<1, UNBOUNDED>")]
    pub cost: Cost,
    /// Lexical tokens of a document, comments and commas excluded. Exceeding it: `TOO_MANY_TOKENS`.
    #[serde(rename = "max_tokens", with = "Between::<1, UNBOUNDED>")]
    pub tokens: usize,
    /// Levels of braces, brackets and parentheses in a document, of fields once its fragments are inlined, and of
    /// a variable's JSON. It bounds recursion (`server::runtime` has the stack for it). Exceeding it: `QUERY_TOO_DEEP`, or
    /// `VARIABLE_COERCION_FAILED` for a variable.
    #[serde(rename = "max_nesting", with = "Between::<1, 100>")]
    pub nesting: usize,
    /// Fields of an operation once it is flattened. Exceeding it: `TOO_MANY_FIELDS`.
    #[serde(rename = "max_fields", with = "Between::<1, UNBOUNDED>")]
    pub fields: usize,
    /// Bytes of user-written text in one response, which cost does not measure. Exceeding it: `QUERY_TOO_COSTLY`.
    #[serde(rename = "max_answer_text", with = "Between::<1, UNBOUNDED>")]
    pub answer_text: usize,
    /// Bytes of memory for validated documents and their flattened operations.
    #[serde(rename = "document_cache_bytes")]
    pub cache_bytes: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            depth: 12,
            aliases: 30,
            directives: 20,
            root_fields: 10,
            cost: 2_000,
            tokens: 2_000,
            nesting: 48,
            fields: 2_000,
            answer_text: graphql::MAX_TEXT,
            cache_bytes: 64 * 1024 * 1024,
        }
    }
}
