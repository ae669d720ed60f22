//! The key of the flattened form that a request needs.
//!
//! In: the operation and its coerced variables. Out: a small key. Two requests share a form if the same variables
//! are absent (their arguments are left out), the same are null in non-null places, and those in `@skip` and `@include`
//! have the same values.

use apollo_compiler::Name;
use apollo_compiler::executable::Operation;
use async_graphql_value::ConstValue;

use crate::operations::select::SelectedOperation;
use crate::operations::variables::Coerced;

/// The state of one variable, as far as it changes the flattened form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum VariableState {
    /// Not given, and without a default.
    Absent,
    /// Null, and it stands in a non-null place, which fails.
    Null,
    /// Any other value, which does not change the form.
    Present,
    /// Decides a `@skip` or `@include`, with this value.
    Decides(bool),
}

/// The key of one flattened form within its document, compared in full.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Variant {
    /// The operation's place in the document, from 0.
    pub(crate) operation: usize,
    /// One state per variable definition of the operation.
    pub(crate) variables: Box<[VariableState]>,
}

impl Variant {
    /// The form that these values need.
    pub(crate) fn new(selected: &SelectedOperation, coerced: &Coerced) -> Self {
        let conditional = selected.conditional_variables();
        let states = selected.operation.variables.iter().zip(coerced);
        let states = states.map(|(definition, value)| match value {
            None => VariableState::Absent,
            Some(ConstValue::Null) if conditional.non_null.contains(&definition.name) => VariableState::Null,
            Some(ConstValue::Boolean(value)) if conditional.conditions.contains(&definition.name) => {
                VariableState::Decides(*value)
            }
            Some(_) => VariableState::Present,
        });
        Self { operation: selected.place, variables: states.collect() }
    }

    /// The state of a variable of the operation.
    pub(crate) fn state(&self, operation: &Operation, name: &Name) -> VariableState {
        let place = operation.variables.iter().position(|definition| definition.name == *name);
        let state = place.and_then(|place| self.variables.get(place));
        state.copied().unwrap_or(VariableState::Absent)
    }
}
