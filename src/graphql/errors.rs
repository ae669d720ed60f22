//! Failures as clients see them: our words and one of our codes. In: what a client or a call below did wrong. Out: the
//! engine's error with `code`, and `service` and `retryable` where a service failed. `http/` adds the request id, and
//! replaces whatever reaches it without a code.

use std::{iter::successors, sync::Arc};

use async_graphql::{Context, Error, ErrorExtensions, PathSegment, QueryPathNode, QueryPathSegment, ServerError};
use http::StatusCode;

use crate::clients::{CallError, Service};

/// An argument that is no good.
pub fn bad_request(message: impl Into<String>) -> Error {
    coded(message.into(), "BAD_REQUEST")
}

/// Somebody anonymous asks for what needs a viewer.
pub fn unauthenticated() -> Error {
    coded("sign in to do this".into(), "UNAUTHENTICATED")
}

/// The viewer may not see or do this.
pub fn forbidden() -> Error {
    coded("you are not allowed to do this".into(), "FORBIDDEN")
}

/// The answer has more text than that many bytes.
pub fn too_large(limit: usize) -> Error {
    coded(format!("the answer has more than {limit} bytes of text: ask for less at a time"), "QUERY_TOO_COSTLY")
}

/// Where a field stands in the answer.
struct FieldPath(Vec<PathSegment>);

/// The error of a non-null field: where the field is within a list, the engine would name the list's item instead.
pub fn at(ctx: &Context<'_>, error: Error) -> Error {
    let segment = |node: &QueryPathNode<'_>| match node.segment {
        QueryPathSegment::Name(name) => PathSegment::Field(name.to_owned()),
        QueryPathSegment::Index(index) => PathSegment::Index(index),
    };
    let mut path: Vec<_> = successors(ctx.path_node.as_ref(), |node| node.parent).map(segment).collect();
    path.reverse();
    Error { source: Some(Arc::new(FieldPath(path))), ..error }
}

/// Gives an error of the engine the path that [`at`] kept.
pub fn restore_path(error: &mut ServerError) {
    if let Some(FieldPath(path)) = error.source::<FieldPath>() {
        error.path = path.clone();
    }
}

/// A call that brought no answer.
pub fn failed_call(error: CallError) -> Error {
    let message = error.to_string();
    match error {
        CallError::Limited(service) => of_service(message, "RATE_LIMITED", (service, true)),
        CallError::Unavailable(service) => of_service(message, "SERVICE_UNAVAILABLE", (service, true)),
        CallError::Timeout(service) => of_service(message, "SERVICE_TIMEOUT", (service, true)),
        CallError::Uncertain(service) => of_service(message, "SERVICE_TIMEOUT", (service, false)),
        CallError::BadResponse(service) => of_service(message, "SERVICE_BAD_RESPONSE", (service, false)),
        CallError::Refused(refusal) => match refusal.status {
            StatusCode::UNAUTHORIZED => unauthenticated(),
            StatusCode::FORBIDDEN => forbidden(),
            // Ids and sizes are checked before a call, cursors are the services' own.
            StatusCode::BAD_REQUEST if refusal.details.iter().any(|detail| detail.field == "after") => {
                bad_request("`after` is not a cursor of this list")
            }
            _ => of_service(message, "SERVICE_BAD_RESPONSE", (refusal.service, false)),
        },
    }
}

fn coded(message: String, code: &'static str) -> Error {
    Error::new(message).extend_with(|_, extensions| extensions.set("code", code))
}

fn of_service(message: String, code: &'static str, (service, retryable): (Service, bool)) -> Error {
    coded(message, code).extend_with(|_, extensions| {
        extensions.set("service", service.name());
        extensions.set("retryable", retryable);
    })
}
