//! Reads what a stranger sends: the same bytes as a body, as a query string and as `Accept` headers.
//!
//! What is accepted must be read the same in its other form (body or query string) and be nested no deeper than allowed;
//! what is refused must be refused in few words.
#![no_main]

mod same;

use http::{HeaderMap, HeaderValue, header::ACCEPT};
use libfuzzer_sys::fuzz_target;
use same::is_same;
use serde_json::{Value, json};
use tessera::{
    http::{
        MediaType,
        parameters::{from_json, from_query_string},
    },
    requests::Parameters,
};

/// serde_json's limit on nested JSON.
const MAX_NESTING: usize = 127;
/// Bytes of the longest message.
const MAX_MESSAGE: usize = 100;

fuzz_target!(|input: &[u8]| {
    read_body(input);
    if let Ok(text) = std::str::from_utf8(input) {
        read_query_string(text);
        read_accept(text);
    }
});

fn read_body(body: &[u8]) {
    match from_json(body) {
        Ok(read) => {
            // The body is one level of its own.
            assert!(nesting(&read) < MAX_NESTING);
            let again = from_query_string(&query_string(&read));
            match again {
                Ok(again) => assert_same(read, again),
                Err(failure) => panic!("{failure}: {read:?}"),
            }
        }
        Err(failure) => {
            assert_eq!(failure.code().as_str(), "BAD_REQUEST");
            assert!(failure.to_string().len() <= MAX_MESSAGE, "{failure}");
        }
    }
}

fn read_query_string(text: &str) {
    match from_query_string(text) {
        Ok(read) => {
            let deepest = nesting(&read);
            assert!(deepest <= MAX_NESTING);
            let again = from_json(body(&read).as_bytes());
            match again {
                Ok(again) => assert_same(read, again),
                Err(failure) => assert_eq!(deepest, MAX_NESTING, "{failure}: {read:?}"),
            }
        }
        Err(failure) => {
            assert_eq!(failure.code().as_str(), "BAD_REQUEST");
            assert!(failure.to_string().len() <= MAX_MESSAGE, "{failure}");
        }
    }
}

/// The choice must not depend on how the ranges are spread over headers, nor on upper and lower case.
fn read_accept(text: &str) {
    let accepted = |ranges: &mut dyn Iterator<Item = &str>| {
        let mut headers = HeaderMap::new();
        for range in ranges {
            headers.append(ACCEPT, HeaderValue::from_str(range).ok()?);
        }
        Some(MediaType::accepted(&headers))
    };
    let together = accepted(&mut std::iter::once(text));
    // Beyond ASCII a header is not read at all, whatever else is in it.
    if together.is_some() && text.is_ascii() {
        assert_eq!(together, accepted(&mut text.split(',')));
        assert_eq!(together, accepted(&mut std::iter::once(&*text.to_ascii_uppercase())));
    }
}

fn body(read: &Parameters) -> String {
    let mut body = json!({ "query": read.text, "documentId": read.id });
    body["operationName"] = json!(read.operation_name);
    body["variables"] = Value::Object(read.variables.clone());
    body["extensions"] = extensions(read);
    body.to_string()
}

fn extensions(read: &Parameters) -> Value {
    let persisted = |hash| json!({"persistedQuery": {"version": 1, "sha256Hash": hash}});
    read.automatic.as_ref().map_or(Value::Null, persisted)
}

fn query_string(read: &Parameters) -> String {
    let texts = [
        ("query", read.text.clone()),
        ("documentId", read.id.clone()),
        ("operationName", read.operation_name.clone()),
        ("variables", Some(Value::Object(read.variables.clone()).to_string())),
        ("extensions", Some(extensions(read).to_string())),
    ];
    let given = texts.into_iter().filter_map(|(name, text)| Some(format!("{name}={}", escaped(&text?))));
    given.collect::<Vec<_>>().join("&")
}

fn escaped(text: &str) -> String {
    text.bytes()
        .map(|byte| if byte.is_ascii_alphanumeric() { char::from(byte).into() } else { format!("%{byte:02X}") })
        .collect()
}

fn assert_same(left: Parameters, right: Parameters) {
    // Absent and empty are told apart in a body alone.
    let texts = |it: &Parameters| [&it.text, &it.id, &it.operation_name].map(|text| text.clone().unwrap_or_default());
    assert_eq!(texts(&left), texts(&right));
    assert_eq!(left.automatic, right.automatic);
    let (left, right) = (Value::Object(left.variables), Value::Object(right.variables));
    assert!(is_same(&left, &right), "{left} {right}");
}

fn nesting(read: &Parameters) -> usize {
    fn depth(value: &Value) -> usize {
        match value {
            Value::Array(items) => 1 + items.iter().map(depth).max().unwrap_or_default(),
            Value::Object(members) => 1 + members.values().map(depth).max().unwrap_or_default(),
            _ => 0,
        }
    }
    1 + read.variables.values().map(depth).max().unwrap_or_default()
}
