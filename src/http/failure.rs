//! Everything that stops a request before it is executed: one value a cause, with its code, its words, and its status
//! under both media types (the table of `docs/errors.md`). `answer.rs` writes it.

use std::borrow::Cow;

use http::StatusCode;

use super::media::MediaType;
use crate::{
    auth::AuthenticationError,
    budgets::Exhausted,
    clients::Service,
    operations::{Rejection, documents::DocumentError},
};

/// Why a request was not executed.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// Malformed JSON, or parameters of the wrong type.
    #[error("{0}")]
    BadRequest(Cow<'static, str>),
    /// There is no document to answer.
    #[error("{error}")]
    Document {
        /// Why.
        error: DocumentError,
        /// How the document was named.
        named: Named,
    },
    /// The document, the operation or its variables are no good, or pass a limit.
    #[error("{0}")]
    Rejected(#[from] Rejection),
    /// Another method than the resource has. Holds the value of `Allow`.
    #[error("this resource takes {0}")]
    MethodNotAllowed(&'static str),
    /// A mutation by GET.
    #[error("a mutation must be sent by POST")]
    MutationByGet,
    /// Subscriptions come over other transports.
    #[error("subscriptions are not answered over plain HTTP")]
    SubscriptionOverHttp,
    /// No media type of ours is acceptable.
    #[error("answers are application/graphql-response+json or application/json")]
    NotAcceptable,
    /// A POST whose content is not JSON in UTF-8.
    #[error("the content type must be application/json in UTF-8")]
    UnsupportedMediaType,
    /// A body in a content coding that is none of ours.
    #[error("the content encoding must be br, gzip or zstd, or none")]
    UnsupportedCoding,
    /// The body is larger than allowed, in bytes.
    #[error("the body is larger than {0} bytes")]
    PayloadTooLarge(usize),
    /// The request's target is longer than allowed, in bytes.
    #[error("the URL is longer than {0} bytes")]
    UriTooLong(usize),
    /// The headers are larger or more than allowed.
    #[error("the headers are larger than {bytes} bytes, or more than {headers}")]
    HeadersTooLarge {
        /// All of them, in bytes.
        bytes: usize,
        /// How many.
        headers: usize,
    },
    /// The body did not come within the request's time.
    #[error("the body did not arrive in time")]
    RequestTimeout,
    /// A bad token.
    #[error(transparent)]
    Unauthenticated(#[from] AuthenticationError),
    /// Everything asked for needs a viewer, and there is none.
    #[error("sign in to do this")]
    SignInNeeded,
    /// The caller's budget is used up.
    #[error("the budget of cost is used up: try again later")]
    BudgetExhausted(Exhausted),
    /// As many operations as may be are being executed.
    #[error("too much is asked at the moment: try again")]
    Overloaded,
    /// The request's time was over before anything was executed.
    #[error("the request's time was over before it could be executed")]
    DeadlineExceeded,
    /// Nothing at this path.
    #[error("there is nothing at this path")]
    NotFound,
    /// A defect of ours; the cause is in the log under the request id.
    #[error("something went wrong on our side")]
    Internal,
}

/// How a client named a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Named {
    /// In the path: it is a resource that there is or is not.
    ByPath,
    /// As Apollo's automatic persisted queries do it: the miss is part of the protocol.
    Automatically,
    /// In parameters.
    ByParameters,
}

impl Failure {
    /// The code in `extensions`.
    pub fn code(&self) -> &'static str {
        match self {
            Self::BadRequest(_) | Self::SubscriptionOverHttp | Self::NotFound => "BAD_REQUEST",
            Self::Document { error, .. } => document_code(*error),
            Self::Rejected(rejection) => rejection.code().as_str(),
            Self::MethodNotAllowed(_) | Self::MutationByGet => "METHOD_NOT_ALLOWED",
            Self::NotAcceptable => "NOT_ACCEPTABLE",
            Self::UnsupportedMediaType | Self::UnsupportedCoding => "UNSUPPORTED_MEDIA_TYPE",
            Self::PayloadTooLarge(_) => "PAYLOAD_TOO_LARGE",
            Self::UriTooLong(_) => "URI_TOO_LONG",
            Self::HeadersTooLarge { .. } => "HEADERS_TOO_LARGE",
            Self::RequestTimeout => "REQUEST_TIMEOUT",
            Self::Unauthenticated(AuthenticationError::Unavailable) => "SERVICE_UNAVAILABLE",
            Self::Unauthenticated(_) | Self::SignInNeeded => "UNAUTHENTICATED",
            Self::BudgetExhausted(_) => "RATE_LIMITED",
            Self::Overloaded => "OVERLOADED",
            Self::DeadlineExceeded => "DEADLINE_EXCEEDED",
            Self::Internal => "INTERNAL_SERVER_ERROR",
        }
    }

    /// The service to blame: the user service, whose keys are needed to judge a token.
    pub fn service(&self) -> Option<Service> {
        matches!(self, Self::Unauthenticated(AuthenticationError::Unavailable)).then_some(Service::User)
    }

    /// The status under that media type.
    pub fn status(&self, media_type: MediaType) -> StatusCode {
        match self {
            Self::Document { error: DocumentError::NotFound, named: Named::ByPath } => StatusCode::NOT_FOUND,
            // Apollo Client reads the miss only under 200.
            Self::Document { error, named: Named::Automatically }
                if media_type == MediaType::Json && *error != DocumentError::Mismatch =>
            {
                StatusCode::OK
            }
            Self::Document { .. } => StatusCode::BAD_REQUEST,
            // Older clients read a body only under 200, and these answers are about their document.
            Self::Rejected(_) | Self::SubscriptionOverHttp if media_type == MediaType::Json => StatusCode::OK,
            Self::BadRequest(_) | Self::Rejected(_) | Self::SubscriptionOverHttp => StatusCode::BAD_REQUEST,
            Self::MethodNotAllowed(_) | Self::MutationByGet => StatusCode::METHOD_NOT_ALLOWED,
            Self::NotAcceptable => StatusCode::NOT_ACCEPTABLE,
            Self::UnsupportedMediaType | Self::UnsupportedCoding => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::PayloadTooLarge(_) => StatusCode::PAYLOAD_TOO_LARGE,
            Self::UriTooLong(_) => StatusCode::URI_TOO_LONG,
            Self::HeadersTooLarge { .. } => StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE,
            Self::RequestTimeout => StatusCode::REQUEST_TIMEOUT,
            Self::Overloaded | Self::Unauthenticated(AuthenticationError::Unavailable) => {
                StatusCode::SERVICE_UNAVAILABLE
            }
            Self::DeadlineExceeded => StatusCode::GATEWAY_TIMEOUT,
            Self::Unauthenticated(_) | Self::SignInNeeded => StatusCode::UNAUTHORIZED,
            Self::BudgetExhausted(_) => StatusCode::TOO_MANY_REQUESTS,
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// The header that goes with the status: `Allow` (RFC 9110, 15.5.6), `WWW-Authenticate` (15.5.2), `Accept-Encoding`
    /// (15.5.16), `Retry-After` (10.2.3).
    pub fn header(&self) -> Option<(http::HeaderName, &'static str)> {
        match self {
            Self::MethodNotAllowed(allow) => Some((http::header::ALLOW, allow)),
            Self::MutationByGet => Some((http::header::ALLOW, "POST")),
            Self::UnsupportedCoding => Some((http::header::ACCEPT_ENCODING, "br, gzip, zstd")),
            Self::Overloaded | Self::Unauthenticated(AuthenticationError::Unavailable) => {
                Some((http::header::RETRY_AFTER, "1"))
            }
            Self::Unauthenticated(AuthenticationError::Malformed) | Self::SignInNeeded => {
                Some((http::header::WWW_AUTHENTICATE, "Bearer"))
            }
            Self::Unauthenticated(_) => Some((http::header::WWW_AUTHENTICATE, "Bearer error=\"invalid_token\"")),
            _ => None,
        }
    }
}

fn document_code(error: DocumentError) -> &'static str {
    match error {
        DocumentError::Missing => "BAD_REQUEST",
        DocumentError::NotFound => "PERSISTED_QUERY_NOT_FOUND",
        DocumentError::NotSupported => "PERSISTED_QUERY_NOT_SUPPORTED",
        DocumentError::Required => "PERSISTED_QUERY_REQUIRED",
        DocumentError::Mismatch => "PERSISTED_QUERY_ID_MISMATCH",
    }
}
