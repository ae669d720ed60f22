//! Failures of fields. In: a client's mistake, or a failed call. Out: the engine's error with a message of ours and a typed
//! [`FieldFailure`], from which `requests/` makes the public code. An error without one is a defect of ours.

use std::{iter::successors, sync::Arc};

use async_graphql::{Context, Error, PathSegment, QueryPathNode, QueryPathSegment, ServerError};
use http::StatusCode;

use crate::clients::{CallError, Service};

/// Why a field failed; travels as the source of the engine's error.
#[derive(Clone, Debug)]
pub struct FieldFailure {
    /// What kind of failure.
    pub kind: FailureKind,
    /// The field's place in the answer, where the engine would name another one.
    path: Option<Vec<PathSegment>>,
}

/// Kinds of failures of a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FailureKind {
    /// An argument that only its field can judge.
    BadRequest,
    /// The field needs a viewer, and the caller is anonymous.
    Unauthenticated,
    /// The viewer may not see or do this.
    Forbidden,
    /// The answer has more text than allowed.
    TooMuchText,
    /// A call failed.
    Service {
        /// The service that failed.
        service: Service,
        /// How it failed.
        failure: ServiceFailure,
        /// Whether the operation may be sent again.
        retryable: bool,
    },
}

/// How a service failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ServiceFailure {
    /// It takes no more calls of this caller for now.
    Limited,
    /// It cannot be reached, or answered 5xx.
    Unavailable,
    /// It did not answer in time.
    Timeout,
    /// Its answer is not usable.
    BadResponse,
}

/// An argument that is not valid.
pub fn bad_request(message: impl Into<String>) -> Error {
    failed(message, FailureKind::BadRequest)
}

/// An anonymous caller of what needs a viewer.
pub fn unauthenticated() -> Error {
    failed("sign in to do this", FailureKind::Unauthenticated)
}

/// The viewer may not see or do this.
pub fn forbidden() -> Error {
    failed("you are not allowed to do this", FailureKind::Forbidden)
}

/// The answer has more text than that many bytes.
pub fn too_large(limit: usize) -> Error {
    let message = format!("the answer has more than {limit} bytes of text: ask for less at a time");
    failed(message, FailureKind::TooMuchText)
}

/// An argument that is not valid, of a non-null field: within a list, the engine would name the list's item in the path.
pub fn bad_request_at(ctx: &Context<'_>, message: impl Into<String>) -> Error {
    let segment = |node: &QueryPathNode<'_>| match node.segment {
        QueryPathSegment::Name(name) => PathSegment::Field(name.to_owned()),
        QueryPathSegment::Index(index) => PathSegment::Index(index),
    };
    let mut path: Vec<_> = successors(ctx.path_node.as_ref(), |node| node.parent).map(segment).collect();
    path.reverse();
    error(message, FieldFailure { kind: FailureKind::BadRequest, path: Some(path) })
}

/// Gives an error of the engine the path that [`bad_request_at`] noted.
pub fn restore_path(error: &mut ServerError) {
    if let Some(FieldFailure { path: Some(path), .. }) = error.source::<FieldFailure>() {
        error.path = path.clone();
    }
}

/// A call that failed.
pub fn failed_call(error: CallError) -> Error {
    let message = error.to_string();
    let of = |service, failure, retryable| FailureKind::Service { service, failure, retryable };
    let kind = match error {
        CallError::Limited(service) => of(service, ServiceFailure::Limited, true),
        CallError::Unavailable(service) => of(service, ServiceFailure::Unavailable, true),
        CallError::Timeout(service) => of(service, ServiceFailure::Timeout, true),
        CallError::Uncertain(service) => of(service, ServiceFailure::Timeout, false),
        CallError::BadResponse(service) => of(service, ServiceFailure::BadResponse, false),
        CallError::Refused(refusal) => match refusal.status {
            StatusCode::UNAUTHORIZED => return unauthenticated(),
            StatusCode::FORBIDDEN => return forbidden(),
            // Ids and sizes are checked before a call; cursors only by the services.
            StatusCode::BAD_REQUEST if refusal.details.iter().any(|detail| detail.field == "after") => {
                return bad_request("`after` is not a cursor of this list");
            }
            _ => of(refusal.service, ServiceFailure::BadResponse, false),
        },
    };
    failed(message, kind)
}

fn failed(message: impl Into<String>, kind: FailureKind) -> Error {
    error(message, FieldFailure { kind, path: None })
}

fn error(message: impl Into<String>, failure: FieldFailure) -> Error {
    Error { message: message.into(), source: Some(Arc::new(failure)), extensions: None }
}
