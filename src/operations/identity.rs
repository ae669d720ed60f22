//! The identity of a flattened operation as text. In: the document and its variables. Out: text that is the same for two
//! subscriptions exactly if they receive the same message for the same event, whatever they asked for before it. Locations are
//! part of it, because errors name them.

use std::fmt::Write;

use async_graphql::{
    Name, Variables,
    parser::types::{DocumentOperations, ExecutableDocument, Selection, SelectionSet},
};
use async_graphql_value::{ConstValue, Value};

/// The argument of a root field that says where a subscription begins.
const AFTER: &str = "after";

/// The identity of the document's operation.
pub(crate) fn of(document: &ExecutableDocument, variables: &Variables) -> String {
    let mut text = String::new();
    if let DocumentOperations::Single(operation) = &document.operations {
        write_selections(&mut text, &operation.node.selection_set.node, variables, AFTER);
    }
    text
}

/// Writing to a String does not fail.
fn write_selections(text: &mut String, selections: &SelectionSet, variables: &Variables, omitted: &str) {
    text.push('{');
    for selection in &selections.items {
        let _ = write!(text, "{}:{} ", selection.pos.line, selection.pos.column);
        match &selection.node {
            Selection::Field(field) => {
                let field = &field.node;
                let _ = write!(text, "{}:{}(", field.response_key().node, field.name.node);
                for (name, value) in field.arguments.iter().filter(|(name, _)| name.node != omitted) {
                    let _ = write!(text, "{}:{},", name.node, value_of(&value.node, variables));
                }
                text.push(')');
                write_selections(text, &field.selection_set.node, variables, "");
            }
            Selection::InlineFragment(fragment) => {
                let condition = fragment.node.type_condition.as_ref().map(|condition| condition.node.on.node.as_str());
                let _ = write!(text, "...{}", condition.unwrap_or_default());
                write_selections(text, &fragment.node.selection_set.node, variables, "");
            }
            Selection::FragmentSpread(_) => {}
        }
    }
    text.push('}');
}

/// The value with its variables filled in. A variable without a value differs from every value.
fn value_of(value: &Value, variables: &Variables) -> String {
    let filled = value.clone().into_const_with(|name: Name| variables.get(&name).cloned().ok_or(()));
    filled.map_or_else(|()| value.to_string(), |value: ConstValue| value.to_string())
}
