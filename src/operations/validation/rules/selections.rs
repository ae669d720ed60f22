//! `Document` of the grammar: a pair of braces has something in it.
//!
//! In: the syntax tree. Out: empty selection sets. The compiler follows the September 2026 edition, in which they
//! are allowed; the engine and the reference implementation follow earlier ones.

use apollo_compiler::ast::Selection;
use apollo_compiler::parser::SourceSpan;

use super::LineIndex;
use crate::operations::rejection::Violation;
use crate::operations::validation::walk::{Visitor, Walk};

/// Every empty selection set, at the node it belongs to.
pub(crate) fn empty_selections(walk: &Walk<'_>, lines: &LineIndex) -> Vec<Violation> {
    let mut empty = EmptySelections(Vec::new());
    walk.document(&mut empty);
    let message = "syntax error: expected a selection between `{` and `}`";
    empty.0.into_iter().map(|owner| Violation::new(message, lines.locate_span(owner))).collect()
}

struct EmptySelections(Vec<Option<SourceSpan>>);

impl<'a> Visitor<'a> for EmptySelections {
    fn enter_selections(&mut self, selections: &'a [Selection], owner: Option<SourceSpan>) {
        if selections.is_empty() {
            self.0.push(owner);
        }
    }
}
