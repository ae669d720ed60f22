//! The scalars and enums of the schema as they stand in answers of the services: whether a value is one, and whether it is
//! spelled as in a response. The engine reads the same values with serde.

use async_graphql::{Value as ConstValue, resolver_utils::EnumType};
use contract::{Currency, Id, IdKind, Time};
use serde::de::DeserializeOwned;

use super::{
    id::GlobalId,
    order::OrderStatus,
    outcome::UserErrorCode,
    scalars::{CurrencyCode, Cursor, DateTime, Url},
    table::Plain,
    text::Written,
    user::Role,
};
use crate::clients::{Form, Leaf, Spelling, id, plain};

impl<K: IdKind> Plain for Id<K> {
    const FORM: Form = Form::Leaf(&Leaf::copied(check_id::<K>));
}

impl<K: IdKind> Plain for GlobalId<K> {
    const FORM: Form = <Id<K> as Plain>::FORM;
}

impl Plain for Written<String> {
    const FORM: Form = Form::Leaf(&Leaf::TEXT);
}

impl Plain for Written<Url> {
    const FORM: Form = Form::Leaf(&Leaf::TEXT);
}

impl Plain for String {
    const FORM: Form = Form::Leaf(&Leaf::STRING);
}

impl Plain for Cursor {
    const FORM: Form = Form::Leaf(&Leaf::STRING);
}

impl Plain for i32 {
    const FORM: Form = Form::Leaf(&Leaf::INT);
}

impl Plain for i64 {
    const FORM: Form = Form::Leaf(&Leaf::LONG);
}

impl Plain for bool {
    const FORM: Form = Form::Leaf(&Leaf::BOOLEAN);
}

impl Plain for DateTime {
    const FORM: Form = Form::Leaf(&Leaf { check: check_time, rewrite: rewrite_time, is_text: false });
}

impl Plain for CurrencyCode {
    const FORM: Form = Form::Leaf(&Leaf { check: check_currency, rewrite: rewrite_currency, is_text: false });
}

impl Plain for OrderStatus {
    const FORM: Form = Form::Leaf(&enumeration::<Self>());
}

impl Plain for UserErrorCode {
    const FORM: Form = Form::Leaf(&enumeration::<Self>());
}

impl Plain for Role {
    const FORM: Form = Form::Leaf(&enumeration::<Self>());
}

fn check_id<K: IdKind>(json: &str) -> Option<Spelling> {
    let digits = plain(json)?.strip_prefix(K::PREFIX)?;
    id(digits).map(|_| Spelling::Same)
}

fn check_time(json: &str) -> Option<Spelling> {
    if plain(json).is_some_and(is_usual_time) {
        return Some(Spelling::Same);
    }
    serde_json::from_str::<Time>(json).ok().map(|_| Spelling::Other)
}

/// `2027-01-31T08:15:30.123Z`, of a day that every month has.
fn is_usual_time(text: &str) -> bool {
    const FORM: &[u8; 24] = b"0000-00-00T00:00:00.000Z";
    let bytes = text.as_bytes();
    let is_form = |(byte, form): (&u8, &u8)| if *form == b'0' { byte.is_ascii_digit() } else { byte == form };
    let two = |at: usize| u32::from(bytes[at] - b'0') * 10 + u32::from(bytes[at + 1] - b'0');
    bytes.len() == FORM.len()
        && bytes.iter().zip(FORM).all(is_form)
        && (1..=12).contains(&two(5))
        && (1..=28).contains(&two(8))
        && two(11) < 24
        && two(14) < 60
        && two(17) < 60
}

fn rewrite_time(json: &str) -> String {
    serde_json::from_str::<Time>(json).ok().and_then(|time| serde_json::to_string(&time).ok()).unwrap_or_default()
}

fn check_currency(json: &str) -> Option<Spelling> {
    serde_json::from_str::<Currency>(json).ok().map(|_| Spelling::Other)
}

fn rewrite_currency(json: &str) -> String {
    serde_json::from_str::<Currency>(json).map(|currency| format!("\"{}\"", currency.code())).unwrap_or_default()
}

/// An enum, which the services write in snake_case.
const fn enumeration<T: DeserializeOwned + EnumType>() -> Leaf {
    Leaf {
        check: |json| serde_json::from_str::<T>(json).ok().map(|_| Spelling::Other),
        rewrite: |json| {
            let value = serde_json::from_str::<T>(json).map(async_graphql::resolver_utils::enum_value);
            match value {
                Ok(ConstValue::Enum(name)) => format!("\"{name}\""),
                _ => String::new(),
            }
        },
        is_text: false,
    }
}
