//! An error of a field. In: the engine's error with the typed failure that its resolver attached, or with the code of a
//! rejection where a variable is null. Out: message, code and service. An error without either is a defect of the server;
//! its text is not sent to clients.

use async_graphql::ServerError;

use super::Code;
use crate::{
    graphql::{FailureKind, FieldFailure},
    operations::RejectionCode,
    services::Service,
};

/// The public part of a field's error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct FieldError<'a> {
    /// One sentence.
    pub message: &'a str,
    /// The public code.
    pub code: Code,
    /// The service that failed, and whether the operation may be sent again.
    pub service: Option<(Service, bool)>,
}

impl<'a> From<&'a ServerError> for FieldError<'a> {
    fn from(error: &'a ServerError) -> Self {
        if let Some(code) = error.source::<RejectionCode>() {
            return Self { message: &error.message, code: (*code).into(), service: None };
        }
        let Some(failure) = error.source::<FieldFailure>() else {
            let (message, code) = ("internal server error", Code::InternalServerError);
            return Self { message, code, service: None };
        };
        let service = match failure.kind {
            FailureKind::Service(failure) => Some((failure.service, failure.retryable)),
            _ => None,
        };
        Self { message: &error.message, code: failure.kind.into(), service }
    }
}

/// Whether a service caused the error.
pub(super) fn is_of_a_service(error: &ServerError) -> bool {
    FieldError::from(error).service.is_some()
}
