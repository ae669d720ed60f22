//! Variables that decide what an operation selects.
//!
//! In: an operation of a valid document. Out: the variables in `@skip(if:)` and `@include(if:)` of the selections that
//! it reaches, through fragments too (section 5.8). Their values choose the flattened form that a request needs.

use std::collections::HashSet;

use apollo_compiler::executable::{DirectiveList, Operation, Selection, SelectionSet, Value};
use apollo_compiler::{ExecutableDocument, Name};

/// The variables in conditions that the operation reaches; each fragment is entered once.
pub(crate) fn of_operation(document: &ExecutableDocument, operation: &Operation) -> HashSet<Name> {
    let mut reader = Reader { document, entered: HashSet::new(), found: HashSet::new() };
    reader.selections(&operation.selection_set);
    reader.found
}

struct Reader<'a> {
    document: &'a ExecutableDocument,
    entered: HashSet<&'a Name>,
    found: HashSet<Name>,
}

impl<'a> Reader<'a> {
    fn selections(&mut self, selections: &'a SelectionSet) {
        for selection in &selections.selections {
            if is_never_selected(selection.directives()) {
                continue;
            }
            self.found.extend(conditions(selection.directives()).filter_map(|(_, value)| match value {
                Value::Variable(name) => Some(name.clone()),
                _ => None,
            }));
            match selection {
                Selection::Field(field) => field.selection_set.iter().for_each(|nested| self.selections(nested)),
                Selection::InlineFragment(fragment) => self.selections(&fragment.selection_set),
                Selection::FragmentSpread(spread) => {
                    if let Some(fragment) = self.document.fragments.get(&spread.fragment_name)
                        && self.entered.insert(&fragment.name)
                    {
                        self.selections(&fragment.selection_set);
                    }
                }
            }
        }
    }
}

/// Whether a literal condition leaves the selection out, whatever the variables are.
fn is_never_selected(directives: &DirectiveList) -> bool {
    conditions(directives).any(|(stays_at, value)| value.to_bool() == Some(!stays_at))
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
