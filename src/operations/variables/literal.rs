//! Values written in a document, by the input coercion rules of their types (section 3).
//!
//! In: a literal of a valid document and the type of its place. Out: the engine's value: integers for `ID` are
//! strings, a single value in a list's place is a list, defaults of input objects are filled in. The engine's
//! own coercion then gives the result of the specification.

use apollo_compiler::ast::{Type, Value as Literal};
use apollo_compiler::schema::{ExtendedType, InputObjectType};
use apollo_compiler::validation::Valid;
use apollo_compiler::{Name, Node, Schema};
use async_graphql::Name as EngineName;
use async_graphql_value::{ConstValue, Value};
use indexmap::IndexMap;
use serde_json::Number;

/// Replaces a variable at a place (`true`: a non-null place); `None` if the variable is absent.
pub(crate) type Substitute<'a> = dyn FnMut(&Name, bool) -> Option<Value> + 'a;

/// A literal in the place of a type; `None` if it is an absent variable.
pub(crate) fn value_of(
    schema: &Valid<Schema>,
    ty: &Type,
    literal: &Literal,
    variable: &mut Substitute<'_>,
) -> Option<Value> {
    match literal {
        Literal::Variable(name) => variable(name, ty.is_non_null()),
        Literal::Null => Some(Value::Null),
        Literal::List(items) if ty.is_list() => {
            let mut item =
                |item: &Node<Literal>| value_of(schema, ty.item_type(), item, variable).unwrap_or(Value::Null);
            Some(Value::List(items.iter().map(&mut item).collect()))
        }
        single if ty.is_list() => {
            let item = value_of(schema, ty.item_type(), single, variable)?;
            Some(Value::List(vec![item]))
        }
        single => Some(match (schema.types.get(ty.inner_named_type()), single) {
            (Some(ExtendedType::InputObject(object)), Literal::Object(fields)) => {
                Value::Object(object_of(schema, object, fields, variable))
            }
            (Some(ExtendedType::Enum(_)), Literal::Enum(value)) => Value::Enum(engine_name(value)),
            (Some(ExtendedType::Scalar(id)), Literal::Int(digits)) if id.name == "ID" => {
                Value::String(digits.as_str().to_owned())
            }
            _ => untyped(single, variable),
        }),
    }
}

/// A default of the schema or of a variable, which has no variables in it.
pub(crate) fn default_of(schema: &Valid<Schema>, ty: &Type, literal: &Literal) -> Option<ConstValue> {
    value_of(schema, ty, literal, &mut |_, _| None)?.into_const()
}

fn object_of(
    schema: &Valid<Schema>,
    object: &InputObjectType,
    written: &[(Name, Node<Literal>)],
    variable: &mut Substitute<'_>,
) -> IndexMap<EngineName, Value> {
    let mut fields = IndexMap::with_capacity(object.fields.len());
    for (name, field) in &object.fields {
        let literal = written.iter().find(|(written, _)| written == name);
        let given = literal.and_then(|(_, literal)| value_of(schema, &field.ty, literal, variable));
        let value = given.or_else(|| {
            let default = field.default_value.as_ref()?;
            value_of(schema, &field.ty, default, variable)
        });
        if let Some(value) = value {
            fields.insert(engine_name(name), value);
        }
    }
    fields
}

/// A literal of a built-in or custom scalar, converted by its syntax alone.
fn untyped(literal: &Literal, variable: &mut Substitute<'_>) -> Value {
    match literal {
        Literal::Null => Value::Null,
        Literal::Variable(name) => variable(name, false).unwrap_or(Value::Null),
        Literal::Boolean(value) => Value::Boolean(*value),
        Literal::String(text) => Value::String(text.clone()),
        Literal::Enum(name) => Value::String(name.as_str().to_owned()),
        Literal::Int(digits) => number(digits.as_str()),
        Literal::Float(digits) => number(digits.as_str()),
        Literal::List(items) => Value::List(items.iter().map(|item| untyped(item, variable)).collect()),
        Literal::Object(members) => {
            // A member whose variable has no value is left out; an item of a list has to be something.
            let member = |(name, value): &(Name, Node<Literal>)| match &**value {
                Literal::Variable(stands) => Some((engine_name(name), variable(stands, false)?)),
                other => Some((engine_name(name), untyped(other, variable))),
            };
            Value::Object(members.iter().filter_map(member).collect())
        }
    }
}

/// A literal as the JSON that a scalar's check looks at; variables in it count as null.
pub(crate) fn literal_to_json(literal: &Literal) -> serde_json::Value {
    let value = untyped(literal, &mut |_, _| None);
    value.into_json().unwrap_or_default()
}

/// Digits as an integer where one of 64 bits holds them, else as the nearest double.
fn number(digits: &str) -> Value {
    let whole = digits.parse::<i64>().map(Number::from).or_else(|_| digits.parse::<u64>().map(Number::from));
    let number = whole.ok().or_else(|| Number::from_f64(digits.parse().ok()?));
    number.map_or(Value::Null, Value::Number)
}

/// The engine's own form of a name.
pub(crate) fn engine_name(name: &Name) -> EngineName {
    EngineName::new(name.as_str())
}
