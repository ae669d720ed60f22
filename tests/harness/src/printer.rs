//! A flattened operation as GraphQL text.
//!
//! In: the document that the engine is given. Out: text that any other implementation can run, so that both can be
//! compared over the same data.

use std::fmt::Write;

use async_graphql::Positioned;
use async_graphql::parser::types::{ExecutableDocument, Field, OperationDefinition, Selection, SelectionSet};

/// Prints the operations of a document; flattened documents have no fragments.
pub fn print_document(document: &ExecutableDocument) -> String {
    document.operations.iter().map(|(_, operation)| print_operation(&operation.node)).collect::<Vec<_>>().join("\n")
}

fn print_operation(operation: &OperationDefinition) -> String {
    let variables: Vec<_> = operation
        .variable_definitions
        .iter()
        .map(|variable| format!("${}: {}", variable.node.name.node, variable.node.var_type.node))
        .collect();
    let variables = if variables.is_empty() { String::new() } else { format!("({})", variables.join(", ")) };
    let mut text = format!("{}{variables}", operation.ty);
    match operation.selection_set.node.items.is_empty() {
        // The grammar has no empty pair of braces, and everything may have been skipped.
        true => text.push_str(" { __typename @skip(if: true) }"),
        false => print_selections(&operation.selection_set.node, &mut text),
    }
    text
}

fn print_selections(selections: &SelectionSet, text: &mut String) {
    if selections.items.is_empty() {
        return;
    }
    text.push_str(" {");
    for Positioned { node, .. } in &selections.items {
        match node {
            Selection::Field(field) => print_field(&field.node, text),
            Selection::InlineFragment(fragment) => {
                text.push_str(" ...");
                if let Some(condition) = &fragment.node.type_condition {
                    write!(text, " on {}", condition.node.on.node).unwrap();
                }
                print_selections(&fragment.node.selection_set.node, text);
            }
            Selection::FragmentSpread(spread) => panic!("{} is not inlined", spread.node.fragment_name.node),
        }
    }
    text.push_str(" }");
}

fn print_field(field: &Field, text: &mut String) {
    text.push(' ');
    if let Some(alias) = &field.alias {
        write!(text, "{}: ", alias.node).unwrap();
    }
    text.push_str(&field.name.node);
    let arguments: Vec<_> =
        field.arguments.iter().map(|(name, value)| format!("{}: {}", name.node, value.node)).collect();
    if !arguments.is_empty() {
        write!(text, "({})", arguments.join(", ")).unwrap();
    }
    print_selections(&field.selection_set.node, text);
}
