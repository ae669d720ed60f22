//! The one table from public codes to HTTP: the status under both media types, and the header that goes with a failure.
//! Sources: GraphQL over HTTP, section 6.4; RFC 9110, section 15. `docs/errors.md` is checked against it.

use http::{
    HeaderName, StatusCode,
    header::{ACCEPT_ENCODING, ALLOW, CONNECTION, RETRY_AFTER, WWW_AUTHENTICATE},
};

use super::{failure::Failure, media::MediaType};
use crate::{
    auth::AuthenticationError,
    requests::{Code, Named, Refused},
};

/// The statuses of a code, if nothing was executed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Statuses {
    /// Under `application/graphql-response+json`.
    pub graphql: StatusCode,
    /// Under `application/json` alone: older clients read a body only under 200.
    pub json: StatusCode,
}

impl Statuses {
    /// Of that code. A code that only a field can have is 200: data comes with it.
    pub fn of(code: Code) -> Self {
        let both = |status| Self { graphql: status, json: status };
        match code {
            // These answers are about the client's document, which older clients look for under 200.
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
            | Code::PersistedQueryIdMismatch => both(StatusCode::BAD_REQUEST),
            Code::Unauthenticated => both(StatusCode::UNAUTHORIZED),
            Code::MethodNotAllowed => both(StatusCode::METHOD_NOT_ALLOWED),
            Code::NotAcceptable => both(StatusCode::NOT_ACCEPTABLE),
            Code::RequestTimeout => both(StatusCode::REQUEST_TIMEOUT),
            Code::PayloadTooLarge => both(StatusCode::PAYLOAD_TOO_LARGE),
            Code::UriTooLong => both(StatusCode::URI_TOO_LONG),
            Code::UnsupportedMediaType => both(StatusCode::UNSUPPORTED_MEDIA_TYPE),
            Code::RateLimited => both(StatusCode::TOO_MANY_REQUESTS),
            Code::HeadersTooLarge => both(StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE),
            Code::InternalServerError => both(StatusCode::INTERNAL_SERVER_ERROR),
            Code::Overloaded | Code::ServiceUnavailable => both(StatusCode::SERVICE_UNAVAILABLE),
            Code::DeadlineExceeded => both(StatusCode::GATEWAY_TIMEOUT),
            Code::Forbidden | Code::ServiceTimeout | Code::ServiceBadResponse => both(StatusCode::OK),
        }
    }

    /// Of a failure: those of its code, but for documents that are a resource of their own or Apollo's protocol.
    fn of_failure(failure: &Failure) -> Self {
        let of_code = Self::of(failure.code());
        match failure {
            Failure::UnknownTransferCoding => {
                Self { graphql: StatusCode::NOT_IMPLEMENTED, json: StatusCode::NOT_IMPLEMENTED }
            }
            Failure::NotFound => Self { graphql: StatusCode::NOT_FOUND, json: StatusCode::NOT_FOUND },
            Failure::Refused(Refused::Document { named, .. }) => match (named, failure.code()) {
                (Named::ByPath, Code::PersistedQueryNotFound) => {
                    Self { graphql: StatusCode::NOT_FOUND, json: StatusCode::NOT_FOUND }
                }
                (Named::Automatically, Code::PersistedQueryIdMismatch) => of_code,
                // Apollo Client reads a miss only under 200.
                (Named::Automatically, _) => Self { json: StatusCode::OK, ..of_code },
                _ => of_code,
            },
            _ => of_code,
        }
    }
}

/// The status of a failure under that media type.
pub fn of(failure: &Failure, media_type: MediaType) -> StatusCode {
    let statuses = Statuses::of_failure(failure);
    match media_type {
        MediaType::Json => statuses.json,
        MediaType::GraphqlResponse => statuses.graphql,
    }
}

/// The header that goes with the status: `Allow` (RFC 9110, 15.5.6), `WWW-Authenticate` (15.5.2), `Accept-Encoding`
/// (15.5.16), `Retry-After` (10.2.3).
pub fn header(failure: &Failure) -> Option<(HeaderName, &'static str)> {
    match failure {
        Failure::MethodNotAllowed(allow) => Some((ALLOW, allow)),
        Failure::MutationByGet => Some((ALLOW, "POST")),
        // Where the body ends is uncertain: what follows must not be read as another request (RFC 9112, section 11.2).
        Failure::UnknownTransferCoding | Failure::RepeatedChunked => Some((CONNECTION, "close")),
        Failure::UnsupportedCoding => Some((ACCEPT_ENCODING, "br, gzip, zstd")),
        Failure::Refused(Refused::Overloaded | Refused::Unauthenticated(AuthenticationError::Unavailable)) => {
            Some((RETRY_AFTER, "1"))
        }
        Failure::Refused(Refused::SignInNeeded | Refused::Unauthenticated(AuthenticationError::Malformed)) => {
            Some((WWW_AUTHENTICATE, "Bearer"))
        }
        Failure::Refused(Refused::Unauthenticated(_)) => Some((WWW_AUTHENTICATE, "Bearer error=\"invalid_token\"")),
        _ => None,
    }
}
