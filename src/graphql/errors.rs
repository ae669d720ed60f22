//! Failures of fields. In: a client's mistake, or a failed call. Out: the engine's error with a message of ours and a typed
//! [`FieldFailure`], from which `requests/` makes the public code. An error without one is a defect of ours.

use std::sync::Arc;

use async_graphql::Error;

use crate::clients::{self, CallError, CallFailure, RefusalKind};

/// Why a field failed; travels as the source of the engine's error.
#[derive(Clone, Debug)]
pub struct FieldFailure {
    /// What kind of failure.
    pub kind: FailureKind,
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
    Error { message: message.into(), source: Some(Arc::new(FieldFailure { kind })), extensions: None }
}
