//! The values of an operation's variables, before anything runs: CoerceVariableValues (section 6.1.2).
//!
//! In: variable definitions and the JSON that came with the request. Out: one value or absence per definition,
//! defaults applied, or a rejection that says which variable is wrong where. Values are never echoed.

use apollo_compiler::Node;
use apollo_compiler::ast::{Type, VariableDefinition};
use apollo_compiler::schema::{ExtendedType, InputObjectType};
use async_graphql::Name as EngineName;
use async_graphql_value::ConstValue;
use indexmap::IndexMap;
use serde_json::{Map, Value};

use super::judge::Judge;
use super::leaf;
use super::literal::{default_of, engine_name};
use super::position::LineIndex;
use super::rejection::{Rejection, RejectionCode};

/// One entry per variable definition: its value, or `None` where none was given and none is needed.
pub(crate) type Coerced = Vec<Option<ConstValue>>;

/// Why a value is not of its type: what is wrong, and the way to it from the inside out.
pub(crate) struct Mismatch {
    what: String,
    path: Vec<String>,
}

impl Mismatch {
    pub(crate) fn new(what: impl Into<String>) -> Self {
        Self { what: what.into(), path: Vec::new() }
    }

    fn inside(mut self, step: String) -> Self {
        self.path.push(step);
        self
    }

    fn describe(&self, variable: &str) -> String {
        let path: String = self.path.iter().rev().map(String::as_str).collect();
        format!("variable `${variable}{path}` {}", self.what)
    }
}

/// Coerces values by the types of a schema, nested no deeper than allowed.
pub(crate) struct Coercion<'a> {
    pub(crate) judge: &'a Judge,
    pub(crate) nesting: usize,
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
                    wrong.push((mismatch.describe(&definition.name), lines.locate_span(definition.location())))
                }
            }
        }
        Rejection::of(RejectionCode::VariableCoercionFailed, wrong).map_or(Ok(coerced), Err)
    }

    fn variable(&self, definition: &VariableDefinition, given: Option<Value>) -> Result<Option<ConstValue>, Mismatch> {
        match (given, &definition.default_value) {
            (Some(value), _) => self.value(&definition.ty, value, 0).map(Some),
            (None, Some(default)) => Ok(default_of(&self.judge.schema, &definition.ty, default)),
            (None, None) if definition.ty.is_non_null() => {
                Err(Mismatch::new(format!("of required type `{}` was not given", definition.ty)))
            }
            (None, None) => Ok(None),
        }
    }

    fn value(&self, ty: &Type, value: Value, depth: usize) -> Result<ConstValue, Mismatch> {
        if depth > self.nesting {
            let allowed = self.nesting;
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
            single => match self.judge.schema.types.get(ty.inner_named_type()) {
                Some(ExtendedType::InputObject(object)) => self.object(object, single, depth),
                Some(ExtendedType::Enum(values)) => leaf::enum_value(values, &single),
                _ => {
                    let leaf = leaf::Leaf { value: single, levels_left: self.nesting - depth };
                    leaf.coerce(ty.inner_named_type(), &self.judge.scalars)
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
                (None, Some(default)) => default_of(&self.judge.schema, &field.ty, default),
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

/// JSON of a custom scalar as the engine's value, nested no deeper than allowed.
pub(crate) fn untyped(value: Value, levels_left: usize) -> Result<ConstValue, Mismatch> {
    let Some(inside) = levels_left.checked_sub(1) else {
        return Err(Mismatch::new("is nested too deep"));
    };
    Ok(match value {
        Value::Null => ConstValue::Null,
        Value::Bool(value) => ConstValue::Boolean(value),
        Value::Number(number) => ConstValue::Number(number),
        Value::String(text) => ConstValue::String(text),
        Value::Array(items) => {
            let items: Result<_, _> = items.into_iter().map(|item| untyped(item, inside)).collect();
            ConstValue::List(items?)
        }
        Value::Object(members) => {
            let member = |(name, value): (String, _)| Ok((EngineName::new(name), untyped(value, inside)?));
            let members: Result<_, Mismatch> = members.into_iter().map(member).collect();
            ConstValue::Object(members?)
        }
    })
}
