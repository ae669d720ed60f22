//! The responses of routes, in three types: [`Public`] (the same for all callers, cacheable), [`Private`] (for one caller,
//! never cached) and [`Answer`] (the result of a command, stored under its idempotency key).

use axum::response::{IntoResponse, Response};
use contract::{
    Position,
    headers::{IDEMPOTENCY_REPLAYED, X_FEED_POSITION},
    hex,
};
use http::{HeaderValue, StatusCode, header};
use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::ApiError;

/// A response that is the same for all callers. Its `ETag` is made from the body, or from the object's version.
pub struct Public<T> {
    value: T,
    max_age_seconds: u32,
    version: Option<i64>,
}

/// A response for one caller: `private, no-store`.
pub struct Private<T>(pub T);

/// The response to a command.
#[derive(Clone, Debug)]
pub struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) body: String,
    pub(crate) location: Option<String>,
    pub(crate) etag: Option<String>,
    /// The newest event before the effect began; stored and replayed with the answer.
    pub(crate) position: Option<String>,
    pub(crate) replayed: bool,
}

/// The `ETag` of an object, made from its version.
pub(crate) fn etag_of_version(version: i64) -> String {
    format!("\"v{version}\"")
}

impl<T> Public<T> {
    /// A response that caches may store for that many seconds.
    pub const fn new(value: T, max_age_seconds: u32) -> Self {
        Self { value, max_age_seconds, version: None }
    }

    /// A single object, whose version makes the `ETag` that `If-Match` of an update compares.
    #[must_use]
    pub fn version(self, version: i64) -> Self {
        Self { version: Some(version), ..self }
    }
}

impl Answer {
    /// 200 with the changed object.
    pub fn ok<T: Serialize>(value: &T) -> Result<Self, ApiError> {
        Self::json(StatusCode::OK, value)
    }

    /// 201 with the new object and its path.
    pub fn created<T: Serialize>(value: &T, location: String) -> Result<Self, ApiError> {
        Ok(Self { location: Some(location), ..Self::json(StatusCode::CREATED, value)? })
    }

    /// 202: the command continues in the background; the object shows its state.
    pub fn accepted<T: Serialize>(value: &T, location: String) -> Result<Self, ApiError> {
        Ok(Self { location: Some(location), ..Self::json(StatusCode::ACCEPTED, value)? })
    }

    /// 204.
    pub const fn no_content() -> Self {
        Self {
            status: StatusCode::NO_CONTENT,
            body: String::new(),
            location: None,
            etag: None,
            position: None,
            replayed: false,
        }
    }

    /// Adds the object's `ETag`.
    #[must_use]
    pub fn version(self, version: i64) -> Self {
        Self { etag: Some(etag_of_version(version)), ..self }
    }

    /// Adds the position before the effect.
    pub(crate) fn behind(self, position: &Position) -> Self {
        Self { position: Some(position.to_string()), ..self }
    }

    /// The same response with another body: for a body that must not be stored under an idempotency key, such as tokens.
    pub fn telling<T: Serialize>(self, value: &T) -> Result<Self, ApiError> {
        Ok(Self { body: serde_json::to_string(value).map_err(ApiError::internal)?, ..self })
    }

    fn json<T: Serialize>(status: StatusCode, value: &T) -> Result<Self, ApiError> {
        let body = serde_json::to_string(value).map_err(ApiError::internal)?;
        Ok(Self { status, body, ..Self::no_content() })
    }
}

impl<T: Serialize> IntoResponse for Public<T> {
    /// `If-None-Match` is evaluated in `http/request.rs`, from the `ETag`.
    fn into_response(self) -> Response {
        let body = match serde_json::to_vec(&self.value) {
            Ok(body) => body,
            Err(error) => return ApiError::internal(error).into_response(),
        };
        let etag = self.version.map_or_else(|| format!("\"{}\"", hex(&Sha256::digest(&body)[..16])), etag_of_version);
        let mut response = json(StatusCode::OK, body);
        set(&mut response, header::ETAG, &etag);
        set(&mut response, header::CACHE_CONTROL, &format!("public, max-age={}", self.max_age_seconds));
        response
    }
}

impl<T: Serialize> IntoResponse for Private<T> {
    fn into_response(self) -> Response {
        match serde_json::to_vec(&self.0) {
            Ok(body) => keep_private(json(StatusCode::OK, body)),
            Err(error) => ApiError::internal(error).into_response(),
        }
    }
}

impl IntoResponse for Answer {
    fn into_response(self) -> Response {
        let mut response =
            if self.body.is_empty() { self.status.into_response() } else { json(self.status, self.body.into_bytes()) };
        if let Some(location) = &self.location {
            set(&mut response, header::LOCATION, location);
        }
        if let Some(etag) = &self.etag {
            set(&mut response, header::ETAG, etag);
        }
        if let Some(position) = &self.position {
            set(&mut response, header::HeaderName::from_static(X_FEED_POSITION), position);
        }
        if self.replayed {
            response.headers_mut().insert(IDEMPOTENCY_REPLAYED, HeaderValue::from_static("true"));
        }
        keep_private(response)
    }
}

pub(crate) fn json(status: StatusCode, body: Vec<u8>) -> Response {
    (status, [(header::CONTENT_TYPE, "application/json")], body).into_response()
}

pub(crate) fn keep_private(mut response: Response) -> Response {
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-store"));
    response
}

/// Sets a header; a value that is not valid in a header is omitted.
pub(crate) fn set(response: &mut Response, name: header::HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        response.headers_mut().insert(name, value);
    }
}
