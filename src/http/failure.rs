//! Reasons why an HTTP request is refused before its operation is executed: those of HTTP itself, and those of the pipeline.
//! `status.rs` maps each to its status, `response.rs` writes the response.

use std::borrow::Cow;

use crate::{
    events::Full,
    operations::OperationKind,
    requests::{Code, Refused},
};

/// Why a request was not executed.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// The pipeline refused the operation.
    #[error(transparent)]
    Refused(Refused),
    /// Malformed JSON, or parameters of the wrong type.
    #[error("{0}")]
    BadRequest(Cow<'static, str>),
    /// The resource does not support the method. Holds the value of `Allow`.
    #[error("the method is not allowed; allowed methods: {0}")]
    MethodNotAllowed(&'static str),
    /// A mutation by GET.
    #[error("a mutation must be sent by POST")]
    MutationByGet,
    /// None of the media types of GraphQL over HTTP is acceptable.
    #[error("no acceptable media type: responses are application/graphql-response+json or application/json")]
    NotAcceptable,
    /// A subscription whose client accepts no stream.
    #[error(
        "no acceptable media type: a subscription is answered with text/event-stream or \
         multipart/mixed;subscriptionSpec=1.0, or over WebSocket (graphql-transport-ws)"
    )]
    NoStreamType,
    /// A POST whose content is not JSON in UTF-8.
    #[error("the content type must be application/json in UTF-8")]
    UnsupportedMediaType,
    /// A body in an unsupported content coding.
    #[error("the content encoding must be br, gzip or zstd, or none")]
    UnsupportedCoding,
    /// The body is larger than allowed, in bytes.
    #[error("the body is larger than {0} bytes")]
    PayloadTooLarge(usize),
    /// The request's target is longer than allowed, in bytes.
    #[error("the URL is longer than {0} bytes")]
    UriTooLong(usize),
    /// The headers exceed their limits.
    #[error("the headers are larger than {bytes} bytes, or more than {headers}")]
    HeadersTooLarge {
        /// The limit on their size, in bytes.
        bytes: usize,
        /// The limit on their number.
        headers: usize,
    },
    /// A transfer coding other than `chunked`.
    #[error("the transfer coding must be chunked")]
    UnknownTransferCoding,
    /// `chunked` applied more than once.
    #[error("the chunked transfer coding must be applied once")]
    RepeatedChunked,
    /// The body was not received within the request's timeout.
    #[error("the body was not received in time")]
    RequestTimeout,
    /// The client's network has as many WebSockets and streams as it may have.
    #[error("too many WebSockets and streams from this address")]
    TooManyConnections,
    /// No resource at this path.
    #[error("no resource at this path")]
    NotFound,
}

impl From<Refused> for Failure {
    fn from(refused: Refused) -> Self {
        match refused {
            Refused::KindNotAllowed(OperationKind::Mutation) => Self::MutationByGet,
            Refused::KindNotAllowed(OperationKind::Subscription) => Self::NoStreamType,
            refused => Self::Refused(refused),
        }
    }
}

impl From<Full> for Failure {
    fn from(full: Full) -> Self {
        match full {
            Full::Process | Full::Viewer => Self::Refused(Refused::Overloaded),
            Full::Network => Self::TooManyConnections,
        }
    }
}

impl Failure {
    /// The public code.
    pub fn code(&self) -> Code {
        match self {
            Self::Refused(refused) => refused.code(),
            Self::BadRequest(_) | Self::NotFound | Self::UnknownTransferCoding | Self::RepeatedChunked => {
                Code::BadRequest
            }
            Self::MethodNotAllowed(_) | Self::MutationByGet => Code::MethodNotAllowed,
            Self::NotAcceptable | Self::NoStreamType => Code::NotAcceptable,
            Self::UnsupportedMediaType | Self::UnsupportedCoding => Code::UnsupportedMediaType,
            Self::PayloadTooLarge(_) => Code::PayloadTooLarge,
            Self::UriTooLong(_) => Code::UriTooLong,
            Self::HeadersTooLarge { .. } => Code::HeadersTooLarge,
            Self::RequestTimeout => Code::RequestTimeout,
            Self::TooManyConnections => Code::RateLimited,
        }
    }
}
