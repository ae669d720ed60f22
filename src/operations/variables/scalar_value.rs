//! JSON for the leaves of input types: built-in scalars, enums, custom scalars (sections 3.5 and 3.9).
//!
//! In: one JSON value that is not null. Out: the engine's value, or the mismatch. JSON has one kind of
//! number, so 3.0 is an integer here as it is in the reference implementation.

use apollo_compiler::schema::EnumType;
use async_graphql::Name as EngineName;
use async_graphql_value::ConstValue;
use indexmap::IndexMap;
use serde_json::{Number, Value};

use super::literal::engine_name;
use super::mismatch::Mismatch;
use super::scalars::Scalars;

/// The greatest integer up to which doubles hold every integer exactly.
const EXACT: f64 = 9_007_199_254_740_991.0;

/// A scalar type, built-in or custom.
pub(crate) struct ScalarType<'a> {
    pub(crate) name: &'a str,
    pub(crate) checks: &'a Scalars,
}

impl ScalarType<'_> {
    /// Coerces a value to the scalar; JSON of a custom scalar may have that many more levels.
    pub(crate) fn coerce(&self, value: Value, levels_left: usize) -> Result<ConstValue, Mismatch> {
        let scalar = self.name;
        let coerced = match (scalar, value) {
            ("Int", Value::Number(number)) => {
                integer(&number).and_then(|whole| i32::try_from(whole).ok()).map(ConstValue::from)
            }
            ("Float", Value::Number(number)) => Some(ConstValue::Number(number)),
            ("String" | "ID", Value::String(text)) => Some(ConstValue::String(text)),
            ("ID", Value::Number(number)) => integer(&number).map(|whole| ConstValue::String(whole.to_string())),
            ("Boolean", Value::Bool(value)) => Some(ConstValue::Boolean(value)),
            ("Int" | "Float" | "String" | "ID" | "Boolean", _) => None,
            (_, value) => {
                let verdict = self.checks.check(scalar, &value);
                verdict.map_err(|wrong| Mismatch::new(format!("of type `{scalar}` {wrong}")))?;
                Some(untyped(value, levels_left)?)
            }
        };
        coerced.ok_or_else(|| Mismatch::new(wanted(scalar)))
    }
}

/// A string that names a value of the enum.
pub(crate) fn enum_value(values: &EnumType, value: &Value) -> Result<ConstValue, Mismatch> {
    value
        .as_str()
        .and_then(|name| values.values.get(name))
        .map(|known| ConstValue::Enum(engine_name(&known.value)))
        .ok_or_else(|| Mismatch::new(format!("must be a value of enum `{}`", values.name)))
}

/// JSON of a custom scalar as the engine's value, nested no deeper than allowed.
fn untyped(value: Value, levels_left: usize) -> Result<ConstValue, Mismatch> {
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
            let mut untyped_members = IndexMap::with_capacity(members.len());
            for (name, value) in members {
                untyped_members.insert(EngineName::new(name), untyped(value, inside)?);
            }
            ConstValue::Object(untyped_members)
        }
    })
}

fn wanted(scalar: &str) -> &'static str {
    match scalar {
        "Int" => "must be an integer of 32 bits (`Int`)",
        "Float" => "must be a number (`Float`)",
        "String" => "must be a string (`String`)",
        "Boolean" => "must be true or false (`Boolean`)",
        _ => "must be a string or an integer (`ID`)",
    }
}

#[expect(clippy::cast_possible_truncation, reason = "whole and within the exact integers of a double")]
fn integer(number: &Number) -> Option<i128> {
    let whole = number.as_i64().map(i128::from).or_else(|| number.as_u64().map(i128::from));
    whole.or_else(|| {
        let double = number.as_f64()?;
        (double.fract() == 0.0 && double.abs() <= EXACT).then_some(double as i128)
    })
}
