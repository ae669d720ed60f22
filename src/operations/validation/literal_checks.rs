//! Literals of custom scalars, judged with the document.
//!
//! In: a valid document and the scalars' checks. Out: what is wrong with which literal. The compiler takes any
//! literal for a custom scalar; a client should hear of a wrong one before anything runs.

use apollo_compiler::ast::{Type, Value, VariableDefinition};
use apollo_compiler::executable::{Selection, SelectionSet};
use apollo_compiler::schema::{ExtendedType, InputValueDefinition};
use apollo_compiler::{ExecutableDocument, Node};

use super::line_index::LineIndex;
use crate::operations::rejection::Location;
use crate::operations::rulebook::Rulebook;
use crate::operations::variables::literal_to_json;

/// Every literal of a custom scalar that its check refuses, each fragment looked at once.
pub(crate) fn violations(
    rulebook: &Rulebook,
    document: &ExecutableDocument,
    lines: &LineIndex,
) -> Vec<(String, Option<Location>)> {
    let mut walk = Walk { rulebook, lines, found: Vec::new() };
    for operation in document.operations.iter() {
        walk.defaults(&operation.variables);
        walk.selections(&operation.selection_set);
    }
    for fragment in document.fragments.values() {
        walk.selections(&fragment.selection_set);
    }
    walk.found
}

struct Walk<'a> {
    rulebook: &'a Rulebook,
    lines: &'a LineIndex,
    found: Vec<(String, Option<Location>)>,
}

impl Walk<'_> {
    fn defaults(&mut self, variables: &[Node<VariableDefinition>]) {
        for variable in variables {
            if let Some(value) = &variable.default_value {
                self.value(&variable.ty, value);
            }
        }
    }

    fn selections(&mut self, selections: &SelectionSet) {
        for selection in &selections.selections {
            match selection {
                Selection::Field(field) => {
                    for argument in &field.arguments {
                        self.named(&argument.name, &field.definition.arguments, &argument.value);
                    }
                    if let Some(nested) = &field.selection_set {
                        self.selections(nested);
                    }
                }
                Selection::InlineFragment(fragment) => self.selections(&fragment.selection_set),
                Selection::FragmentSpread(_) => {}
            }
        }
    }

    fn named(&mut self, name: &str, definitions: &[Node<InputValueDefinition>], value: &Node<Value>) {
        if let Some(definition) = definitions.iter().find(|definition| definition.name == name) {
            self.value(&definition.ty, value);
        }
    }

    fn value(&mut self, ty: &Type, value: &Node<Value>) {
        match &**value {
            Value::Variable(_) | Value::Null => {}
            Value::List(items) if ty.is_list() => {
                for item in items {
                    self.value(ty.item_type(), item);
                }
            }
            literal => match self.rulebook.schema.types.get(ty.inner_named_type()) {
                Some(ExtendedType::Scalar(scalar)) if !scalar.is_built_in() => {
                    let verdict = self.rulebook.scalars.check(&scalar.name, &literal_to_json(literal));
                    if let Err(wrong) = verdict {
                        let message = format!("this literal of type `{}` {wrong}", scalar.name);
                        self.found.push((message, self.lines.locate_span(value.location())));
                    }
                }
                Some(ExtendedType::InputObject(object)) => {
                    for (name, value) in literal.as_object().unwrap_or_default() {
                        if let Some(field) = object.fields.get(name) {
                            self.value(&field.ty, value);
                        }
                    }
                }
                _ => {}
            },
        }
    }
}
