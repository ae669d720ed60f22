//! The limits on one document before it runs.
//!
//! In: the settings of the process. Out: numbers for the scanner, the flattener and the cache. Every limit is on
//! by default; the error names the limit that was exceeded.

use super::plan::Cost;

/// The limits on one document, and on the memory that prepared documents may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Levels of fields once fragments are inlined, introspection aside. Exceeding it: `QUERY_TOO_DEEP`.
    pub depth: usize,
    /// Aliases in a document. Exceeding it: `TOO_MANY_ALIASES`.
    pub aliases: usize,
    /// Directives in a document. Exceeding it: `TOO_MANY_DIRECTIVES`.
    pub directives: usize,
    /// Fields at the root of an operation once it is flattened. Exceeding it: `TOO_MANY_ROOT_FIELDS`.
    pub root_fields: usize,
    /// The estimated cost of an operation with its variables (`plan/cost.rs`). Exceeding it: `QUERY_TOO_COSTLY`.
    pub cost: Cost,
    /// Lexical tokens of a document, comments and commas not counted. Exceeding it: `TOO_MANY_TOKENS`.
    pub tokens: usize,
    /// Levels of braces, brackets and parentheses in a document, of fields once its fragments are inlined, and of
    /// a variable's JSON: how deep anything may recurse. Exceeding it: `QUERY_TOO_DEEP`, or
    /// `VARIABLE_COERCION_FAILED` for a variable.
    pub nesting: usize,
    /// Fields of an operation once it is flattened. Exceeding it: `TOO_MANY_FIELDS`.
    pub fields: usize,
    /// Memory of the cache of documents and their flattened forms, in bytes.
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
            cache_bytes: 64 * 1024 * 1024,
        }
    }
}
