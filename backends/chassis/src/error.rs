//! The error type of all routes: status, code, a public message and, for the log, the cause. It becomes the error body
//! `{"error": {"code", "message", "details", "request_id", "documentation_url"}}`, in `http/request.rs`.

use std::{fmt, sync::Arc, time::Duration};

use axum::response::{IntoResponse, Response};
use http::StatusCode;
use serde::Serialize;
use utoipa::ToSchema;

/// An error in one part of the input.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Detail {
    /// Path into the body, or the query parameter: `items[0].quantity`.
    pub field: String,
    /// The reason.
    pub issue: String,
}

/// An error response.
#[derive(Clone, Debug)]
pub struct ApiError {
    pub(crate) status: StatusCode,
    pub(crate) code: &'static str,
    pub(crate) message: String,
    pub(crate) details: Vec<Detail>,
    pub(crate) retry_after: Option<Duration>,
    /// The dependency that failed.
    pub(crate) service: Option<&'static str>,
    pub(crate) cause: Option<Arc<str>>,
}

impl ApiError {
    /// Any status and code, for errors of one service (`STOCK_EXHAUSTED`).
    pub fn new(status: StatusCode, code: &'static str, message: impl Into<String>) -> Self {
        Self {
            status,
            code,
            message: message.into(),
            details: Vec::new(),
            retry_after: None,
            service: None,
            cause: None,
        }
    }

    /// 400: the request is malformed.
    pub fn bad_request(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "BAD_REQUEST", message)
    }

    /// 422: the request is well formed, but some values are invalid.
    pub fn invalid(details: Vec<Detail>) -> Self {
        let message = details.first().map_or_else(String::new, |first| format!("{}: {}", first.field, first.issue));
        Self { details, ..Self::new(StatusCode::UNPROCESSABLE_ENTITY, "VALIDATION_FAILED", message) }
    }

    /// 401: the token is missing or invalid.
    pub fn unauthenticated(message: impl Into<String>) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "UNAUTHENTICATED", message)
    }

    /// 403: the signed-in user lacks the permission.
    pub fn forbidden(message: impl Into<String>) -> Self {
        Self::new(StatusCode::FORBIDDEN, "FORBIDDEN", message)
    }

    /// 404: the object does not exist, or the caller may not read it.
    pub fn not_found(message: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, "NOT_FOUND", message)
    }

    /// 409: the state of the object does not allow it.
    pub fn conflict(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(StatusCode::CONFLICT, code, message)
    }

    /// 412: the object has changed since the caller read it.
    pub(crate) fn precondition_failed() -> Self {
        let message = "the object has changed since it was read";
        Self::new(StatusCode::PRECONDITION_FAILED, "PRECONDITION_FAILED", message)
    }

    /// 503: retry after a second.
    pub fn unavailable(message: impl Into<String>) -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "UNAVAILABLE", message).retry_after(Duration::from_secs(1))
    }

    /// 503: a dependency failed. The body names it, so that the caller does not attribute the failure to this service.
    pub(crate) fn of_dependency(service: &'static str, code: &'static str, message: String) -> Self {
        let error = Self::new(StatusCode::SERVICE_UNAVAILABLE, code, message).retry_after(Duration::from_secs(1));
        Self { service: Some(service), ..error }
    }

    /// 504: the caller's timeout has passed.
    pub fn deadline_exceeded() -> Self {
        Self::new(StatusCode::GATEWAY_TIMEOUT, "DEADLINE_EXCEEDED", "the deadline of the request has passed")
    }

    /// 500: `cause` is logged and not sent.
    pub fn internal(cause: impl fmt::Display) -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "INTERNAL", "internal error").caused_by(cause)
    }

    /// Adds the cause, for the log.
    #[must_use]
    pub(crate) fn caused_by(self, cause: impl fmt::Display) -> Self {
        Self { cause: Some(cause.to_string().into()), ..self }
    }

    /// Names the part of the input that is in error.
    #[must_use]
    pub fn field(mut self, field: impl Into<String>) -> Self {
        self.details.push(Detail { field: field.into(), issue: self.message.clone() });
        self
    }

    /// Sets `Retry-After`, in whole seconds rounded up.
    #[must_use]
    pub fn retry_after(self, wait: Duration) -> Self {
        Self { retry_after: Some(wait), ..self }
    }
}

/// For the log and for errors at the start: with the cause.
impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        self.cause.iter().try_for_each(|cause| write!(f, ": {cause}"))
    }
}

/// `http/request.rs` writes the body, where the request id is known; until then the error is an extension of the response.
impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let mut response = self.status.into_response();
        response.extensions_mut().insert(self);
        response
    }
}

/// The body of every error.
#[derive(Serialize, ToSchema)]
pub struct ErrorBody {
    pub(crate) error: ErrorContent,
}

/// The content of an error body.
#[derive(Serialize, ToSchema)]
pub struct ErrorContent {
    /// The machine-readable code: `BAD_REQUEST`, `NOT_FOUND`, …
    pub(crate) code: String,
    /// The message for people.
    pub(crate) message: String,
    /// The parts of the input that are in error.
    pub(crate) details: Vec<Detail>,
    /// The dependency that failed, for the codes `DEPENDENCY_UNAVAILABLE`, `DEPENDENCY_TIMEOUT` and
    /// `DEPENDENCY_BAD_RESPONSE`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) service: Option<&'static str>,
    /// The request id, as in the logs.
    pub(crate) request_id: String,
    /// The path of the API description.
    pub(crate) documentation_url: String,
}
