//! The one error of all routes: a status, a code, our own words, and for the log its cause. It becomes the one error
//! body, `{"error": {"code", "message", "details", "request_id", "documentation_url"}}`, in `http/request.rs`.

use std::{fmt, sync::Arc, time::Duration};

use axum::response::{IntoResponse, Response};
use http::StatusCode;
use serde::Serialize;
use utoipa::ToSchema;

/// What is wrong with one part of the input.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Detail {
    /// Path into the body, or the query parameter: `items[0].quantity`.
    pub field: String,
    /// What is wrong with it.
    pub issue: String,
}

/// A request that is not answered as it wished.
#[derive(Clone, Debug)]
pub struct ApiError {
    pub(crate) status: StatusCode,
    pub(crate) code: &'static str,
    pub(crate) message: String,
    pub(crate) details: Vec<Detail>,
    pub(crate) retry_after: Option<Duration>,
    /// The service that failed this one.
    pub(crate) service: Option<&'static str>,
    pub(crate) cause: Option<Arc<str>>,
}

impl ApiError {
    /// Any status and code; for what only one service has (`STOCK_EXHAUSTED`).
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

    /// 400: the request cannot be understood.
    pub fn bad_request(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "BAD_REQUEST", message)
    }

    /// 422: understood, but some values cannot be taken.
    pub fn invalid(details: Vec<Detail>) -> Self {
        let message = details.first().map_or_else(String::new, |first| format!("{}: {}", first.field, first.issue));
        Self { details, ..Self::new(StatusCode::UNPROCESSABLE_ENTITY, "VALIDATION_FAILED", message) }
    }

    /// 401: a token is needed, or this one is no good.
    pub fn unauthenticated(message: impl Into<String>) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "UNAUTHENTICATED", message)
    }

    /// 403: signed in, but not allowed.
    pub fn forbidden(message: impl Into<String>) -> Self {
        Self::new(StatusCode::FORBIDDEN, "FORBIDDEN", message)
    }

    /// 404: does not exist, or not for this caller.
    pub fn not_found(message: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, "NOT_FOUND", message)
    }

    /// 409: not in this state.
    pub fn conflict(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(StatusCode::CONFLICT, code, message)
    }

    /// 412: the object has changed since the caller read it.
    pub(crate) fn precondition_failed() -> Self {
        let message = "the object has changed since it was read";
        Self::new(StatusCode::PRECONDITION_FAILED, "PRECONDITION_FAILED", message)
    }

    /// 503: not now; try again in a second.
    pub fn unavailable(message: impl Into<String>) -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "UNAVAILABLE", message).retry_after(Duration::from_secs(1))
    }

    /// 503: a service that this one depends on failed; it is named, so that the failure is not held against this one.
    pub(crate) fn of_dependency(service: &'static str, code: &'static str, message: String) -> Self {
        let error = Self::new(StatusCode::SERVICE_UNAVAILABLE, code, message).retry_after(Duration::from_secs(1));
        Self { service: Some(service), ..error }
    }

    /// 504: the caller's time is over.
    pub fn deadline_exceeded() -> Self {
        Self::new(StatusCode::GATEWAY_TIMEOUT, "DEADLINE_EXCEEDED", "the time that the caller would wait is over")
    }

    /// 500: `cause` is for the log, never for the caller.
    pub fn internal(cause: impl fmt::Display) -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "INTERNAL", "something went wrong on our side").caused_by(cause)
    }

    /// Adds what the log should say.
    #[must_use]
    pub(crate) fn caused_by(self, cause: impl fmt::Display) -> Self {
        Self { cause: Some(cause.to_string().into()), ..self }
    }

    /// Says which part of the input the message is about.
    #[must_use]
    pub fn field(mut self, field: impl Into<String>) -> Self {
        self.details.push(Detail { field: field.into(), issue: self.message.clone() });
        self
    }

    /// Says when to try again, in whole seconds rounded up.
    #[must_use]
    pub fn retry_after(self, wait: Duration) -> Self {
        Self { retry_after: Some(wait), ..self }
    }
}

/// For the log and for who starts a program: with the cause.
impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        self.cause.iter().try_for_each(|cause| write!(f, ": {cause}"))
    }
}

/// The body is written where the request's id is known; until then the error travels as an extension.
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

/// What an error says.
#[derive(Serialize, ToSchema)]
pub struct ErrorContent {
    /// For programs: `BAD_REQUEST`, `NOT_FOUND`, …
    pub(crate) code: String,
    /// For people.
    pub(crate) message: String,
    /// Which parts of the input it is about.
    pub(crate) details: Vec<Detail>,
    /// The service that failed this one, with the codes `DEPENDENCY_UNAVAILABLE`, `DEPENDENCY_TIMEOUT` and
    /// `DEPENDENCY_BAD_RESPONSE`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) service: Option<&'static str>,
    /// Names the request in the logs.
    pub(crate) request_id: String,
    /// Where the routes are described.
    pub(crate) documentation_url: String,
}
