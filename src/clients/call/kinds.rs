//! The three kinds of call. They decide who may share an answer, and whether a call may be sent again.

use std::fmt::{Display, Write};

use contract::headers::{IDEMPOTENCY_KEY, is_idempotency_key};
use http::{HeaderValue, Method, header};
use reqwest::RequestBuilder;
use serde::Serialize;

use crate::{auth::Viewer, clients::Tag};

/// A read without a viewer: its answer may be shared, coalesced and cached.
pub struct PublicRead {
    pub(super) path_and_query: String,
    pub(super) asked: Vec<Tag>,
}

/// A read on behalf of a viewer, with the viewer's token: its answer is never shared.
pub struct ViewerRead<'a> {
    viewer: &'a Viewer,
    pub(super) path_and_query: String,
}

/// A change, by a viewer or by a caller who signs in: never shared, never cached.
pub struct Command<'a> {
    viewer: Option<&'a Viewer>,
    pub(super) method: Method,
    /// The path as the contract writes it: `/v1/posts/{id}/likes`.
    pub(super) route: &'static str,
    pub(super) path: String,
    body: Option<Result<Vec<u8>, serde_json::Error>>,
    idempotency_key: Option<String>,
}

/// Why a command cannot be sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unsendable {
    /// The idempotency key is not 1 to 255 visible ASCII characters.
    Key,
    /// The body cannot be written as JSON.
    Body,
}

impl PublicRead {
    /// GET of that path and query; its answer depends on those objects and lists, also if they do not exist.
    pub fn new(path_and_query: String, asked: impl IntoIterator<Item = Tag>) -> Self {
        Self { path_and_query, asked: asked.into_iter().collect() }
    }
}

impl<'a> ViewerRead<'a> {
    /// GET of that path and query with the viewer's token.
    pub fn new(viewer: &'a Viewer, path_and_query: String) -> Self {
        Self { viewer, path_and_query }
    }

    pub(super) fn authorize(&self, request: RequestBuilder) -> RequestBuilder {
        request.header(header::AUTHORIZATION, self.viewer.authorization().clone())
    }
}

impl<'a> Command<'a> {
    /// A change without a body, by the route as the contract writes it and the ids that replace each `{id}`.
    pub fn new(method: Method, route: &'static str, ids: &[&dyn Display]) -> Self {
        let mut literals = route.split("{id}");
        let mut path = literals.next().unwrap_or_default().to_owned();
        for (id, literal) in ids.iter().zip(literals) {
            let _ = write!(path, "{id}{literal}");
        }
        Self { viewer: None, method, route, path, body: None, idempotency_key: None }
    }

    /// In this viewer's name.
    #[must_use]
    pub fn by(self, viewer: &'a Viewer) -> Self {
        Self { viewer: Some(viewer), ..self }
    }

    /// With that JSON body.
    #[must_use]
    pub fn json(self, body: &impl Serialize) -> Self {
        Self { body: Some(serde_json::to_vec(body)), ..self }
    }

    /// With an idempotency key, under which it takes effect once.
    #[must_use]
    pub fn once(self, idempotency_key: Option<String>) -> Self {
        Self { idempotency_key, ..self }
    }

    /// Whether sending the command twice has the effect of sending it once: its method is idempotent (RFC 9110, 9.2.2), or
    /// it has a key.
    pub(super) fn is_repeatable(&self) -> bool {
        matches!(self.method, Method::PUT | Method::DELETE) || self.idempotency_key.is_some()
    }

    /// Adds token, key and body.
    pub(super) fn complete(self, mut request: RequestBuilder) -> Result<RequestBuilder, Unsendable> {
        if let Some(viewer) = self.viewer {
            request = request.header(header::AUTHORIZATION, viewer.authorization().clone());
        }
        if let Some(key) = self.idempotency_key {
            let usable = HeaderValue::from_str(&key).ok().filter(|_| is_idempotency_key(&key));
            request = request.header(IDEMPOTENCY_KEY, usable.ok_or(Unsendable::Key)?);
        }
        if let Some(body) = self.body {
            request =
                request.header(header::CONTENT_TYPE, "application/json").body(body.map_err(|_| Unsendable::Body)?);
        }
        Ok(request)
    }
}
