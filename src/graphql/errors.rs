//! Failures of fields. In: a client's mistake, or a failed call. Out: the engine's error with a message of ours and a typed
//! [`FieldFailure`], from which `requests/` makes the public code. An error without one is a defect of ours.

use std::{iter::successors, sync::Arc};

use async_graphql::{Context, Error, PathSegment, QueryPathNode, QueryPathSegment, ServerError};

use crate::clients::{self, CallError, CallFailure, RefusalKind};

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
    Service(CallFailure),
}

/// An argument that is not valid.
pub fn bad_request(message: impl Into<String>) -> Error {
    failed(message, FailureKind::BadRequest)
}

/// The error of a field that needs a viewer, for an anonymous caller.
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

/// The failure of a non-null field, with the field's path: within a list, the engine would name the list's item.
pub fn at(ctx: &Context<'_>, failed: Error) -> Error {
    let segment = |node: &QueryPathNode<'_>| match node.segment {
        QueryPathSegment::Name(name) => PathSegment::Field(name.to_owned()),
        QueryPathSegment::Index(index) => PathSegment::Index(index),
    };
    let mut path: Vec<_> = successors(ctx.path_node.as_ref(), |node| node.parent).map(segment).collect();
    path.reverse();
    match failed.source.as_ref().and_then(|source| source.downcast_ref::<FieldFailure>()) {
        Some(failure) => error(failed.message, FieldFailure { kind: failure.kind, path: Some(path) }),
        None => failed,
    }
}

/// Gives an error of the engine the path that [`at`] noted.
pub fn restore_path(error: &mut ServerError) {
    if let Some(FieldFailure { path: Some(path), .. }) = error.source::<FieldFailure>() {
        error.path = path.clone();
    }
}

/// A call that failed.
pub fn failed_call(error: CallError) -> Error {
    let message = error.to_string();
    let refusal = match error {
        CallError::Failed(failure) => return failed(message, FailureKind::Service(failure)),
        CallError::Refused(refusal) => refusal,
    };
    match refusal.kind {
        RefusalKind::Unauthenticated => unauthenticated(),
        RefusalKind::Forbidden => forbidden(),
        // Ids and sizes are checked before a call; cursors only by the services.
        RefusalKind::Invalid if refusal.details.iter().any(|detail| detail.field == "after") => {
            bad_request("`after` is not a cursor of this list")
        }
        _ => {
            let (service, kind) = (refusal.service, clients::FailureKind::BadResponse);
            failed(message, FailureKind::Service(CallFailure { service, kind, retryable: false, is_uncertain: false }))
        }
    }
}

fn failed(message: impl Into<String>, kind: FailureKind) -> Error {
    error(message, FieldFailure { kind, path: None })
}

fn error(message: impl Into<String>, failure: FieldFailure) -> Error {
    Error { message: message.into(), source: Some(Arc::new(failure)), extensions: None }
}
