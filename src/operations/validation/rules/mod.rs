//! Rules of the reference implementation that the compiler does not have.
//!
//! In: a document, before or after the compiler validates it. Out: violations, each by a rule that has the name of
//! its counterpart in graphql-js 16. A rule leaves this folder when the compiler has it; the differential
//! test in `tests/documents` shows one that is missing.

mod input_fields;
mod introspection;
mod selections;
mod subscriptions;
mod variables;

use apollo_compiler::ExecutableDocument;

use super::line_index::LineIndex;
use super::walk::Walk;
use crate::operations::rejection::Violation;

/// Rules of the grammar: texts that the compiler parses and graphql-js does not.
pub(crate) fn of_syntax(walk: &Walk<'_>, lines: &LineIndex) -> Vec<Violation> {
    selections::empty_selections(walk, lines)
}

/// Rules on the tree as it was written.
pub(crate) fn of_tree(walk: &Walk<'_>, lines: &LineIndex) -> Vec<Violation> {
    input_fields::repeated_input_fields(walk, lines)
}

/// Whether a finding of the compiler, by the compiler's name for it, is left to a rule of ours.
pub(crate) fn is_replaced(name: Option<&str>) -> bool {
    name == Some(subscriptions::REPLACED)
}

/// Rules on a document that the compiler found valid.
pub(crate) fn of_valid(document: &ExecutableDocument, walk: &Walk<'_>, lines: &LineIndex) -> Vec<Violation> {
    let mut found = variables::misplaced_variables(walk, lines);
    found.extend(subscriptions::several_root_fields(document, lines));
    found.extend(introspection::deep_introspection(walk, lines));
    found
}
