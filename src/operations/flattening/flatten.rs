//! An operation without fragments, repeated keys or conditions: what the engine is given to run.
//!
//! In: a valid document, one of its operations, the state of its variables. Out: the engine's document. The
//! engine runs a field once for each time it is selected, and enters a fragment each time it is spread
//! (docs/decisions/0002-flattening.md), so fields of one key are merged and fragments inlined before it sees them.
//! Type conditions are left only where the object's type is known no earlier than at run time.

use std::collections::HashMap;

use apollo_compiler::ast::Argument;
use apollo_compiler::executable::{Field, SelectionSet};
use apollo_compiler::schema::FieldDefinition;
use apollo_compiler::{Name, Node};
use async_graphql::parser::types as engine;
use async_graphql::{Name as EngineName, Pos, Positioned};
use async_graphql_value::Value;

use super::allowance::Allowance;
use super::collect::{Collected, Collector, Grouped, Target};
use super::variant::VariableState;
use crate::operations::rejection::Rejection;
use crate::operations::rulebook::Rulebook;
use crate::operations::validation::LineIndex;
use crate::operations::variables::{engine_name, value_of};

/// The arguments of one field, as the engine has them.
type Arguments = Vec<(Positioned<EngineName>, Positioned<Value>)>;

/// How the flattened operation uses one variable.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Usage {
    /// It stands where null is not taken.
    pub(crate) non_null: bool,
}

/// Turns one operation into the engine's form; lives for one flattening.
pub(crate) struct Flattener<'a> {
    pub(crate) rulebook: &'a Rulebook,
    pub(crate) lines: &'a LineIndex,
    pub(crate) collector: Collector<'a>,
    pub(crate) allowance: Allowance,
    /// The variables that the flattened operation still has.
    pub(crate) used: HashMap<Name, Usage>,
}

impl<'a> Flattener<'a> {
    /// The selections of one place, whose value has the type `ty`.
    pub(crate) fn selections(
        &mut self,
        ty: &Name,
        places: &[&'a SelectionSet],
        depth: usize,
    ) -> Result<Vec<Positioned<engine::Selection>>, Rejection> {
        let objects = self.collector.possible.of(ty);
        let target = match objects {
            [object] if object == ty => Target::Object(ty),
            _ => Target::Any(ty),
        };
        match self.collector.collect(target, places, &mut self.allowance)? {
            Collected::Fields(grouped) => self.fields(ty, grouped, depth),
            Collected::DependsOnObject => {
                let mut selections = Vec::with_capacity(objects.len());
                for object in objects {
                    selections.extend(self.for_object(object, places, depth)?);
                }
                Ok(selections)
            }
        }
    }

    /// The selections for one of the objects that a place can hold, under a condition on its type.
    fn for_object(
        &mut self,
        object: &Name,
        places: &[&'a SelectionSet],
        depth: usize,
    ) -> Result<Option<Positioned<engine::Selection>>, Rejection> {
        let target = Target::Object(object);
        let Collected::Fields(grouped) = self.collector.collect(target, places, &mut self.allowance)? else {
            return Ok(None);
        };
        let items = self.fields(object, grouped, depth)?;
        let place = items.first().map(|first| first.pos);
        Ok(place.map(|pos| {
            let condition = engine::TypeCondition { on: Positioned::new(engine_name(object), pos) };
            let fragment = engine::InlineFragment {
                type_condition: Some(Positioned::new(condition, pos)),
                directives: Vec::new(),
                selection_set: Positioned::new(engine::SelectionSet { items }, pos),
            };
            let fragment = Positioned::new(fragment, pos);
            Positioned::new(engine::Selection::InlineFragment(fragment), pos)
        }))
    }

    fn fields(
        &mut self,
        ty: &Name,
        grouped: Grouped<'a>,
        depth: usize,
    ) -> Result<Vec<Positioned<engine::Selection>>, Rejection> {
        let mut fields = Vec::with_capacity(grouped.len());
        for selected in grouped.values() {
            self.allowance.field(depth)?;
            if let Some(field) = self.field(ty, selected, depth)? {
                let pos = field.pos;
                fields.push(Positioned::new(engine::Selection::Field(field), pos));
            }
        }
        Ok(fields)
    }

    /// One field, from all selections of its response key; they agree in name and arguments (section 5.3.2).
    fn field(
        &mut self,
        ty: &Name,
        selected: &[&'a Node<Field>],
        depth: usize,
    ) -> Result<Option<Positioned<engine::Field>>, Rejection> {
        let Some(&first) = selected.first() else {
            return Ok(None);
        };
        let pos = self.place(first);
        // The object's own definition can name a narrower type than the interface's.
        let schema = &self.rulebook.schema;
        let definition = schema.type_field(ty, &first.name).unwrap_or(&first.definition);
        let places: Vec<_> = selected.iter().filter_map(|field| field.selection_set.as_ref()).collect();
        let items = if places.is_empty() {
            Vec::new()
        } else {
            self.selections(definition.ty.inner_named_type(), &places, depth + 1)?
        };
        let field = engine::Field {
            alias: first.alias.as_ref().map(|alias| Positioned::new(engine_name(alias), pos)),
            name: Positioned::new(engine_name(&first.name), pos),
            arguments: self.arguments(definition, &first.arguments)?,
            directives: Vec::new(),
            selection_set: Positioned::new(engine::SelectionSet { items }, pos),
        };
        Ok(Some(Positioned::new(field, pos)))
    }

    /// Arguments by their types; one whose variable has no value falls away, so that its default applies.
    fn arguments(&mut self, field: &FieldDefinition, written: &[Node<Argument>]) -> Result<Arguments, Rejection> {
        let (collector, used) = (&self.collector, &mut self.used);
        let mut variable = |name: &Name, non_null: bool| {
            if collector.variant.state(collector.operation, name) == VariableState::Absent {
                return None;
            }
            used.entry(name.clone()).or_default().non_null |= non_null;
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
                let pos = position(self.lines, argument);
                let name = Positioned::new(engine_name(&argument.name), pos);
                arguments.push((name, Positioned::new(value, pos)));
            }
        }
        Ok(arguments)
    }

    fn place<T>(&self, node: &Node<T>) -> Pos {
        position(self.lines, node)
    }
}

fn position<T>(lines: &LineIndex, node: &Node<T>) -> Pos {
    lines.locate_span(node.location()).map(|place| Pos::from((place.line, place.column))).unwrap_or_default()
}
