//! The values of an operation's variables, before anything runs: CoerceVariableValues (section 6.1.2).
//!
//! In: variable definitions and the JSON that came with the request. Out: one value or absence per definition,
//! defaults applied, or a rejection with the path to each mismatch. Values are never echoed. (The compiler's own coercion
//! stops at the first error and checks no custom scalars.)

use apollo_compiler::Node;
use apollo_compiler::ast::{Type, VariableDefinition};
use apollo_compiler::schema::{ExtendedType, InputObjectType};
use async_graphql_value::ConstValue;
use indexmap::IndexMap;
use serde_json::{Map, Value};

use super::literal::{default_of, engine_name};
use super::mismatch::Mismatch;
use super::scalar_value::{ScalarType, enum_value};
use crate::operations::rejection::{Rejection, RejectionCode, Violation};
use crate::operations::rulebook::Rulebook;
use crate::operations::validation::LineIndex;

/// One entry per variable definition: its value, or `None` where none was given and none is needed.
pub(crate) type Coerced = Vec<Option<ConstValue>>;

/// Coerces values by the types of the schema, nested no deeper than allowed.
pub(crate) struct Coercion<'a> {
    pub(crate) rulebook: &'a Rulebook,
}

impl Coercion<'_> {
    /// Coerces all variables of one operation; names that it does not define are ignored.
    pub(crate) fn coerce(
        &self,
        definitions: &[Node<VariableDefinition>],
        mut given: Map<String, Value>,
        lines: &LineIndex,
    ) -> Result<Coerced, Rejection> {
        let mut wrong = Vec::new();
        let mut coerced = Vec::with_capacity(definitions.len());
        for definition in definitions {
            match self.variable(definition, given.remove(definition.name.as_str())) {
                Ok(value) => coerced.push(value),
                Err(mismatch) => {
                    let message = mismatch.describe(&definition.name);
                    wrong.push(Violation::new(&message, lines.locate_span(definition.location())));
                }
            }
        }
        Rejection::of(RejectionCode::VariableCoercionFailed, wrong).map_or(Ok(coerced), Err)
    }

    fn variable(&self, definition: &VariableDefinition, given: Option<Value>) -> Result<Option<ConstValue>, Mismatch> {
        match (given, &definition.default_value) {
            (Some(value), _) => self.value(&definition.ty, value, 0).map(Some),
            (None, Some(default)) => Ok(default_of(&self.rulebook.schema, &definition.ty, default)),
            (None, None) if definition.ty.is_non_null() => {
                Err(Mismatch::new(format!("of required type `{}` was not given", definition.ty)))
            }
            (None, None) => Ok(None),
        }
    }

    fn value(&self, ty: &Type, value: Value, depth: usize) -> Result<ConstValue, Mismatch> {
        let allowed = self.rulebook.limits.nesting;
        if depth > allowed {
            return Err(Mismatch::new(format!("is nested deeper than {allowed} levels")));
        }
        match value {
            Value::Null if ty.is_non_null() => Err(Mismatch::new(format!("of type `{ty}` must not be null"))),
            Value::Null => Ok(ConstValue::Null),
            Value::Array(items) if ty.is_list() => {
                let item = |(index, item)| {
                    self.value(ty.item_type(), item, depth + 1)
                        .map_err(|mismatch| mismatch.inside(format!("[{index}]")))
                };
                let items: Result<_, _> = items.into_iter().enumerate().map(item).collect();
                items.map(ConstValue::List)
            }
            single if ty.is_list() => {
                let item = self.value(ty.item_type(), single, depth + 1)?;
                Ok(ConstValue::List(vec![item]))
            }
            single => match self.rulebook.schema.types.get(ty.inner_named_type()) {
                Some(ExtendedType::InputObject(object)) => self.object(object, single, depth),
                Some(ExtendedType::Enum(values)) => enum_value(values, &single),
                _ => {
                    let scalar = ScalarType { name: ty.inner_named_type(), checks: &self.rulebook.scalars };
                    scalar.coerce(single, allowed - depth)
                }
            },
        }
    }

    fn object(&self, object: &InputObjectType, value: Value, depth: usize) -> Result<ConstValue, Mismatch> {
        let Value::Object(mut given) = value else {
            return Err(Mismatch::new(format!("must be an object of type `{}`", object.name)));
        };
        if object.is_one_of() && (given.len() != 1 || given.values().any(Value::is_null)) {
            let message = format!("must have exactly one member that is not null, as type `{}` is @oneOf", object.name);
            return Err(Mismatch::new(message));
        }
        let mut fields = IndexMap::with_capacity(object.fields.len());
        for (name, field) in &object.fields {
            let value = match (given.remove(name.as_str()), &field.default_value) {
                (Some(value), _) => self
                    .value(&field.ty, value, depth + 1)
                    .map_err(|mismatch| mismatch.inside(format!(".{name}")))
                    .map(Some)?,
                (None, Some(default)) => default_of(&self.rulebook.schema, &field.ty, default),
                (None, None) if field.ty.is_non_null() => {
                    let message = format!("of required type `{}` was not given", field.ty);
                    return Err(Mismatch::new(message).inside(format!(".{name}")));
                }
                (None, None) => None,
            };
            if let Some(value) = value {
                fields.insert(engine_name(name), value);
            }
        }
        match given.keys().next() {
            Some(unknown) => {
                Err(Mismatch::new(format!("has a member `{unknown}` that type `{}` does not define", object.name)))
            }
            None => Ok(ConstValue::Object(fields)),
        }
    }
}
