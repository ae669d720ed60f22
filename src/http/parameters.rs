//! Reads the parameters of GraphQL over HTTP. In: a JSON body or a query string. Out: [`Parameters`], or a failure that
//! describes the error. Null is absent in JSON, the empty string in a query string; unknown members are ignored. serde_json bounds nesting.

use std::borrow::Cow;

use percent_encoding::percent_decode_str;
use serde_json::{Map, Value};

use super::failure::Failure;
use crate::requests::Parameters;

/// The parameters of a POST.
///
/// # Errors
/// The body is not a JSON object, or a parameter is not of its type.
pub fn from_json(body: &[u8]) -> Result<Parameters, Failure> {
    let text = std::str::from_utf8(body).map_err(|_| bad("the body is not UTF-8"))?;
    let body = match serde_json::from_str(text) {
        Ok(Value::Object(body)) => body,
        Ok(Value::Array(_)) => {
            return Err(bad("the body must be one JSON object: arrays of operations are not supported"));
        }
        Ok(_) => return Err(bad("the body must be a JSON object")),
        Err(error) => {
            let (line, column) = (error.line(), error.column());
            return Err(bad(format!("the body is not JSON, or nested too deep: line {line}, column {column}")));
        }
    };
    from_members(body)
}

/// The parameters of a GET.
///
/// # Errors
/// The query string is malformed or repeats a parameter, or a parameter is not of its type.
pub fn from_query_string(query_string: &str) -> Result<Parameters, Failure> {
    let mut parameters = Map::new();
    for pair in query_string.split('&') {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let name = decode(name)?;
        let is_known = matches!(&*name, "query" | "documentId" | "operationName" | "variables" | "extensions");
        if is_known && !value.is_empty() {
            let message = format!("`{name}` is given twice");
            if parameters.insert(name, decode(value)?.into()).is_some() {
                return Err(bad(message));
            }
        }
    }
    for name in ["variables", "extensions"] {
        if let Some(Value::String(text)) = parameters.get(name) {
            let value = serde_json::from_str(text);
            let value = value.map_err(|_| bad(format!("`{name}` is not JSON, or nested too deep")))?;
            parameters.insert(name.to_owned(), value);
        }
    }
    from_members(parameters)
}

/// The parameters in the members of an object. By hand, since a derived struct would also read arrays, by position, and quote values of any length in its errors.
pub(super) fn from_members(mut members: Map<String, Value>) -> Result<Parameters, Failure> {
    let mut extensions = object(members.remove("extensions"), "extensions")?;
    Ok(Parameters {
        text: string(&mut members, "query")?,
        id: string(&mut members, "documentId")?,
        id_in_path: None,
        wants_position: extensions.remove("position") == Some(Value::Bool(true)),
        automatic: automatic(extensions)?,
        operation_name: string(&mut members, "operationName")?,
        variables: object(members.remove("variables"), "variables")?,
    })
}

/// The hash of `{persistedQuery: {version: 1, sha256Hash}}`, Apollo's automatic persisted queries.
fn automatic(mut extensions: Map<String, Value>) -> Result<Option<String>, Failure> {
    let mut persisted = object(extensions.remove("persistedQuery"), "extensions.persistedQuery")?;
    if persisted.is_empty() {
        return Ok(None);
    }
    if persisted.get("version") != Some(&Value::from(1)) {
        return Err(bad("`extensions.persistedQuery.version` must be 1"));
    }
    string(&mut persisted, "sha256Hash")
}

fn bad(message: impl Into<Cow<'static, str>>) -> Failure {
    Failure::BadRequest(message.into())
}

fn string(members: &mut Map<String, Value>, name: &'static str) -> Result<Option<String>, Failure> {
    match members.remove(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(_) => Err(bad(format!("`{name}` must be a string"))),
    }
}

fn object(value: Option<Value>, name: &'static str) -> Result<Map<String, Value>, Failure> {
    match value {
        None | Some(Value::Null) => Ok(Map::new()),
        Some(Value::Object(members)) => Ok(members),
        Some(_) => Err(bad(format!("`{name}` must be an object"))),
    }
}

/// One side of a pair in a query string (WHATWG URL, application/x-www-form-urlencoded), but malformed escapes are errors.
fn decode(text: &str) -> Result<String, Failure> {
    let is_escape =
        |rest: &str| rest.as_bytes().get(..2).is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit));
    if !text.split('%').skip(1).all(is_escape) {
        return Err(bad("the query string has a malformed escape"));
    }
    let text = text.replace('+', " ");
    let decoded = percent_decode_str(&text).decode_utf8().map(Cow::into_owned);
    decoded.map_err(|_| bad("the query string is not UTF-8"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn variables(text: &str) -> Result<Value, String> {
        let body = format!(r#"{{"variables": {text}}}"#);
        from_json(body.as_bytes()).map(|read| Value::Object(read.variables)).map_err(|failure| failure.to_string())
    }

    #[test]
    fn values_are_those_of_the_text() {
        let text = r#" {"a": [null, true, -1, 18446744073709551615, 1.5, "\u00e9", {"a": {}, "b": 1, "b": 2}]} "#;
        assert_eq!(variables(text), Ok(json!({"a": [null, true, -1, u64::MAX, 1.5, "é", {"a": {}, "b": 2}]})));
        for malformed in ["{} 2", "{1}", "{\"a\": x}"] {
            assert!(variables(malformed).unwrap_err().contains("line 1, column "));
        }
    }

    #[test]
    fn values_that_are_nested_too_deep_are_refused() {
        let nested = |levels: usize| format!("{{\"a\": {}{}}}", "[".repeat(levels), "]".repeat(levels));
        assert!(variables(&nested(100)).is_ok());
        assert!(variables(&nested(130)).is_err());
        assert!(variables(&"{\"a\":".repeat(100_000)).is_err());
    }

    /// serde_json's feature `raw_value` would read this string as JSON, with a new allowance of nesting.
    #[test]
    fn a_string_is_never_read_as_json_again() {
        let value = json!({ "a": { "$serde_json::private::RawValue": "[[1]]" } });
        assert_eq!(variables(&value.to_string()), Ok(value));
    }
}
