//! Ways of a service to go wrong. In: a good answer. Out: what a service in that state sends instead.

use std::convert::Infallible;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::{HeaderValue, StatusCode, header::CONTENT_TYPE};
use axum::response::Response;
use futures::{StreamExt, stream};
use serde_json::{Value, json};

use super::server::Answer;

/// How a stub service behaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Behaviour {
    /// As it should.
    Well,
    /// Nothing listens at its address.
    Dead,
    /// Takes connections and drops them.
    HangsUp,
    /// Takes connections and answers a request with what is not HTTP.
    NotHttp,
    /// Answers that much later.
    Slow(Duration),
    /// Handles the request, then closes the connection without an answer.
    Closes,
    /// Answers with that status and the services' error body.
    Status(u16),
    /// Answers with that status and a page of HTML, like a proxy.
    Html(u16),
    /// Answers 503 with the services' error body: this code, and the name of the service that it depends on.
    Dependency(&'static str, &'static str),
    /// 200 and a page of HTML.
    NotJson,
    /// 200 and JSON of no known shape.
    OtherShape,
    /// Ends the connection in the middle of the answer.
    Truncated,
    /// Answers with more than anybody reads.
    Huge,
    /// Good answers with a record, page, count or flag that was not asked for.
    Foreign,
    /// Good answers with a record or flag in them twice.
    Duplicate,
    /// Good answers without one of the pages asked for.
    PageMissing,
}

impl Behaviour {
    /// Whether it shows before a request is read.
    pub(super) fn is_of_the_connection(self) -> bool {
        matches!(self, Self::Dead | Self::HangsUp | Self::NotHttp)
    }

    /// Whether this good answer becomes another one.
    pub(super) fn spoils(self, body: &Value, keys: &[String]) -> bool {
        let mut spoiled = body.clone();
        match self {
            Self::Foreign => add_foreign(&mut spoiled, keys),
            Self::Duplicate => add_duplicate(&mut spoiled),
            Self::PageMissing => drop_page(&mut spoiled),
            _ => return true,
        }
        spoiled != *body
    }

    /// What is sent instead of a good answer about `keys`.
    pub(super) async fn spoil(self, (status, mut body): Answer, keys: &[String]) -> Response {
        match self {
            Self::Well | Self::Dead | Self::HangsUp | Self::NotHttp | Self::Closes => {}
            Self::Slow(delay) => tokio::time::sleep(delay).await,
            Self::Status(status) => {
                let error = json!({"code": "BROKEN", "message": "secret words", "details": [], "request_id": "r"});
                return written(status, &json!({ "error": error }));
            }
            Self::Dependency(code, service) => {
                let error = json!({"code": code, "message": "secret words", "details": [], "request_id": "r", "service": service});
                return written(503, &json!({ "error": error }));
            }
            Self::Html(status) => return html(status),
            Self::NotJson => return html(200),
            Self::OtherShape => return written(200, &json!({"nothing": ["of", "interest"]})),
            Self::Truncated => return truncated(&body),
            Self::Huge => return huge(),
            Self::Foreign => add_foreign(&mut body, keys),
            Self::Duplicate => add_duplicate(&mut body),
            Self::PageMissing => drop_page(&mut body),
        }
        written(status, &body)
    }
}

/// A JSON answer; without a body if it is `null`.
pub(super) fn written(status: u16, body: &Value) -> Response {
    let text = if body.is_null() { String::new() } else { body.to_string() };
    let mut response = Response::new(Body::from(text));
    *response.status_mut() = StatusCode::from_u16(status).unwrap();
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}

fn html(status: u16) -> Response {
    let mut page = Response::new(Body::from("<html>secret words</html>"));
    *page.status_mut() = StatusCode::from_u16(status).unwrap();
    page.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("text/html"));
    page
}

fn truncated(body: &Value) -> Response {
    let text = body.to_string();
    let half = Bytes::from(text[..text.len() / 2].to_owned());
    let end = async {
        // Until then head and half of the body are sent: hyper would drop them with the connection.
        tokio::time::sleep(Duration::from_millis(20)).await;
        Err(std::io::Error::other("broke off"))
    };
    let mut response = Response::new(Body::from_stream(stream::iter([Ok(half)]).chain(stream::once(end))));
    response.headers_mut().insert("content-length", HeaderValue::from(text.len()));
    response
}

fn huge() -> Response {
    let spaces = Bytes::from(vec![b' '; 1 << 20]);
    let parts = (0..64).map(move |_| Ok::<_, Infallible>(spaces.clone()));
    Response::new(Body::from_stream(stream::iter(parts)))
}

/// An id of the same kind that nobody has.
fn foreign(id: &str) -> String {
    format!("{}ffffffffffff7fff8fffffffffffffff", &id[..4])
}

fn add_foreign(body: &mut Value, keys: &[String]) {
    // A list without parents answers no keys.
    let Some(asked) = keys.first() else { return };
    if let Some(items) = body.get_mut("items").and_then(Value::as_array_mut)
        && let Some(mut other) = items.first().cloned()
    {
        other["id"] = json!(foreign(other["id"].as_str().unwrap()));
        // Handles are keys too.
        other["handle"] = json!("nobody");
        items.push(other);
    }
    for member in ["pages", "counts"] {
        if let Some(entries) = body.get_mut(member).and_then(Value::as_object_mut) {
            let other = entries[asked].clone();
            entries.insert(foreign(asked), other);
        }
    }
    if let Some(ids) = body.get_mut("ids").and_then(Value::as_array_mut) {
        ids.push(json!(foreign(asked)));
    }
}

fn add_duplicate(body: &mut Value) {
    for member in ["items", "ids"] {
        if let Some(entries) = body.get_mut(member).and_then(Value::as_array_mut) {
            entries.extend(entries.first().cloned());
        }
    }
    // A list page, or the pages of many parents: one more than asked for.
    if let Some(cursors) = body.pointer_mut("/page/cursors").and_then(Value::as_array_mut) {
        cursors.extend(cursors.first().cloned());
    }
    if let Some(pages) = body.get_mut("pages").and_then(Value::as_object_mut) {
        pages.values_mut().for_each(add_duplicate);
    }
}

fn drop_page(body: &mut Value) {
    if let Some(pages) = body.get_mut("pages").and_then(Value::as_object_mut) {
        let parent = pages.keys().next().cloned().unwrap();
        pages.remove(&parent);
    }
}
