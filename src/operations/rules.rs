//! What the reference implementation refuses and the compiler lets through.
//!
//! In: the syntax tree of a document. Out: violations, each by a rule with the name it has in graphql-js 16.
//! A rule leaves this file when the compiler has learned it; `tests/documents` would show one that is missing.

use std::collections::HashSet;

use apollo_compiler::Node;
use apollo_compiler::ast::{Definition, Directive, Document, Selection, Value};

use super::position::LineIndex;
use super::rejection::Location;

/// One broken rule and its place.
type Found = (String, Option<Location>);

/// What graphql-js takes for a syntax error: a pair of braces with nothing in it. The compiler follows a later
/// edition of the specification, in which an empty selection set is one.
pub(crate) fn syntax_violations(document: &Document, lines: &LineIndex) -> Vec<Found> {
    let mut walk = Walk::new(lines);
    for definition in &document.definitions {
        match definition {
            Definition::OperationDefinition(operation) => {
                walk.non_empty(&operation.selection_set, operation.location());
            }
            Definition::FragmentDefinition(fragment) => {
                walk.non_empty(&fragment.selection_set, fragment.location());
            }
            _ => {}
        }
    }
    walk.found
}

/// What breaks a rule of validation that the compiler does not have.
pub(crate) fn violations(document: &Document, lines: &LineIndex) -> Vec<Found> {
    let mut walk = Walk::new(lines);
    for definition in &document.definitions {
        match definition {
            Definition::OperationDefinition(operation) => {
                walk.directives(&operation.directives);
                for variable in &operation.variables {
                    walk.directives(&variable.directives);
                    if let Some(value) = &variable.default_value {
                        walk.unique_input_field_names(value);
                    }
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

impl<'a> Walk<'a> {
    fn new(lines: &'a LineIndex) -> Self {
        Self { lines, found: Vec::new() }
    }

    fn non_empty(&mut self, selections: &[Selection], place: Option<apollo_compiler::parser::SourceSpan>) {
        if selections.is_empty() {
            let message = "syntax error: expected a selection between `{` and `}`".to_owned();
            self.found.push((message, self.lines.locate_span(place)));
        }
        for selection in selections {
            match selection {
                Selection::Field(field) => {
                    if let Some(nested) = &field.selection_set {
                        self.non_empty(nested, field.location());
                    }
                }
                Selection::InlineFragment(fragment) => {
                    self.non_empty(&fragment.selection_set, fragment.location());
                }
                Selection::FragmentSpread(_) => {}
            }
        }
    }

    fn selections(&mut self, selections: &[Selection]) {
        for selection in selections {
            match selection {
                Selection::Field(field) => {
                    for argument in &field.arguments {
                        self.unique_input_field_names(&argument.value);
                    }
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
        for argument in directives.iter().flat_map(|directive| &directive.arguments) {
            self.unique_input_field_names(&argument.value);
        }
    }

    /// `UniqueInputFieldNamesRule`, section 5.6.3.
    fn unique_input_field_names(&mut self, value: &Node<Value>) {
        match &**value {
            Value::List(items) => items.iter().for_each(|item| self.unique_input_field_names(item)),
            Value::Object(fields) => {
                let mut names = HashSet::new();
                for (name, value) in fields {
                    if !names.insert(name) {
                        let message = format!("there can be only one input field named `{name}`");
                        self.found.push((message, self.lines.locate_span(name.location())));
                    }
                    self.unique_input_field_names(value);
                }
            }
            _ => {}
        }
    }
}
