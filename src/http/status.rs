//! The one table from public codes to HTTP: the status under both media types, and the header that goes with a failure.
//! Sources: GraphQL over HTTP, section 6.4; RFC 9110, section 15. `docs/errors.md` is checked against it.

use http::{
    HeaderName, StatusCode,
    header::{ACCEPT_ENCODING, ALLOW, CONNECTION, RETRY_AFTER, WWW_AUTHENTICATE},
};

use super::{failure::Failure, media::MediaType};
use crate::{
    auth::AuthenticationError,
    operations::documents::DocumentError,
    requests::{Code, Named, Refused},
};

/// The statuses of a request that was not executed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Statuses {
    /// Under `application/graphql-response+json`.
    pub graphql: StatusCode,
    /// Under `application/json`: older clients read a body only under 200.
    pub json: StatusCode,
}

impl Statuses {
    /// The statuses of a code; 200 for codes of fields, which come with data.
    pub fn of(code: Code) -> Self {
        match code {
            // Older clients read errors of their document only under 200.
            Code::GraphqlParseFailed
            | Code::GraphqlValidationFailed
            | Code::OperationResolutionFailed
            | Code::VariableCoercionFailed
            | Code::QueryTooDeep
            | Code::QueryTooCostly
            | Code::TooManyTokens
            | Code::TooManyAliases
            | Code::TooManyRootFields
            | Code::TooManyDirectives
            | Code::TooManyFields => Self { graphql: StatusCode::BAD_REQUEST, json: StatusCode::OK },
            Code::BadRequest
            | Code::PersistedQueryNotFound
            | Code::PersistedQueryNotSupported
            | Code::PersistedQueryRequired
            | Code::PersistedQueryIdMismatch => Self::both(StatusCode::BAD_REQUEST),
            Code::Unauthenticated => Self::both(StatusCode::UNAUTHORIZED),
            Code::MethodNotAllowed => Self::both(StatusCode::METHOD_NOT_ALLOWED),
            Code::NotAcceptable => Self::both(StatusCode::NOT_ACCEPTABLE),
            Code::RequestTimeout => Self::both(StatusCode::REQUEST_TIMEOUT),
            Code::PayloadTooLarge => Self::both(StatusCode::PAYLOAD_TOO_LARGE),
            Code::UriTooLong => Self::both(StatusCode::URI_TOO_LONG),
            Code::UnsupportedMediaType => Self::both(StatusCode::UNSUPPORTED_MEDIA_TYPE),
            Code::RateLimited => Self::both(StatusCode::TOO_MANY_REQUESTS),
            Code::HeadersTooLarge => Self::both(StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE),
            Code::InternalServerError => Self::both(StatusCode::INTERNAL_SERVER_ERROR),
            Code::Overloaded | Code::ServiceUnavailable => Self::both(StatusCode::SERVICE_UNAVAILABLE),
            Code::DeadlineExceeded => Self::both(StatusCode::GATEWAY_TIMEOUT),
            Code::CursorUnknown | Code::CursorExpired | Code::TooManySubscriptions | Code::StreamEnded => {
                Self::both(StatusCode::OK)
            }
            Code::Forbidden | Code::ServiceTimeout | Code::ServiceBadResponse => Self::both(StatusCode::OK),
        }
    }

    /// Of a failure: those of its code, except for missing resources and what Apollo's protocol requires.
    fn of_failure(failure: &Failure) -> Self {
        match failure {
            Failure::UnknownTransferCoding => Self::both(StatusCode::NOT_IMPLEMENTED),
            Failure::NotFound => Self::both(StatusCode::NOT_FOUND),
            Failure::Refused(Refused::Document { error, named }) => Self::of_document(*error, *named),
            Failure::Refused(_)
            | Failure::BadRequest(_)
            | Failure::MethodNotAllowed(_)
            | Failure::MutationByGet
            | Failure::NotAcceptable
            | Failure::NoStreamType
            | Failure::UnsupportedMediaType
            | Failure::UnsupportedCoding
            | Failure::PayloadTooLarge(_)
            | Failure::UriTooLong(_)
            | Failure::HeadersTooLarge { .. }
            | Failure::RepeatedChunked
            | Failure::TooManyConnections
            | Failure::RequestTimeout => Self::of(failure.code()),
        }
    }

    fn of_document(error: DocumentError, named: Named) -> Self {
        use DocumentError::{Mismatch, Missing, NotFound, NotSupported, Required};
        let of_code = Self::of(error.into());
        match (named, error) {
            (Named::ByPath, NotFound) => Self::both(StatusCode::NOT_FOUND),
            // Apollo Client reads a miss only under 200.
            (Named::Automatically, Missing | NotFound | NotSupported | Required) => {
                Self { json: StatusCode::OK, ..of_code }
            }
            (Named::ByPath, Missing | NotSupported | Required | Mismatch)
            | (Named::ByParameters, Missing | NotFound | NotSupported | Required | Mismatch)
            | (Named::Automatically, Mismatch) => of_code,
        }
    }

    const fn both(status: StatusCode) -> Self {
        Self { graphql: status, json: status }
    }
}

/// The status of a failure under that media type.
pub(super) fn of(failure: &Failure, media_type: MediaType) -> StatusCode {
    let statuses = Statuses::of_failure(failure);
    match media_type {
        MediaType::Json => statuses.json,
        MediaType::GraphqlResponse => statuses.graphql,
    }
}

/// The header that goes with the status: `Allow` (RFC 9110, 15.5.6), `WWW-Authenticate` (15.5.2), `Accept-Encoding`
/// (15.5.16), `Retry-After` (10.2.3).
pub(super) fn header(failure: &Failure) -> Option<(HeaderName, &'static str)> {
    match failure {
        Failure::MethodNotAllowed(allow) => Some((ALLOW, allow)),
        Failure::MutationByGet => Some((ALLOW, "POST")),
        // Where the body ends is uncertain: what follows must not be read as another request (RFC 9112, section 11.2).
        Failure::UnknownTransferCoding | Failure::RepeatedChunked => Some((CONNECTION, "close")),
        Failure::UnsupportedCoding => Some((ACCEPT_ENCODING, "br, gzip, zstd")),
        Failure::Refused(refused) => header_of_refused(refused),
        Failure::BadRequest(_)
        | Failure::NotAcceptable
        | Failure::NoStreamType
        | Failure::UnsupportedMediaType
        | Failure::PayloadTooLarge(_)
        | Failure::UriTooLong(_)
        | Failure::HeadersTooLarge { .. }
        | Failure::RequestTimeout
        | Failure::TooManyConnections
        | Failure::NotFound => None,
    }
}

fn header_of_refused(refused: &Refused) -> Option<(HeaderName, &'static str)> {
    match refused {
        Refused::Overloaded | Refused::Unauthenticated(AuthenticationError::Unavailable) => Some((RETRY_AFTER, "1")),
        Refused::SignInNeeded | Refused::Unauthenticated(AuthenticationError::Malformed) => {
            Some((WWW_AUTHENTICATE, "Bearer"))
        }
        Refused::Unauthenticated(AuthenticationError::Invalid | AuthenticationError::Expired) => {
            Some((WWW_AUTHENTICATE, "Bearer error=\"invalid_token\""))
        }
        Refused::Document { .. }
        | Refused::Rejected(_)
        | Refused::KindNotAllowed(_)
        | Refused::BySubscription(_)
        | Refused::CursorUnknown
        | Refused::CursorExpired
        | Refused::FeedUnavailable(_)
        | Refused::BudgetExhausted(_)
        | Refused::DeadlineExceeded
        | Refused::Internal => None,
    }
}
