//! Everything that stops an operation before it is executed: one variant a cause. A transport adds causes of its own.

use super::{Code, Named};
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
        /// Why.
        error: DocumentError,
        /// How the document was named.
        named: Named,
    },
    /// The document, the operation or its variables are not valid, or exceed a limit.
    #[error("{0}")]
    Rejected(#[from] Rejection),
    /// The transport does not carry operations of this kind.
    #[error("a {} cannot be sent this way", .0.as_str())]
    KindNotAllowed(OperationKind),
    /// A bad token.
    #[error(transparent)]
    Unauthenticated(#[from] AuthenticationError),
    /// Every root field needs a viewer, and there is none.
    #[error("sign in to do this")]
    SignInNeeded,
    /// The caller's budget is exhausted.
    #[error("the budget of cost is used up: try again later")]
    BudgetExhausted(Exhausted),
    /// As many operations run as may run at the same time.
    #[error("the server is overloaded: retry later")]
    Overloaded,
    /// The deadline passed before execution began.
    #[error("the request's time was over before it could be executed")]
    DeadlineExceeded,
    /// A defect of ours; the cause is in the log under the request id.
    #[error("something went wrong on our side")]
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
            Self::BudgetExhausted(_) => Code::RateLimited,
            Self::Overloaded => Code::Overloaded,
            Self::DeadlineExceeded => Code::DeadlineExceeded,
            Self::Internal => Code::InternalServerError,
        }
    }

    /// The service that failed: the user service, without whose keys no token can be verified.
    pub fn service(&self) -> Option<Service> {
        matches!(self, Self::Unauthenticated(AuthenticationError::Unavailable)).then_some(Service::User)
    }
}
