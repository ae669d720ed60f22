//! Reasons why an operation is refused before it is executed. Transports add reasons of their own.

use super::{Code, FieldError, Named};
use crate::{
    auth::AuthenticationError,
    budgets::Exhausted,
    operations::{OperationKind, Rejection, documents::DocumentError},
    services::Service,
};

/// Why an operation was not executed.
#[derive(Debug, thiserror::Error)]
pub enum Refused {
    /// There is no document to execute.
    #[error("{error}")]
    Document {
        /// The reason.
        error: DocumentError,
        /// How the document was named.
        named: Named,
    },
    /// The document, the operation or its variables are not valid, or exceed a limit.
    #[error("{0}")]
    Rejected(#[from] Rejection),
    /// The transport does not carry operations of this kind.
    #[error("a {} cannot be sent by this method", .0.as_str())]
    KindNotAllowed(OperationKind),
    /// The credentials are not valid.
    #[error(transparent)]
    Unauthenticated(#[from] AuthenticationError),
    /// Every root field needs a viewer, and there is none.
    #[error("sign in to do this")]
    SignInNeeded,
    /// The root field of a subscription refuses the viewer or its arguments: the response has its errors and no data.
    #[error("the subscription is refused")]
    BySubscription(Box<async_graphql::Response>),
    /// `after` is malformed, or of another service or epoch, or ahead of the newest event.
    #[error("`after` is not a cursor of this subscription: query again with a position, and subscribe behind it")]
    CursorUnknown,
    /// The events behind `after` are no longer stored.
    #[error("the events behind `after` are no longer stored: query again with a position, and subscribe behind it")]
    CursorExpired,
    /// The feed of a service's events cannot be read.
    #[error("the events of the {0} service are not available at the moment")]
    FeedUnavailable(Service),
    /// The caller's budget is exhausted.
    #[error("the cost budget is exhausted; retry later")]
    BudgetExhausted(Exhausted),
    /// The limit of concurrent operations is reached.
    #[error("the server is overloaded; retry later")]
    Overloaded,
    /// The deadline passed before execution began.
    #[error("the request's deadline passed before execution")]
    DeadlineExceeded,
    /// A defect of the server; the log has the cause under the request id.
    #[error("internal server error")]
    Internal,
}

impl Refused {
    /// The public code.
    pub fn code(&self) -> Code {
        match self {
            Self::Document { error, .. } => (*error).into(),
            Self::Rejected(rejection) => rejection.code().into(),
            Self::KindNotAllowed(_) => Code::BadRequest,
            Self::Unauthenticated(AuthenticationError::Unavailable) => Code::ServiceUnavailable,
            Self::Unauthenticated(_) | Self::SignInNeeded => Code::Unauthenticated,
            Self::BySubscription(response) => {
                response.errors.first().map_or(Code::InternalServerError, |error| FieldError::from(error).code)
            }
            Self::CursorUnknown => Code::CursorUnknown,
            Self::CursorExpired => Code::CursorExpired,
            Self::FeedUnavailable(_) => Code::ServiceUnavailable,
            Self::BudgetExhausted(_) => Code::RateLimited,
            Self::Overloaded => Code::Overloaded,
            Self::DeadlineExceeded => Code::DeadlineExceeded,
            Self::Internal => Code::InternalServerError,
        }
    }

    /// The service that failed. Without the user service's keys no token can be verified.
    pub fn service(&self) -> Option<Service> {
        match self {
            Self::Unauthenticated(AuthenticationError::Unavailable) => Some(Service::User),
            Self::FeedUnavailable(service) => Some(*service),
            _ => None,
        }
    }
}
