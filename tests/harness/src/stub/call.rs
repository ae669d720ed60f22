//! A call as a stub received it, and the log of all of them.

use std::collections::BTreeMap;
use std::sync::Mutex;

use axum::http::{HeaderMap, Method, Uri};
use serde_json::Value;
use tokio::time::Instant;

/// One request that a service received under `/v1`.
#[derive(Clone, Debug)]
pub struct Call {
    /// When it arrived.
    pub at: Instant,
    /// Method and path without ids, with the parameter that names the keys if it is not the path's only one:
    /// `GET /v1/users?ids`, `GET /v1/posts/by-author`, `PUT /v1/posts/{id}/likes`.
    pub route: String,
    /// The path as sent.
    pub path: String,
    /// The ids or handles asked for.
    pub keys: Vec<String>,
    /// All query parameters.
    pub query: BTreeMap<String, String>,
    /// All headers.
    pub headers: HeaderMap,
    /// The JSON body; `null` without one.
    pub body: Value,
}

/// Whether a query parameter holds the keys of a batch.
fn is_keys(name: &str) -> bool {
    name.ends_with("ids") || name == "handles"
}

impl Call {
    /// A call that arrives now.
    pub(super) fn new(method: &Method, uri: &Uri, headers: HeaderMap, body: &[u8]) -> Self {
        let query = query(uri);
        let by = query.keys().find(|name| is_keys(name)).cloned();
        let by = by.as_deref();
        let keys = by.map(|name| query[name].split(',').map(str::to_owned).collect()).unwrap_or_default();
        let segments: Vec<&str> = uri.path().split('/').map(|s| if is_id(s) { "{id}" } else { s }).collect();
        let mark = by.filter(|name| matches!(*name, "ids" | "handles")).map(|name| format!("?{name}"));
        Self {
            at: Instant::now(),
            route: format!("{method} {}{}", segments.join("/"), mark.unwrap_or_default()),
            path: uri.path().to_owned(),
            keys,
            query,
            headers,
            body: serde_json::from_slice(body).unwrap_or(Value::Null),
        }
    }

    /// A header's text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }

    /// The path's segment at that place: 0 is the empty one before the first slash.
    pub(super) fn segment(&self, place: usize) -> &str {
        self.path.split('/').nth(place).unwrap_or_default()
    }
}

/// All calls, in the order of their arrival.
#[derive(Debug, Default)]
pub(super) struct CallLog(Mutex<Vec<Call>>);

impl CallLog {
    pub(super) fn push(&self, call: Call) {
        self.0.lock().unwrap().push(call);
    }

    pub(super) fn all(&self) -> Vec<Call> {
        self.0.lock().unwrap().clone()
    }

    pub(super) fn clear(&self) {
        self.0.lock().unwrap().clear();
    }
}

fn is_id(segment: &str) -> bool {
    matches!(segment.split_once('_'), Some((prefix, digits)) if prefix.len() == 3 && digits.len() == 32)
}

fn query(uri: &Uri) -> BTreeMap<String, String> {
    let parse = axum::extract::Query::<BTreeMap<String, String>>::try_from_uri;
    parse(uri).map(|query| query.0).unwrap_or_default()
}
