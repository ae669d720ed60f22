//! Variables that decide what an operation selects.
//!
//! In: an operation of a valid document. Out: the variables in `@skip(if:)` and `@include(if:)` of the selections that
//! it reaches, through fragments too (section 5.8). Their values choose the flattened form that a request needs.

use std::collections::HashSet;

use apollo_compiler::executable::{DirectiveList, Operation, Selection, SelectionSet, Value};
use apollo_compiler::{ExecutableDocument, Name, Node};

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
            self.found.extend(conditions(selection.directives()).filter_map(|it| match &**it.value {
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
    conditions(directives).any(|condition| condition.value.to_bool() == Some(!condition.selects_at))
}

/// A `@skip` or `@include`.
pub(crate) struct Condition<'a> {
    /// The value at which the selection stays.
    pub(crate) selects_at: bool,
    /// The value of `if`.
    pub(crate) value: &'a Node<Value>,
}

/// The conditions on one selection, `@skip` first (section 6.3.2).
pub(crate) fn conditions(directives: &DirectiveList) -> impl Iterator<Item = Condition<'_>> {
    [("skip", false), ("include", true)].into_iter().filter_map(|(name, selects_at)| {
        let value = directives.get(name)?.specified_argument_by_name("if")?;
        Some(Condition { selects_at, value })
    })
}
