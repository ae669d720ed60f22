//! `Document` of the grammar: a pair of braces has something in it.
//!
//! In: the syntax tree. Out: empty selection sets. The compiler follows the September 2026 edition, in which they
//! are allowed; the engine and the reference implementation follow earlier ones.

use apollo_compiler::ast::{Definition, Document, Selection};
use apollo_compiler::parser::SourceSpan;

use super::{Found, LineIndex};

/// Every empty selection set, at the node it belongs to.
pub(crate) fn empty_selections(document: &Document, lines: &LineIndex) -> Vec<Found> {
    let mut empty = Vec::new();
    for definition in &document.definitions {
        match definition {
            Definition::OperationDefinition(operation) => {
                look(&operation.selection_set, operation.location(), &mut empty);
            }
            Definition::FragmentDefinition(fragment) => look(&fragment.selection_set, fragment.location(), &mut empty),
            _ => {}
        }
    }
    let message = "syntax error: expected a selection between `{` and `}`";
    empty.into_iter().map(|place| (message.to_owned(), lines.locate_span(place))).collect()
}

fn look(selections: &[Selection], place: Option<SourceSpan>, empty: &mut Vec<Option<SourceSpan>>) {
    if selections.is_empty() {
        empty.push(place);
    }
    for selection in selections {
        match selection {
            Selection::Field(field) => {
                if let Some(nested) = &field.selection_set {
                    look(nested, field.location(), empty);
                }
            }
            Selection::InlineFragment(fragment) => look(&fragment.selection_set, fragment.location(), empty),
            Selection::FragmentSpread(_) => {}
        }
    }
}
