//! The envelope of a command: deadline, idempotency key with its scope, `If-Match`. In: a request. Out: the envelope,
//! alone or with the command's input.

use axum::extract::{FromRequest, FromRequestParts, Request};
use bytes::Bytes;
use contract::{
    TraceContext,
    headers::{IDEMPOTENCY_KEY, is_idempotency_key, is_json, only},
    hex,
};
use http::{HeaderMap, header, request::Parts};
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};

use super::json;
use crate::{ApiError, Deadline, answers::etag_of_version, caller::MaybeViewer};

/// The envelope of a command; a command with a body is a [`Command`].
pub struct Envelope {
    deadline: Deadline,
    key: Option<String>,
    /// The scope of the key: caller, method and path.
    route: String,
    body_hash: [u8; 32],
    if_match: Option<String>,
    trace: Option<TraceContext>,
}

/// A command and its input, read from a JSON body. Unknown members are ignored.
pub struct Command<T> {
    /// The input, from the body.
    pub input: T,
    /// The other parts of the request.
    pub envelope: Envelope,
}

/// An idempotency key in its scope, as it is stored.
pub(crate) struct Scope {
    key: String,
    body_hash: String,
}

impl Scope {
    pub(crate) fn key(&self) -> &str {
        &self.key
    }

    pub(crate) fn body_hash(&self) -> &str {
        &self.body_hash
    }
}

impl Envelope {
    /// The deadline of the request.
    pub const fn deadline(&self) -> Deadline {
        self.deadline
    }

    /// The trace of the request, for its events.
    pub(crate) const fn trace(&self) -> Option<&TraceContext> {
        self.trace.as_ref()
    }

    /// The envelope of a change that no request makes.
    pub fn internal(deadline: Deadline) -> Self {
        Self {
            deadline,
            key: None,
            route: String::new(),
            body_hash: Sha256::digest([]).into(),
            if_match: None,
            trace: None,
        }
    }

    /// The same without its key: the answer is not stored.
    #[must_use]
    pub fn without_key(self) -> Self {
        Self { key: None, ..self }
    }

    /// A repeated request is recognized by `content` instead of its body: for bodies with a secret, whose hash must not be
    /// stored because it would allow guessing the secret.
    #[must_use]
    pub fn identified_by(self, content: &str) -> Self {
        Self { body_hash: Sha256::digest(content).into(), ..self }
    }

    /// 400 if there is no idempotency key.
    pub fn require_key(&self) -> Result<(), ApiError> {
        match self.key {
            Some(_) => Ok(()),
            None => Err(ApiError::new(
                http::StatusCode::BAD_REQUEST,
                "IDEMPOTENCY_KEY_REQUIRED",
                "this command needs an Idempotency-Key",
            )),
        }
    }

    /// 412 if `If-Match` names another version (RFC 9110, section 13.1.1).
    pub fn check_version(&self, version: i64) -> Result<(), ApiError> {
        let current = etag_of_version(version);
        let matches = |etags: &str| etags.trim() == "*" || etags.split(',').any(|etag| etag.trim() == current);
        if self.if_match.as_deref().is_none_or(matches) { Ok(()) } else { Err(ApiError::precondition_failed()) }
    }

    pub(crate) fn scope(&self) -> Result<Option<Scope>, ApiError> {
        let Some(key) = &self.key else { return Ok(None) };
        if !is_idempotency_key(key) {
            return Err(ApiError::bad_request("the Idempotency-Key is not 1 to 255 visible ASCII characters")
                .field("idempotency_key"));
        }
        let scope = Sha256::new().chain_update(&self.route).chain_update([0]).chain_update(key).finalize();
        Ok(Some(Scope { key: hex(&scope), body_hash: hex(&self.body_hash) }))
    }
}

impl<S: Sync> FromRequestParts<S> for Envelope {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let deadline = Deadline::from_request_parts(parts, state).await?;
        let MaybeViewer(viewer) = MaybeViewer::from_request_parts(parts, state).await?;
        let caller = viewer.map_or_else(|| "anonymous".to_owned(), |viewer| viewer.id().to_string());
        Ok(Self {
            deadline,
            key: text(&parts.headers, IDEMPOTENCY_KEY)?,
            route: format!("{caller} {} {}", parts.method, parts.uri.path()),
            body_hash: Sha256::digest([]).into(),
            if_match: text(&parts.headers, header::IF_MATCH.as_str())?,
            trace: parts.extensions.get().cloned(),
        })
    }
}

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Command<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> Result<Self, ApiError> {
        let (mut parts, body) = request.into_parts();
        let mut envelope = Envelope::from_request_parts(&mut parts, state).await?;
        if !is_json(&parts.headers) {
            let (status, code) = (http::StatusCode::UNSUPPORTED_MEDIA_TYPE, "UNSUPPORTED_MEDIA_TYPE");
            return Err(ApiError::new(status, code, "the body must be application/json"));
        }
        let body = Bytes::from_request(Request::from_parts(parts, body), state).await.map_err(|rejection| {
            if rejection.status() == http::StatusCode::PAYLOAD_TOO_LARGE {
                ApiError::new(rejection.status(), "PAYLOAD_TOO_LARGE", "the body is too large")
            } else {
                ApiError::bad_request("the body could not be read").caused_by(rejection)
            }
        })?;
        envelope.body_hash = Sha256::digest(&body).into();
        Ok(Self { input: json::read(&body)?, envelope })
    }
}

fn text(headers: &HeaderMap, name: &str) -> Result<Option<String>, ApiError> {
    let repeated = |_| ApiError::bad_request(format!("the header {name} is repeated"));
    let malformed = |_| ApiError::bad_request(format!("the header {name} is not visible ASCII"));
    let value = only(headers, name).map_err(repeated)?;
    value.map(|value| value.to_str().map(str::to_owned).map_err(malformed)).transpose()
}
