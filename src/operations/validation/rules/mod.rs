//! What the reference implementation refuses and the compiler lets through.
//!
//! In: a document, before or after the compiler's judgement. Out: violations, each by a rule that has the name of
//! its counterpart in graphql-js 16. A rule leaves this folder when the compiler has learned it; the differential
//! test in `tests/documents` shows one that is missing.

mod input_fields;
mod introspection;
mod selections;
mod subscriptions;
mod variables;

use apollo_compiler::ast::Document;
use apollo_compiler::{ExecutableDocument, Schema};

use crate::operations::rejection::Location;
use crate::operations::validation::line_index::LineIndex;

/// One broken rule and its place.
pub(crate) type Found = (String, Option<Location>);

/// What is no document for graphql-js, though the compiler could parse it.
pub(crate) fn of_syntax(document: &Document, lines: &LineIndex) -> Vec<Found> {
    selections::empty_selections(document, lines)
}

/// Rules on the tree as it was written.
pub(crate) fn of_tree(document: &Document, lines: &LineIndex) -> Vec<Found> {
    input_fields::repeated_input_fields(document, lines)
}

/// Whether a finding of the compiler, by the compiler's name for it, is left to a rule of ours.
pub(crate) fn is_replaced(name: Option<&str>) -> bool {
    name == Some(subscriptions::REPLACED)
}

/// Rules on a document that the compiler found valid.
pub(crate) fn of_valid(schema: &Schema, document: &ExecutableDocument, lines: &LineIndex) -> Vec<Found> {
    let mut found = variables::misplaced_variables(schema, document, lines);
    found.extend(subscriptions::several_root_fields(document, lines));
    found.extend(introspection::deep_introspection(document, lines));
    found
}
