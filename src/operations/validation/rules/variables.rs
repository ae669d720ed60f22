//! `VariablesInAllowedPositionRule`, section 5.8.5, where the compiler is too kind to variables with a default.
//!
//! In: a valid document. Out: nullable variables whose default is null in a place that takes no null, and nullable
//! variables in a `@oneOf` object, whose default would not save them from a null that is given.

use std::collections::{HashMap, HashSet};

use apollo_compiler::ast::{Argument, InputValueDefinition, Type, Value, VariableDefinition};
use apollo_compiler::executable::{DirectiveList, Operation, Selection, SelectionSet};
use apollo_compiler::schema::ExtendedType;
use apollo_compiler::{ExecutableDocument, Name, Node, Schema};

use super::{Found, LineIndex};

/// Every use of a nullable variable with a default where it may not stand.
pub(crate) fn misplaced_variables(schema: &Schema, document: &ExecutableDocument, lines: &LineIndex) -> Vec<Found> {
    let mut found = Vec::new();
    for operation in document.operations.iter() {
        let suspects = suspects(operation);
        if !suspects.is_empty() {
            let mut walk = Walk { schema, document, suspects, entered: HashSet::new(), misplaced: Vec::new() };
            walk.directives(&operation.directives);
            walk.selections(&operation.selection_set);
            found.extend(walk.misplaced.into_iter().map(|(name, ty)| {
                let message = format!("variable `${name}` can be null, and stands where type `{ty}` takes no null");
                (message, lines.locate_span(name.location()))
            }));
        }
    }
    found
}

/// The only variables that the compiler can have misjudged.
fn suspects(operation: &Operation) -> HashMap<&Name, &VariableDefinition> {
    let variables = operation.variables.iter();
    let nullable = variables.filter(|variable| !variable.ty.is_non_null() && variable.default_value.is_some());
    nullable.map(|variable| (&variable.name, &**variable)).collect()
}

struct Walk<'a> {
    schema: &'a Schema,
    document: &'a ExecutableDocument,
    suspects: HashMap<&'a Name, &'a VariableDefinition>,
    entered: HashSet<&'a Name>,
    misplaced: Vec<(Name, Type)>,
}

/// What a place says about null.
#[derive(Clone, Copy)]
struct Place<'t> {
    ty: &'t Type,
    has_default: bool,
    /// It is a member of a `@oneOf` object.
    one_of: bool,
}

impl<'t> Place<'t> {
    fn of(definition: &'t InputValueDefinition, one_of: bool) -> Self {
        Self { ty: &definition.ty, has_default: definition.default_value.is_some(), one_of }
    }
}

impl<'a> Walk<'a> {
    fn selections(&mut self, set: &'a SelectionSet) {
        for selection in &set.selections {
            self.directives(selection.directives());
            match selection {
                Selection::Field(field) => {
                    self.arguments(&field.arguments, &field.definition.arguments);
                    if let Some(nested) = &field.selection_set {
                        self.selections(nested);
                    }
                }
                Selection::InlineFragment(fragment) => self.selections(&fragment.selection_set),
                Selection::FragmentSpread(spread) => {
                    if let Some(fragment) = self.document.fragments.get(&spread.fragment_name)
                        && self.entered.insert(&fragment.name)
                    {
                        self.directives(&fragment.directives);
                        self.selections(&fragment.selection_set);
                    }
                }
            }
        }
    }

    fn directives(&mut self, directives: &DirectiveList) {
        for directive in directives.iter() {
            if let Some(definition) = self.schema.directive_definitions.get(&directive.name) {
                self.arguments(&directive.arguments, &definition.arguments);
            }
        }
    }

    fn arguments(&mut self, given: &[Node<Argument>], definitions: &[Node<InputValueDefinition>]) {
        for argument in given {
            if let Some(definition) = definitions.iter().find(|definition| definition.name == argument.name) {
                self.value(&argument.value, Place::of(definition, false));
            }
        }
    }

    fn value(&mut self, value: &Value, place: Place<'_>) {
        match value {
            Value::Variable(name) => {
                let default = self.suspects.get(name).and_then(|variable| variable.default_value.as_ref());
                let takes_no_null = place.ty.is_non_null() && !place.has_default;
                if default.is_some_and(|default| place.one_of || (default.is_null() && takes_no_null)) {
                    self.misplaced.push((name.clone(), place.ty.clone()));
                }
            }
            Value::List(items) => {
                let item = Place { ty: place.ty.item_type(), has_default: false, one_of: false };
                items.iter().for_each(|value| self.value(value, item));
            }
            Value::Object(members) => {
                if let Some(ExtendedType::InputObject(object)) = self.schema.types.get(place.ty.inner_named_type()) {
                    let one_of = object.is_one_of();
                    for (name, value) in members {
                        if let Some(field) = object.fields.get(name) {
                            self.value(value, Place::of(field, one_of));
                        }
                    }
                }
            }
            _ => {}
        }
    }
}
