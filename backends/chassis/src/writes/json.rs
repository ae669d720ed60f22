//! Reads the JSON body of a command. In: bytes. Out: the command's input; or 400 for a body that is not JSON, or 422 with
//! the path of the member that does not fit and the reason, in terms of JSON and not of Rust.

use std::{fmt, marker::PhantomData};

use http::StatusCode;
use serde::{
    Deserialize, Deserializer,
    de::{DeserializeOwned, MapAccess, Visitor, value::MapAccessDeserializer},
};
use serde_json::Value;

use crate::{ApiError, Detail};

/// A `T` that is read from a JSON object only: serde's derived code also accepts an array of the members' values.
#[derive(Debug)]
pub struct Object<T>(pub T);

impl<'de, T: Deserialize<'de>> Object<T> {
    /// For `deserialize_with`: the object as a `T`.
    pub fn read<D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
        Self::deserialize(deserializer).map(|Self(value)| value)
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Object<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(ObjectVisitor(PhantomData))
    }
}

struct ObjectVisitor<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for ObjectVisitor<T> {
    type Value = Object<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, access: A) -> Result<Object<T>, A::Error> {
        T::deserialize(MapAccessDeserializer::new(access)).map(Object)
    }
}

/// Reads a body that is one JSON object.
pub(super) fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, ApiError> {
    let malformed = |error| ApiError::bad_request(format!("the body is not JSON: {error}"));
    let mut deserializer = serde_json::Deserializer::from_slice(body);
    match serde_path_to_error::deserialize(&mut deserializer) {
        Ok(Object(input)) => deserializer.end().map(|()| input).map_err(malformed),
        // A body that is malformed further on is not JSON either.
        Err(error) => Err(serde_json::from_slice::<Value>(body).map_or_else(malformed, |_| mismatch(&error))),
    }
}

fn mismatch(error: &serde_path_to_error::Error<serde_json::Error>) -> ApiError {
    let text = error.inner().to_string();
    let text = text.rsplit_once(" at line ").map_or(text.as_str(), |(text, _)| text);
    let (member, issue) = issue(text);
    let place = if error.path().iter().len() == 0 { String::new() } else { error.path().to_string() };
    let dot = if member.is_empty() || place.is_empty() { "" } else { "." };
    let field = format!("{place}{dot}{member}");
    if field.is_empty() {
        return ApiError::new(StatusCode::UNPROCESSABLE_ENTITY, "VALIDATION_FAILED", format!("the body {issue}"));
    }
    ApiError::invalid(vec![Detail { field, issue: issue.to_owned() }])
}

/// The member that serde's message names, if any, and the message in terms of JSON. The texts of our own types stay.
fn issue(text: &str) -> (&str, &str) {
    let expected = text.rsplit_once(", expected ").map_or("", |(_, expected)| expected);
    match text.split_once(['`', ':']).map_or(text, |(kind, _)| kind) {
        "missing field " => (text.split('`').nth(1).unwrap_or_default(), "is missing"),
        "duplicate field " => (text.split('`').nth(1).unwrap_or_default(), "must not be repeated"),
        "invalid value" if text.contains(": integer ") || text.contains(": floating ") => ("", "is out of range"),
        "invalid type" => (
            "",
            match expected {
                "a string" => "must be a string",
                "a boolean" => "must be true or false",
                "a sequence" => "must be an array",
                "an object" => "must be an object",
                "f32" | "f64" => "must be a number",
                _ if expected.starts_with(['i', 'u']) => "must be a whole number",
                _ => "is not valid",
            },
        ),
        "invalid value" | "invalid length" | "unknown variant " => ("", "is not valid"),
        _ => ("", text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Deserialize)]
    struct Dot {
        x: i32,
        owner: Option<contract::UserId>,
    }

    #[derive(Debug, Deserialize)]
    struct Drawing {
        name: String,
        #[serde(default)]
        dots: Vec<Object<Dot>>,
        scale: Option<f32>,
        shown: Option<bool>,
    }

    #[test]
    fn a_body_that_fits_is_read() {
        let body = br#"{"more": [{}], "name": "n", "dots": [{"x": -1}, {"x": 2, "owner": null}], "scale": 2}"#;
        let drawing: Drawing = read(body).unwrap();
        assert_eq!((drawing.name.as_str(), drawing.dots[0].0.x, drawing.dots.len()), ("n", -1, 2));
        assert_eq!((drawing.scale, drawing.shown, drawing.dots[1].0.owner), (Some(2.0), None, None));
    }

    #[test]
    fn every_mismatch_names_the_member_and_the_reason() {
        for (body, field, issue) in [
            ("{}", "name", "is missing"),
            (r#"{"name": null}"#, "name", "must be a string"),
            (r#"{"name": "n", "name": "m"}"#, "name", "must not be repeated"),
            (r#"{"name": "n", "dots": {}}"#, "dots", "must be an array"),
            (r#"{"name": "n", "dots": [{"x": 1}, [1, null]]}"#, "dots[1]", "must be an object"),
            (r#"{"name": "n", "dots": [{}]}"#, "dots[0].x", "is missing"),
            (r#"{"name": "n", "dots": [{"x": 1.5}]}"#, "dots[0].x", "must be a whole number"),
            (r#"{"name": "n", "dots": [{"x": ", expected a string"}]}"#, "dots[0].x", "must be a whole number"),
            (r#"{"name": "n", "dots": [{"x": 3000000000}]}"#, "dots[0].x", "is out of range"),
            (r#"{"name": "n", "scale": "2"}"#, "scale", "must be a number"),
            (r#"{"name": "n", "shown": 1}"#, "shown", "must be true or false"),
        ] {
            let error = read::<Drawing>(body.as_bytes()).unwrap_err();
            assert_eq!((error.code, error.details[0].field.as_str()), ("VALIDATION_FAILED", field), "{body}");
            assert_eq!(error.details[0].issue, issue, "{body}");
        }
        let error = read::<Drawing>(br#"{"name": "n", "dots": [{"x": 1, "owner": "ada"}]}"#).unwrap_err();
        assert!(error.details[0].issue.starts_with("is not the id of a user: expected"), "{error}");
        assert_eq!(read::<Drawing>(br#"{"name": 1, "#).unwrap_err().code, "BAD_REQUEST");
    }
}
