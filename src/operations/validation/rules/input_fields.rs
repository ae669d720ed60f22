//! `UniqueInputFieldNamesRule`, section 5.6.3: a member of an input object is given once.
//!
//! In: the syntax tree. Out: repeated members, wherever a value can stand.

use std::collections::HashSet;

use apollo_compiler::Node;
use apollo_compiler::ast::{Definition, Directive, Document, Selection, Value};

use super::{Found, LineIndex};

/// Every member that has been given before in the same object.
pub(crate) fn repeated_input_fields(document: &Document, lines: &LineIndex) -> Vec<Found> {
    let mut walk = Walk { lines, found: Vec::new() };
    for definition in &document.definitions {
        match definition {
            Definition::OperationDefinition(operation) => {
                walk.directives(&operation.directives);
                for variable in &operation.variables {
                    walk.directives(&variable.directives);
                    variable.default_value.iter().for_each(|value| walk.value(value));
                }
                walk.selections(&operation.selection_set);
            }
            Definition::FragmentDefinition(fragment) => {
                walk.directives(&fragment.directives);
                walk.selections(&fragment.selection_set);
            }
            _ => {}
        }
    }
    walk.found
}

struct Walk<'a> {
    lines: &'a LineIndex,
    found: Vec<Found>,
}

impl Walk<'_> {
    fn selections(&mut self, selections: &[Selection]) {
        for selection in selections {
            match selection {
                Selection::Field(field) => {
                    field.arguments.iter().for_each(|argument| self.value(&argument.value));
                    self.directives(&field.directives);
                    self.selections(field.selection_set.as_deref().unwrap_or_default());
                }
                Selection::InlineFragment(fragment) => {
                    self.directives(&fragment.directives);
                    self.selections(&fragment.selection_set);
                }
                Selection::FragmentSpread(spread) => self.directives(&spread.directives),
            }
        }
    }

    fn directives(&mut self, directives: &[Node<Directive>]) {
        let arguments = directives.iter().flat_map(|directive| &directive.arguments);
        arguments.for_each(|argument| self.value(&argument.value));
    }

    fn value(&mut self, value: &Value) {
        match value {
            Value::List(items) => items.iter().for_each(|item| self.value(item)),
            Value::Object(members) => {
                let mut names = HashSet::new();
                for (name, value) in members {
                    if !names.insert(name) {
                        let message = format!("there can be only one input field named `{name}`");
                        self.found.push((message, self.lines.locate_span(name.location())));
                    }
                    self.value(value);
                }
            }
            _ => {}
        }
    }
}
