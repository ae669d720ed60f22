//! Reads the parameters of GraphQL over HTTP. In: a JSON body or a query string. Out: [`Parameters`], or the one thing
//! that is wrong with them. Null is absent in JSON, the empty string in a query string; unknown members are ignored.

use std::borrow::Cow;

use serde_json::{Map, Value};

use super::{
    failure::Failure,
    json::{self, JsonError},
};

/// What a client asks.
#[derive(Debug, Default)]
pub struct Parameters {
    /// The document's text.
    pub query: Option<String>,
    /// The document's id (GraphQL over HTTP, appendix "Persisted Documents").
    pub document_id: Option<String>,
    /// The document's hash as Apollo sends it, in `extensions.persistedQuery`.
    pub automatic: Option<String>,
    /// Which of its operations.
    pub operation_name: Option<String>,
    /// Values of the operation's variables.
    pub variables: Map<String, Value>,
}

impl Parameters {
    /// The parameters of a POST.
    pub fn from_json(body: &[u8]) -> Result<Self, Failure> {
        let text = std::str::from_utf8(body).map_err(|_| bad("the body is not UTF-8"))?;
        let mut body = match json::read(text) {
            Ok(Value::Object(body)) => body,
            Ok(Value::Array(_)) => {
                return Err(bad("the body must be one JSON object: arrays of operations are not supported"));
            }
            Ok(_) => return Err(bad("the body must be a JSON object")),
            Err(JsonError::TooDeep) => return Err(bad("the body is nested too deep")),
            Err(JsonError::Malformed { line, column }) => {
                return Err(bad(format!("the body is not JSON: line {line}, column {column}")));
            }
        };
        Ok(Self {
            query: string(&mut body, "query")?,
            document_id: string(&mut body, "documentId")?,
            operation_name: string(&mut body, "operationName")?,
            variables: map(body.remove("variables"), "variables")?,
            automatic: automatic(map(body.remove("extensions"), "extensions")?)?,
        })
    }

    /// The parameters of a GET.
    pub fn from_query_string(query_string: &str) -> Result<Self, Failure> {
        let (mut query, mut document_id, mut operation_name) = (None, None, None);
        let (mut variables, mut extensions) = (None, None);
        for pair in query_string.split('&') {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let place = match &*decode(name)? {
                "query" => &mut query,
                "documentId" => &mut document_id,
                "operationName" => &mut operation_name,
                "variables" => &mut variables,
                "extensions" => &mut extensions,
                _ => continue,
            };
            if !value.is_empty() && place.replace(decode(value)?).is_some() {
                return Err(bad(format!("`{name}` is given twice")));
            }
        }
        let object = |text: Option<Cow<'_, str>>, name: &'static str| match text {
            None => Ok(Map::new()),
            Some(text) => match json::read(&text) {
                Ok(value) => map(Some(value), name),
                Err(JsonError::TooDeep) => Err(bad(format!("`{name}` is nested too deep"))),
                Err(JsonError::Malformed { .. }) => Err(bad(format!("`{name}` is not JSON"))),
            },
        };
        Ok(Self {
            query: query.map(Cow::into_owned),
            document_id: document_id.map(Cow::into_owned),
            operation_name: operation_name.map(Cow::into_owned),
            variables: object(variables, "variables")?,
            automatic: automatic(object(extensions, "extensions")?)?,
        })
    }
}

/// The hash of `{persistedQuery: {version: 1, sha256Hash}}`, Apollo's automatic persisted queries.
fn automatic(mut extensions: Map<String, Value>) -> Result<Option<String>, Failure> {
    let mut persisted = map(extensions.remove("persistedQuery"), "extensions.persistedQuery")?;
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

fn string(body: &mut Map<String, Value>, name: &'static str) -> Result<Option<String>, Failure> {
    match body.remove(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(_) => Err(bad(format!("`{name}` must be a string"))),
    }
}

fn map(value: Option<Value>, name: &'static str) -> Result<Map<String, Value>, Failure> {
    match value {
        None | Some(Value::Null) => Ok(Map::new()),
        Some(Value::Object(map)) => Ok(map),
        Some(_) => Err(bad(format!("`{name}` must be an object"))),
    }
}

/// Percent-decodes one side of a query string's pair; `+` is a space (WHATWG URL, application/x-www-form-urlencoded).
fn decode(text: &str) -> Result<Cow<'_, str>, Failure> {
    if !text.contains(['%', '+']) {
        return Ok(Cow::Borrowed(text));
    }
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'+' => b' ',
            b'%' => {
                let digit = |byte: Option<u8>| byte.and_then(|byte| char::from(byte).to_digit(16));
                match (digit(rest.next()), digit(rest.next())) {
                    (Some(high), Some(low)) => (high * 16 + low) as u8,
                    _ => return Err(bad("the query string holds a broken escape")),
                }
            }
            byte => byte,
        });
    }
    String::from_utf8(bytes).map(Cow::Owned).map_err(|_| bad("the query string is not UTF-8"))
}
