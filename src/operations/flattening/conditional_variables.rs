//! Variables whose values change the flattened form of an operation.
//!
//! In: an operation of a valid document. Out: the variables in `@skip(if:)` and `@include(if:)`, and those in non-null
//! places, of all selections that the operation reaches, through fragments too (section 5.8).

use std::collections::HashSet;

use apollo_compiler::ast::{DirectiveList, OperationDefinition, Selection, Value};
use apollo_compiler::{Name, Node};

use crate::operations::validation::{InputPlace, Visitor, Walk};

/// The variables of one operation whose values matter.
#[derive(Debug, Default)]
pub(crate) struct ConditionalVariables {
    /// Those in conditions.
    pub(crate) conditions: HashSet<Name>,
    /// Those in non-null places, conditions included.
    pub(crate) non_null: HashSet<Name>,
}

impl ConditionalVariables {
    /// Reads an operation.
    pub(crate) fn of(operation: &Node<OperationDefinition>, walk: &Walk<'_>) -> Self {
        let mut found = Self::default();
        walk.operation(operation, &mut found);
        found
    }
}

impl<'a> Visitor<'a> for ConditionalVariables {
    fn enter_selection(&mut self, selection: &'a Selection, _: Option<&'a Name>) -> bool {
        let directives = match selection {
            Selection::Field(field) => &field.directives,
            Selection::InlineFragment(fragment) => &fragment.directives,
            Selection::FragmentSpread(spread) => &spread.directives,
        };
        for condition in conditions(directives) {
            if let Some(variable) = condition.value.as_variable() {
                self.conditions.insert(variable.clone());
                self.non_null.insert(variable.clone());
            } else if condition.value.to_bool() == Some(!condition.selects_at) {
                // Left out, whatever the variables are; those of an earlier condition are read all the same.
                return false;
            }
        }
        true
    }

    fn enter_value(&mut self, value: &'a Node<Value>, place: Option<InputPlace<'a>>) {
        let is_non_null = place.is_some_and(|place| place.ty.is_non_null());
        self.non_null.extend(value.as_variable().filter(|_| is_non_null).cloned());
    }
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
