//! How a call can fail, in the words that the layers above need: whose fault, what kind, and what the service said.

use std::{fmt, sync::Arc};

use http::StatusCode;
use serde::Deserialize;

use crate::services::Service;

/// A call that brought no answer. Cheap to clone: one failure fails every key of its batch.
#[derive(Clone, Debug, thiserror::Error)]
pub enum CallError {
    /// No usable answer.
    #[error("{0}")]
    Failed(CallFailure),
    /// The service understood the request and refused it (4xx).
    #[error("the {} service refused: {}", .0.service, .0.code)]
    Refused(Arc<Refusal>),
}

/// How a call failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CallFailure {
    /// The service that failed: the one that was called, or one that it depends on.
    pub service: Service,
    /// What kind of failure.
    pub kind: FailureKind,
    /// Whether the operation may be sent again without a second effect.
    pub retryable: bool,
    /// Whether a command may have taken effect all the same.
    pub is_uncertain: bool,
}

/// Kinds of failures of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FailureKind {
    /// The service takes no more calls of this caller for now (429).
    Limited,
    /// Not reachable, broke off, or answered 5xx.
    Unavailable,
    /// No answer within the call's or the request's time.
    Timeout,
    /// Not HTTP, not JSON, of another shape, or not what was asked.
    BadResponse,
}

impl fmt::Display for CallFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let service = self.service;
        match self.kind {
            FailureKind::Limited => write!(f, "too many requests to the {service} service: try again later"),
            FailureKind::Unavailable => write!(f, "the {service} service is not available"),
            FailureKind::Timeout => write!(f, "the {service} service did not answer in time"),
            FailureKind::BadResponse => write!(f, "the {service} service gave a broken answer"),
        }?;
        if self.is_uncertain { f.write_str(": it is not known whether the change took effect") } else { Ok(()) }
    }
}

/// What a refusal is about, whatever its code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RefusalKind {
    /// The input is malformed or not acceptable (400, 422).
    Invalid,
    /// The token is missing or bad (401).
    Unauthenticated,
    /// The viewer may not do this (403).
    Forbidden,
    /// The object does not exist, or not for this viewer (404).
    NotFound,
    /// The object is in another state, or was changed meanwhile (409, 412).
    Conflict,
    /// Another 4xx.
    Other,
}

/// A service's own words on why it refused.
#[derive(Debug)]
pub struct Refusal {
    /// Which service.
    pub service: Service,
    /// What it is about.
    pub kind: RefusalKind,
    /// The code, such as `STOCK_EXHAUSTED`.
    pub code: String,
    /// One sentence.
    pub message: String,
    /// What is wrong with which member of the body, such as `items[0].quantity`.
    pub details: Vec<Detail>,
}

/// One member's trouble.
#[derive(Debug, Deserialize)]
pub struct Detail {
    /// Path into the body.
    pub field: String,
    /// What is wrong with it.
    pub issue: String,
}

impl Refusal {
    /// Reads the error body that all services share; `None` if it is something else.
    pub(super) fn read(service: Service, status: StatusCode, body: &[u8]) -> Option<Self> {
        let kind = match status {
            StatusCode::BAD_REQUEST | StatusCode::UNPROCESSABLE_ENTITY => RefusalKind::Invalid,
            StatusCode::UNAUTHORIZED => RefusalKind::Unauthenticated,
            StatusCode::FORBIDDEN => RefusalKind::Forbidden,
            StatusCode::NOT_FOUND => RefusalKind::NotFound,
            StatusCode::CONFLICT | StatusCode::PRECONDITION_FAILED => RefusalKind::Conflict,
            _ => RefusalKind::Other,
        };
        let ErrorContent { code, message, details, .. } = error_content(body)?;
        Some(Self { service, kind, code, message, details })
    }

    /// The service that failed the one that answered 503, and how; `None` if the failure is its own.
    pub(super) fn failed_dependency(body: &[u8]) -> Option<(Service, FailureKind)> {
        let ErrorContent { code, service, .. } = error_content(body)?;
        let kind = match code.as_str() {
            "DEPENDENCY_UNAVAILABLE" => FailureKind::Unavailable,
            "DEPENDENCY_TIMEOUT" => FailureKind::Timeout,
            "DEPENDENCY_BAD_RESPONSE" => FailureKind::BadResponse,
            _ => return None,
        };
        Some((Service::named(&service?)?, kind))
    }

    /// What the service would answer, if the key could be sent.
    pub(super) fn unusable_key(service: Service) -> Self {
        let issue = "must be 1 to 255 visible ASCII characters".to_owned();
        Self {
            service,
            kind: RefusalKind::Invalid,
            code: "VALIDATION_FAILED".into(),
            message: "the command is not valid".into(),
            details: vec![Detail { field: "idempotency_key".into(), issue }],
        }
    }
}

#[derive(Deserialize)]
struct ErrorContent {
    code: String,
    message: String,
    #[serde(default)]
    details: Vec<Detail>,
    /// The service that failed, where the answering one depends on it.
    service: Option<String>,
}

fn error_content(body: &[u8]) -> Option<ErrorContent> {
    #[derive(Deserialize)]
    struct Body {
        error: ErrorContent,
    }
    serde_json::from_slice(body).ok().map(|Body { error }| error)
}
