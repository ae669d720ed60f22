//! The schema's own scalars, and the check of each for what clients send: it runs before anything else does, because a
//! scalar that fails inside the engine takes its parent object with it.

use std::str::FromStr;

use async_graphql::{InputValueError, InputValueResult, Scalar, ScalarType, Value};
use contract::{Currency, Time};
use serde::{Deserialize, Serialize};

/// An instant, RFC 3339 in UTC with milliseconds: `2027-01-31T08:15:30.123Z`.
#[derive(Clone, Copy, Deserialize)]
#[serde(transparent)]
pub struct DateTime(pub Time);

/// An exact decimal number in plain notation, as a string: `"12.99"`.
pub struct Decimal(pub String);

/// An ISO 4217 currency code: `EUR`. Amounts have the currency's number of digits (JPY 0, EUR 2, KWD 3).
pub struct CurrencyCode(pub Currency);

/// An absolute http or https URL.
#[derive(Clone, Deserialize, Serialize)]
#[serde(transparent)]
pub struct Url(pub String);

/// An opaque position in a list, valid only for that list.
#[derive(Clone, Deserialize)]
#[serde(transparent)]
pub struct Cursor(pub String);

/// More digits than any amount of money has.
const MAX_DECIMAL_LENGTH: usize = 40;
/// Longer cursors are not ours.
const MAX_CURSOR_LENGTH: usize = 512;

/// Says what is wrong with a JSON value for a scalar, as the end of a sentence.
type Check = fn(&serde_json::Value) -> Result<(), String>;

/// The check of each scalar, for `operations/` to apply to documents and variables.
pub const CHECKS: [(&str, Check); 5] = [
    ("DateTime", |value| match text(value)?.parse::<Time>() {
        Ok(_) => Ok(()),
        Err(_) => Err("is not an RFC 3339 instant".into()),
    }),
    ("Decimal", |value| is(is_decimal(text(value)?), "is not a decimal number such as \"12.99\"")),
    ("CurrencyCode", |value| text(value)?.parse::<Currency>().map(drop).map_err(|error| error.to_string())),
    ("Url", |value| is(is_url(text(value)?), "is not an absolute http or https URL")),
    ("Cursor", |value| is(text(value)?.len() <= MAX_CURSOR_LENGTH, "is not a cursor")),
];

fn is(good: bool, otherwise: &str) -> Result<(), String> {
    if good { Ok(()) } else { Err(otherwise.into()) }
}

fn text(value: &serde_json::Value) -> Result<&str, String> {
    value.as_str().ok_or_else(|| "is not a string".into())
}

fn is_decimal(text: &str) -> bool {
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    let unsigned = text.strip_prefix('-').unwrap_or(text);
    text.len() <= MAX_DECIMAL_LENGTH
        && match unsigned.split_once('.') {
            Some((whole, fraction)) => digits(whole) && digits(fraction),
            None => digits(unsigned),
        }
}

fn is_url(text: &str) -> bool {
    text.len() <= 2048
        && text.parse::<http::Uri>().is_ok_and(|uri| {
            matches!(uri.scheme_str(), Some("http" | "https")) && uri.host().is_some_and(|h| !h.is_empty())
        })
}

/// An instant, RFC 3339 in UTC with milliseconds: `2027-01-31T08:15:30.123Z`.
#[Scalar]
impl ScalarType for DateTime {
    fn parse(value: Value) -> InputValueResult<Self> {
        parsed(&value).map(Self).ok_or_else(|| InputValueError::expected_type(value))
    }

    fn to_value(&self) -> Value {
        Value::String(self.0.to_string())
    }
}

/// An exact decimal number in plain notation, as a string: `"12.99"`.
#[Scalar]
impl ScalarType for Decimal {
    fn parse(value: Value) -> InputValueResult<Self> {
        parsed(&value).map(Self).ok_or_else(|| InputValueError::expected_type(value))
    }

    fn to_value(&self) -> Value {
        Value::String(self.0.clone())
    }
}

/// An ISO 4217 currency code: `EUR`. Amounts have the currency's number of digits (JPY 0, EUR 2, KWD 3).
#[Scalar]
impl ScalarType for CurrencyCode {
    fn parse(value: Value) -> InputValueResult<Self> {
        parsed(&value).map(Self).ok_or_else(|| InputValueError::expected_type(value))
    }

    fn to_value(&self) -> Value {
        Value::String(self.0.code().into())
    }
}

/// An absolute http or https URL.
#[Scalar]
impl ScalarType for Url {
    fn parse(value: Value) -> InputValueResult<Self> {
        parsed(&value).map(Self).ok_or_else(|| InputValueError::expected_type(value))
    }

    fn to_value(&self) -> Value {
        Value::String(self.0.clone())
    }
}

/// An opaque position in a list, valid only for that list.
#[Scalar]
impl ScalarType for Cursor {
    fn parse(value: Value) -> InputValueResult<Self> {
        parsed(&value).map(Self).ok_or_else(|| InputValueError::expected_type(value))
    }

    fn to_value(&self) -> Value {
        Value::String(self.0.clone())
    }
}

/// The engine's reading of a value that [`CHECKS`] has passed.
fn parsed<T: FromStr>(value: &Value) -> Option<T> {
    match value {
        Value::String(text) => text.parse().ok(),
        _ => None,
    }
}
