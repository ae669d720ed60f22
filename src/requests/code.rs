//! The public error codes: `errors[].extensions.code`. Each is spelled once: here, or in `operations/rejection.rs`;
//! `http/status.rs` maps them to statuses, and
//! `docs/errors.md` is checked against both.

use crate::{
    clients,
    graphql::FailureKind,
    operations::{RejectionCode, documents::DocumentError},
};

macro_rules! codes {
    ($($(#[doc = $meaning:literal])+ $variant:ident = $name:expr,)+) => {
        /// A public error code.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Code {
            $($(#[doc = $meaning])+ $variant,)+
        }

        impl Code {
            /// All codes.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The code as clients see it.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)+
                }
            }
        }
    };
}

codes! {
    /// The request or an argument is malformed.
    BadRequest = "BAD_REQUEST",
    /// The text is not a GraphQL document.
    GraphqlParseFailed = RejectionCode::ParseFailed.as_str(),
    /// The document breaks a rule of section 5 of the specification.
    GraphqlValidationFailed = RejectionCode::ValidationFailed.as_str(),
    /// No operation of that name, or no name although there are several operations.
    OperationResolutionFailed = RejectionCode::OperationResolutionFailed.as_str(),
    /// A variable's value is not of its type.
    VariableCoercionFailed = RejectionCode::VariableCoercionFailed.as_str(),
    /// The document id is not known.
    PersistedQueryNotFound = "PERSISTED_QUERY_NOT_FOUND",
    /// Registration of documents is off.
    PersistedQueryNotSupported = "PERSISTED_QUERY_NOT_SUPPORTED",
    /// Only trusted documents are executed.
    PersistedQueryRequired = "PERSISTED_QUERY_REQUIRED",
    /// The document id is not that of the text.
    PersistedQueryIdMismatch = "PERSISTED_QUERY_ID_MISMATCH",
    /// Nested deeper than allowed.
    QueryTooDeep = RejectionCode::TooDeep.as_str(),
    /// The cost or the size of the response exceeds its limit.
    QueryTooCostly = RejectionCode::TooCostly.as_str(),
    /// More lexical tokens than allowed.
    TooManyTokens = RejectionCode::TooManyTokens.as_str(),
    /// More aliases than allowed.
    TooManyAliases = RejectionCode::TooManyAliases.as_str(),
    /// More root fields than allowed.
    TooManyRootFields = RejectionCode::TooManyRootFields.as_str(),
    /// More directives than allowed.
    TooManyDirectives = RejectionCode::TooManyDirectives.as_str(),
    /// More fields than allowed, fragments inlined.
    TooManyFields = RejectionCode::TooManyFields.as_str(),
    /// The HTTP method is not allowed.
    MethodNotAllowed = "METHOD_NOT_ALLOWED",
    /// No acceptable media type.
    NotAcceptable = "NOT_ACCEPTABLE",
    /// The body was not received in time.
    RequestTimeout = "REQUEST_TIMEOUT",
    /// The body is too large.
    PayloadTooLarge = "PAYLOAD_TOO_LARGE",
    /// The URL is too long.
    UriTooLong = "URI_TOO_LONG",
    /// The body's media type or coding is not supported.
    UnsupportedMediaType = "UNSUPPORTED_MEDIA_TYPE",
    /// The headers are too large.
    HeadersTooLarge = "HEADERS_TOO_LARGE",
    /// The deadline passed before execution began.
    DeadlineExceeded = "DEADLINE_EXCEEDED",
    /// No token, or an invalid one.
    Unauthenticated = "UNAUTHENTICATED",
    /// The viewer may not see or do this.
    Forbidden = "FORBIDDEN",
    /// The caller's budget is exhausted.
    RateLimited = "RATE_LIMITED",
    /// A service cannot be reached or failed.
    ServiceUnavailable = "SERVICE_UNAVAILABLE",
    /// A call to a service timed out.
    ServiceTimeout = "SERVICE_TIMEOUT",
    /// A service's response is not valid.
    ServiceBadResponse = "SERVICE_BAD_RESPONSE",
    /// The limit of concurrent operations is reached.
    Overloaded = "OVERLOADED",
    /// The cursor is not one of this subscription: query again with a position, and subscribe behind it.
    CursorUnknown = "CURSOR_UNKNOWN",
    /// The events behind the cursor are no longer stored: query again with a position, and subscribe behind it.
    CursorExpired = "CURSOR_EXPIRED",
    /// The connection has as many subscriptions as it may have.
    TooManySubscriptions = "TOO_MANY_SUBSCRIPTIONS",
    /// The server ends the stream, for a restart or because of its age: connect again and resume.
    StreamEnded = "STREAM_ENDED",
    /// A defect of the server.
    InternalServerError = "INTERNAL_SERVER_ERROR",
}

impl From<RejectionCode> for Code {
    fn from(code: RejectionCode) -> Self {
        match code {
            RejectionCode::ParseFailed => Self::GraphqlParseFailed,
            RejectionCode::ValidationFailed => Self::GraphqlValidationFailed,
            RejectionCode::OperationResolutionFailed => Self::OperationResolutionFailed,
            RejectionCode::VariableCoercionFailed => Self::VariableCoercionFailed,
            RejectionCode::TooManyTokens => Self::TooManyTokens,
            RejectionCode::TooManyFields => Self::TooManyFields,
            RejectionCode::TooDeep => Self::QueryTooDeep,
            RejectionCode::TooManyAliases => Self::TooManyAliases,
            RejectionCode::TooManyDirectives => Self::TooManyDirectives,
            RejectionCode::TooManyRootFields => Self::TooManyRootFields,
            RejectionCode::TooCostly => Self::QueryTooCostly,
        }
    }
}

impl From<DocumentError> for Code {
    fn from(error: DocumentError) -> Self {
        match error {
            DocumentError::Missing => Self::BadRequest,
            DocumentError::NotFound => Self::PersistedQueryNotFound,
            DocumentError::NotSupported => Self::PersistedQueryNotSupported,
            DocumentError::Required => Self::PersistedQueryRequired,
            DocumentError::Mismatch => Self::PersistedQueryIdMismatch,
        }
    }
}

impl From<FailureKind> for Code {
    fn from(kind: FailureKind) -> Self {
        match kind {
            FailureKind::BadRequest => Self::BadRequest,
            FailureKind::Unauthenticated => Self::Unauthenticated,
            FailureKind::Forbidden => Self::Forbidden,
            FailureKind::TooMuchText => Self::QueryTooCostly,
            FailureKind::Service(failure) => match failure.kind {
                clients::FailureKind::Limited => Self::RateLimited,
                clients::FailureKind::Unavailable => Self::ServiceUnavailable,
                clients::FailureKind::Timeout => Self::ServiceTimeout,
                clients::FailureKind::BadResponse => Self::ServiceBadResponse,
            },
        }
    }
}
