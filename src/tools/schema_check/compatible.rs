//! Whether a type can replace another, and whether two default values are equal. In: the old and the new. Out: yes or no.

use apollo_compiler::ast::{Type, Value};

/// Whether clients that read the old type can read the new one: it may promise more.
pub(crate) fn in_output(old: &Type, new: &Type) -> bool {
    match (old, new) {
        (Type::Named(old), Type::Named(new) | Type::NonNullNamed(new)) => old == new,
        (Type::NonNullNamed(old), Type::NonNullNamed(new)) => old == new,
        (Type::List(old), Type::List(new) | Type::NonNullList(new)) => in_output(old, new),
        (Type::NonNullList(old), Type::NonNullList(new)) => in_output(old, new),
        _ => false,
    }
}

/// Whether clients that send the old type can send it still: the new one may ask for less.
pub(crate) fn in_input(old: &Type, new: &Type) -> bool {
    match (old, new) {
        (Type::NonNullNamed(old), Type::NonNullNamed(new) | Type::Named(new)) => old == new,
        (Type::Named(old), Type::Named(new)) => old == new,
        (Type::NonNullList(old), Type::NonNullList(new) | Type::List(new)) => in_input(old, new),
        (Type::List(old), Type::List(new)) => in_input(old, new),
        _ => false,
    }
}

/// Whether two literals are one value: members in any order, `1` for `1.0`.
pub(crate) fn same_value(old: &Value, new: &Value) -> bool {
    match (old, new) {
        (Value::Object(old), Value::Object(new)) => {
            let is_there = |name, value| new.iter().any(|(other, new)| other == name && same_value(value, new));
            old.len() == new.len() && old.iter().all(|(name, value)| is_there(name, value))
        }
        (Value::List(old), Value::List(new)) => {
            old.len() == new.len() && old.iter().zip(new).all(|(old, new)| same_value(old, new))
        }
        (Value::Int(_) | Value::Float(_), Value::Int(_) | Value::Float(_)) => old.to_f64() == new.to_f64(),
        _ => old == new,
    }
}
