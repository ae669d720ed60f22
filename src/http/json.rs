//! Reads JSON of strangers. In: a text. Out: its value, or why not. Nesting is counted while reading, so nothing recurses
//! deeper than allowed.
//!
//! serde_json's own reader of a `Value` takes an object with the one member `$serde_json::private::RawValue` for JSON in
//! a string, which is read anew, with a new allowance of nesting. Here a member is a member, whatever its name.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value, error::Category};

/// Arrays and objects within each other; serde_json's own bound is 128.
const MAX_NESTING: usize = 100;

/// Why a text is not read.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum JsonError {
    /// It is nested too deep.
    TooDeep,
    /// It is not JSON; where, both from 1.
    Malformed { line: usize, column: usize },
}

/// The value of a text.
pub(super) fn read(text: &str) -> Result<Value, JsonError> {
    let mut reader = serde_json::Deserializer::from_str(text);
    let read = Levels(MAX_NESTING).deserialize(&mut reader).and_then(|value| reader.end().map(|()| value));
    read.map_err(|error| match error.classify() {
        // Every JSON fits a `Value`: only its nesting can be wrong with it.
        Category::Data => JsonError::TooDeep,
        _ => JsonError::Malformed { line: error.line(), column: error.column() },
    })
}

/// Reads a value of at most so many levels.
#[derive(Clone, Copy)]
struct Levels(usize);

impl Levels {
    fn inside<E: Error>(self) -> Result<Self, E> {
        self.0.checked_sub(1).map(Self).ok_or_else(|| E::custom("nested too deep"))
    }
}

impl<'de> DeserializeSeed<'de> for Levels {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, reader: D) -> Result<Value, D::Error> {
        reader.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Levels {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_str<E>(self, text: &str) -> Result<Value, E> {
        Ok(text.into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut array: A) -> Result<Value, A::Error> {
        let (inside, mut items) = (self.inside()?, Vec::new());
        while let Some(item) = array.next_element_seed(inside)? {
            items.push(item);
        }
        Ok(Value::Array(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<Value, A::Error> {
        let (inside, mut members) = (self.inside()?, Map::new());
        while let Some(name) = object.next_key::<String>()? {
            members.insert(name, object.next_value_seed(inside)?);
        }
        Ok(Value::Object(members))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn values_are_those_of_the_text() {
        let text = r#" [null, true, -1, 18446744073709551615, 1.5, "\u00e9", {"a": {}, "b": 1, "b": 2}] "#;
        assert_eq!(read(text), Ok(json!([null, true, -1, u64::MAX, 1.5, "é", {"a": {}, "b": 2}])));
        assert_eq!(read("[1,\n x]"), Err(JsonError::Malformed { line: 2, column: 2 }));
        assert_eq!(read("1 2"), Err(JsonError::Malformed { line: 1, column: 3 }));
    }

    #[test]
    fn what_is_nested_too_deep_is_not_read() {
        let nested = |levels: usize| "[".repeat(levels) + &"]".repeat(levels);
        assert!(read(&nested(MAX_NESTING)).is_ok());
        assert_eq!(read(&nested(MAX_NESTING + 1)), Err(JsonError::TooDeep));
        assert_eq!(read(&"{\"a\":".repeat(100_000)), Err(JsonError::TooDeep));
    }

    #[test]
    fn a_string_is_never_read_as_json_again() {
        let text = json!({ "$serde_json::private::RawValue": "[[1]]" });
        assert_eq!(read(&text.to_string()), Ok(text));
    }
}
