//! Which variables decide what is selected at all.
//!
//! In: a valid document. Out: the variables in its `@skip(if:)` and `@include(if:)`, in operations and fragments
//! alike. Together with the values they have, they say which flattened form of an operation a request needs.

use std::collections::HashSet;

use apollo_compiler::executable::{DirectiveList, Selection, SelectionSet, Value};
use apollo_compiler::{ExecutableDocument, Name};

/// The variables in `@skip` and `@include` of a whole document; each selection is looked at once.
pub(crate) fn of_document(document: &ExecutableDocument) -> HashSet<Name> {
    let operations = document.operations.iter().map(|operation| &operation.selection_set);
    let fragments = document.fragments.values().map(|fragment| &fragment.selection_set);
    let mut toggles = HashSet::new();
    for selections in operations.chain(fragments) {
        gather(selections, &mut toggles);
    }
    toggles
}

fn gather(selections: &SelectionSet, toggles: &mut HashSet<Name>) {
    for selection in &selections.selections {
        toggles.extend(conditions(selection.directives()).filter_map(|(_, value)| match value {
            Value::Variable(name) => Some(name.clone()),
            _ => None,
        }));
        match selection {
            Selection::Field(field) => {
                if let Some(nested) = &field.selection_set {
                    gather(nested, toggles);
                }
            }
            Selection::InlineFragment(fragment) => gather(&fragment.selection_set, toggles),
            Selection::FragmentSpread(_) => {}
        }
    }
}

/// The conditions on one selection: the value that `if` has, and the value at which the selection stays.
pub(crate) fn conditions(directives: &DirectiveList) -> impl Iterator<Item = (bool, &Value)> {
    directives.iter().filter_map(|directive| {
        let stays_at = match directive.name.as_str() {
            "skip" => false,
            "include" => true,
            _ => return None,
        };
        let value = directive.specified_argument_by_name("if")?;
        Some((stays_at, &**value))
    })
}
