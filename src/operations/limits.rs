//! What one document may demand before it is run.
//!
//! In: the settings of the process. Out: numbers that the scanner, the flattener and the cache hold to.
//! Every limit is on by default and names itself in the error of whoever passes it.

/// The limits on one document, and on the memory that prepared documents may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Lexical tokens of a document, comments and commas not counted. Passing it: `TOO_MANY_TOKENS`.
    pub tokens: usize,
    /// Levels of braces, brackets and parentheses in a document, levels of fields once its fragments are
    /// inlined, and levels of a variable's JSON. Passing it: `QUERY_TOO_DEEP`, or
    /// `VARIABLE_COERCION_FAILED` for a variable.
    pub nesting: usize,
    /// Fields of an operation once it is flattened. Passing it: `TOO_MANY_FIELDS`.
    pub fields: usize,
    /// Bytes that judged documents and their flattened operations may take together.
    pub cache_bytes: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self { tokens: 2_000, nesting: 64, fields: 2_000, cache_bytes: 64 * 1024 * 1024 }
    }
}
