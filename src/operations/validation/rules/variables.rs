//! `VariablesInAllowedPositionRule`, section 5.8.5, where the compiler accepts too much of variables with a default.
//!
//! In: a valid document. Out: nullable variables whose default is null in a non-null place, and nullable variables in a
//! `@oneOf` object, whose default does not replace a null that is given.

use std::collections::HashMap;

use apollo_compiler::ast::{OperationDefinition, Value, VariableDefinition};
use apollo_compiler::{Name, Node};

use super::LineIndex;
use crate::operations::rejection::Violation;
use crate::operations::validation::walk::{InputPlace, Visitor, Walk};

/// Every use of a nullable variable with a default in a place that does not allow it.
pub(crate) fn misplaced_variables(walk: &Walk<'_>, lines: &LineIndex) -> Vec<Violation> {
    let mut found = Vec::new();
    for operation in walk.operations() {
        let mut rule = VariablesInAllowedPosition { nullable: nullable_with_default(operation), lines, found };
        if !rule.nullable.is_empty() {
            walk.operation(operation, &mut rule);
        }
        found = rule.found;
    }
    found
}

/// The only variables that the compiler can accept wrongly.
fn nullable_with_default(operation: &OperationDefinition) -> HashMap<&Name, &VariableDefinition> {
    let variables = operation.variables.iter();
    let nullable = variables.filter(|variable| !variable.ty.is_non_null() && variable.default_value.is_some());
    nullable.map(|variable| (&variable.name, &**variable)).collect()
}

struct VariablesInAllowedPosition<'a> {
    nullable: HashMap<&'a Name, &'a VariableDefinition>,
    lines: &'a LineIndex,
    found: Vec<Violation>,
}

impl<'a> Visitor<'a> for VariablesInAllowedPosition<'_> {
    fn enter_value(&mut self, value: &'a Node<Value>, place: Option<InputPlace<'a>>) {
        let (Value::Variable(name), Some(place)) = (&**value, place) else { return };
        let default = self.nullable.get(name).and_then(|variable| variable.default_value.as_ref());
        let allows_null = !place.ty.is_non_null() || place.has_default;
        if default.is_some_and(|default| place.is_one_of || (default.is_null() && !allows_null)) {
            let ty = place.ty;
            let message = format!("variable `${name}` can be null, and stands where type `{ty}` takes no null");
            self.found.push(Violation::new(&message, self.lines.locate_span(name.location())));
        }
    }
}
