//! How large a document's tree is.
//!
//! In: the syntax tree. Out: the number of its nodes, which is what its memory grows with and the cache accounts for.

use apollo_compiler::ast::{Definition, Document, Selection, Value};

/// Selections and values of a document.
pub(crate) fn count_nodes(syntax: &Document) -> usize {
    let sets = syntax.definitions.iter().filter_map(|definition| match definition {
        Definition::OperationDefinition(operation) => Some(&operation.selection_set),
        Definition::FragmentDefinition(fragment) => Some(&fragment.selection_set),
        _ => None,
    });
    sets.map(|set| count_selections(set)).sum()
}

fn count_selections(selections: &[Selection]) -> usize {
    let nodes = selections.iter().map(|selection| match selection {
        Selection::Field(field) => {
            let values: usize = field.arguments.iter().map(|argument| count_values(&argument.value)).sum();
            1 + values + count_selections(field.selection_set.as_deref().unwrap_or_default())
        }
        Selection::InlineFragment(fragment) => 1 + count_selections(&fragment.selection_set),
        Selection::FragmentSpread(_) => 1,
    });
    nodes.sum()
}

fn count_values(value: &Value) -> usize {
    match value {
        Value::List(items) => 1 + items.iter().map(|item| count_values(item)).sum::<usize>(),
        Value::Object(members) => 1 + members.iter().map(|(_, member)| count_values(member)).sum::<usize>(),
        _ => 1,
    }
}
