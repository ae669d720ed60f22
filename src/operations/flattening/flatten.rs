//! An operation without fragments, repeated keys or conditions: what the engine is given to run.
//!
//! In: a valid document, one of its operations, the state of its variables. Out: the engine's document. The
//! engine runs a field once for each time it is selected, and enters a fragment each time it is spread
//! (docs/decisions/0002-flattening.md), so fields of one key are merged and fragments inlined before it sees them.
//! Type conditions are left only where the object's type is known no earlier than at run time.

use std::cell::Cell;
use std::collections::HashSet;

use apollo_compiler::ast::Argument;
use apollo_compiler::executable::{Field, SelectionSet};
use apollo_compiler::schema::FieldDefinition;
use apollo_compiler::{Name, Node};
use async_graphql::parser::types as engine;
use async_graphql::{Name as EngineName, Pos, Positioned};
use async_graphql_value::Value;

use super::allowance::Allowance;
use super::collect::{Collected, Collector, Grouped, Target};
use super::failures::{Cause, FailingField, Failures, NullVariable};
use super::variant::VariableState;
use crate::operations::rejection::Rejection;
use crate::operations::rulebook::Rulebook;
use crate::operations::validation::LineIndex;
use crate::operations::variables::{engine_name, value_of};

/// The arguments of one field, as the engine has them.
type Arguments = Vec<(Positioned<EngineName>, Positioned<Value>)>;
type Selection = Positioned<engine::Selection>;

/// Turns one operation into the engine's form; lives for one flattening.
pub(crate) struct Flattener<'a> {
    pub(crate) rulebook: &'a Rulebook,
    pub(crate) collector: Collector<'a>,
    pub(crate) allowance: Allowance,
    /// The variables that the flattened operation still has.
    pub(crate) used: HashSet<Name>,
}

/// The selections of one place, and what fails there.
#[derive(Default)]
pub(crate) struct Flattened {
    pub(crate) items: Vec<Selection>,
    pub(crate) failures: Option<Failures>,
}

impl<'a> Flattener<'a> {
    /// The selections of one place, whose value has the type `ty`.
    pub(crate) fn selections(
        &mut self,
        ty: &Name,
        places: &[&'a SelectionSet],
        depth: usize,
    ) -> Result<Flattened, Rejection> {
        let objects = self.collector.possible.of(ty);
        let target = match objects {
            [object] if object == ty => Target::Object(ty),
            _ => Target::Any(ty),
        };
        match self.collector.collect(target, places, &mut self.allowance)? {
            Collected::Fields(grouped) => self.fields(ty, grouped, depth),
            Collected::Fails(cause) => Ok(Flattened::failing(cause)),
            Collected::DependsOnObject => {
                let mut by_object = Vec::with_capacity(objects.len());
                for object in objects {
                    let target = Target::Object(object);
                    let flattened = match self.collector.collect(target, places, &mut self.allowance)? {
                        Collected::Fields(grouped) => self.fields(object, grouped, depth)?,
                        Collected::Fails(cause) => Flattened::failing(cause),
                        Collected::DependsOnObject => Flattened::default(),
                    };
                    by_object.push((object, flattened));
                }
                Ok(Flattened::by_object(by_object))
            }
        }
    }

    fn fields(&mut self, ty: &Name, grouped: Grouped<'a>, depth: usize) -> Result<Flattened, Rejection> {
        let mut items = Vec::with_capacity(grouped.len());
        let mut failing = Vec::new();
        for (place, (key, selected)) in grouped.into_iter().enumerate() {
            self.allowance.field(depth)?;
            let Some(&first) = selected.first() else { continue };
            // The object's own definition can name a narrower type than the interface's.
            let schema = &self.rulebook.schema;
            let definition = schema.type_field(ty, &first.name).unwrap_or(&first.definition);
            let failing_field = |cause| FailingField { place, key: engine_name(key), ty: definition.ty.clone(), cause };
            match self.arguments(definition, &first.arguments)? {
                Ok(arguments) => {
                    let places: Vec<_> = selected.iter().filter_map(|field| field.selection_set.as_ref()).collect();
                    let below = if places.is_empty() {
                        Flattened::default()
                    } else {
                        self.selections(definition.ty.inner_named_type(), &places, depth + 1)?
                    };
                    failing.extend(below.failures.map(|below| failing_field(Cause::Selections(below))));
                    items.push(self.field(first, arguments, below.items));
                }
                Err(cause) => {
                    failing.push(failing_field(Cause::Arguments(cause)));
                    // The object is null: its other fields need not run.
                    if definition.ty.is_non_null() {
                        break;
                    }
                }
            }
        }
        Ok(Flattened { items, failures: (!failing.is_empty()).then_some(Failures::Fields(failing)) })
    }

    /// One field, from all selections of its response key; they agree in name and arguments (section 5.3.2).
    fn field(&self, first: &Node<Field>, arguments: Arguments, items: Vec<Selection>) -> Selection {
        let pos = position(self.collector.lines, first);
        let field = engine::Field {
            alias: first.alias.as_ref().map(|alias| Positioned::new(engine_name(alias), pos)),
            name: Positioned::new(engine_name(&first.name), pos),
            arguments,
            directives: Vec::new(),
            selection_set: Positioned::new(engine::SelectionSet { items }, pos),
        };
        Positioned::new(engine::Selection::Field(Positioned::new(field, pos)), pos)
    }

    /// Arguments by their types; one whose variable is absent is left out, so that its default applies; one whose
    /// variable is null in a non-null place fails.
    fn arguments(
        &mut self,
        field: &FieldDefinition,
        written: &[Node<Argument>],
    ) -> Result<Result<Arguments, NullVariable>, Rejection> {
        let collector = &self.collector;
        let mut used = Vec::new();
        let null = Cell::new(None);
        let mut variable = |name: &Name, non_null: bool| {
            match collector.variant.state(collector.operation, name) {
                VariableState::Absent => return None,
                VariableState::Null if non_null => null.set(Some(name.clone())),
                _ => used.push(name.clone()),
            }
            Some(Value::Variable(engine_name(name)))
        };
        let mut arguments = Vec::with_capacity(written.len());
        for argument in written {
            let Some(definition) = field.argument_by_name(&argument.name) else {
                continue;
            };
            let schema = &self.rulebook.schema;
            if let Some(value) = value_of(schema, &definition.ty, &argument.value, &mut variable) {
                self.allowance.value(&value)?;
                let pos = position(collector.lines, argument);
                let name = Positioned::new(engine_name(&argument.name), pos);
                arguments.push((name, Positioned::new(value, pos)));
            }
            if let Some(name) = null.take() {
                return Ok(Err(collector.null_variable(&name, &argument.value)));
            }
        }
        self.used.extend(used);
        Ok(Ok(arguments))
    }
}

impl Flattened {
    fn failing(cause: NullVariable) -> Self {
        Self { items: Vec::new(), failures: Some(Failures::Collection(cause)) }
    }

    /// The selections of each of the objects that a place can hold, under conditions on its type.
    fn by_object(objects: Vec<(&Name, Self)>) -> Self {
        let typename_key = free_key(objects.iter().flat_map(|(_, flattened)| &flattened.items));
        let mut items = Vec::with_capacity(objects.len());
        let mut failing = Vec::new();
        for (object, Self { items: mut selected, failures }) in objects {
            if let Some(failures) = failures {
                selected.push(typename(&typename_key));
                failing.push((object.clone(), failures));
            }
            items.extend(conditioned(object, selected));
        }
        let failures = (!failing.is_empty()).then_some(Failures::ByObject { typename_key, objects: failing });
        Self { items, failures }
    }
}

/// Selections under a condition on the type, unless there are none.
fn conditioned(object: &Name, items: Vec<Selection>) -> Option<Selection> {
    let pos = items.first()?.pos;
    let condition = engine::TypeCondition { on: Positioned::new(engine_name(object), pos) };
    let fragment = engine::InlineFragment {
        type_condition: Some(Positioned::new(condition, pos)),
        directives: Vec::new(),
        selection_set: Positioned::new(engine::SelectionSet { items }, pos),
    };
    Some(Positioned::new(engine::Selection::InlineFragment(Positioned::new(fragment, pos)), pos))
}

/// A response key that none of the selections has.
fn free_key<'s>(selections: impl Iterator<Item = &'s Selection>) -> EngineName {
    let keys: HashSet<_> = selections
        .filter_map(|selection| match &selection.node {
            engine::Selection::Field(field) => Some(field.node.response_key().node.as_str()),
            _ => None,
        })
        .collect();
    let mut key = "__object".to_owned();
    while keys.contains(key.as_str()) {
        key.push('_');
    }
    EngineName::new(key)
}

/// The object's type, under that key.
fn typename(key: &EngineName) -> Selection {
    let pos = Pos::default();
    let field = engine::Field {
        alias: Some(Positioned::new(key.clone(), pos)),
        name: Positioned::new(EngineName::new("__typename"), pos),
        arguments: Vec::new(),
        directives: Vec::new(),
        selection_set: Positioned::new(engine::SelectionSet { items: Vec::new() }, pos),
    };
    Positioned::new(engine::Selection::Field(Positioned::new(field, pos)), pos)
}

fn position<T>(lines: &LineIndex, node: &Node<T>) -> Pos {
    lines.locate_span(node.location()).map(|place| Pos::from((place.line, place.column))).unwrap_or_default()
}
