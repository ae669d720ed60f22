//! What went wrong with a call, for the log; and from it what the caller is told: the kind of failure, the service that
//! failed, and whether the request may have had an effect.

use std::{error::Error, fmt, iter};

use http::StatusCode;
use hyper_util::client::legacy as client;

use crate::{clients::FailureKind, services::Service};

/// Why a call brought no usable answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// The deadline passed before the request was sent.
    TooLate,
    /// No connection: refused, or not within the connect timeout.
    NotConnected,
    /// The connection was closed before the response began.
    Closed,
    /// The connection was closed in the middle of the response.
    BrokenOff,
    /// No response within the call's or the request's time.
    TimedOut,
    /// The response is not HTTP.
    NotHttp,
    /// 429, 3xx or 5xx, or another error without the services' error body.
    Status(StatusCode),
    /// The service says that one it depends on failed.
    Dependency(Service, FailureKind),
    /// The response is larger than the limit.
    TooLarge,
    /// The body is not UTF-8.
    NotUtf8,
    /// The body is not JSON of the expected shape. The error's text is not kept: it quotes the answer, which may be private.
    Shape {
        /// Where reading failed.
        line: usize,
        /// Where in the line.
        column: usize,
    },
    /// Well-formed, but not an answer to the request.
    NotRequested(&'static str),
    /// A body where the contract has none.
    UnexpectedBody,
    /// The path or the body of the request could not be written.
    Unwritable,
}

impl Cause {
    /// The cause of a request whose response has not begun.
    pub(super) fn of_sending(error: &client::Error) -> Self {
        match error {
            error if is_parse_error(error) => Self::NotHttp,
            error if error.is_connect() => Self::NotConnected,
            _ => Self::Closed,
        }
    }

    /// The cause of a response that does not end.
    pub(super) fn of_reading(error: &hyper::Error) -> Self {
        if is_parse_error(error) { Self::NotHttp } else { Self::BrokenOff }
    }

    /// What kind of failure the caller is told.
    pub(super) fn kind(self) -> FailureKind {
        match self {
            Self::TooLate | Self::TimedOut | Self::Status(StatusCode::GATEWAY_TIMEOUT) => FailureKind::Timeout,
            Self::NotConnected | Self::Closed | Self::BrokenOff => FailureKind::Unavailable,
            Self::Status(StatusCode::TOO_MANY_REQUESTS) => FailureKind::Limited,
            Self::Status(status) if status.is_server_error() => FailureKind::Unavailable,
            Self::Dependency(_, kind) => kind,
            Self::Status(_)
            | Self::NotHttp
            | Self::TooLarge
            | Self::NotUtf8
            | Self::Shape { .. }
            | Self::NotRequested(_)
            | Self::UnexpectedBody
            | Self::Unwritable => FailureKind::BadResponse,
        }
    }

    /// Whether the request certainly had no effect: it never reached the service, or was turned away at the door.
    pub(super) fn is_without_effect(self) -> bool {
        matches!(
            self,
            Self::TooLate | Self::NotConnected | Self::Unwritable | Self::Status(StatusCode::TOO_MANY_REQUESTS)
        )
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLate => f.write_str("no time was left to send it"),
            Self::NotConnected => f.write_str("no connection"),
            Self::Closed => f.write_str("the connection was closed before the response"),
            Self::BrokenOff => f.write_str("the connection was closed within the response"),
            Self::TimedOut => f.write_str("no response in time"),
            Self::NotHttp => f.write_str("the response is not HTTP"),
            Self::Status(status) => write!(f, "status {}", status.as_u16()),
            Self::Dependency(service, kind) => write!(f, "its {service} service failed: {kind:?}"),
            Self::TooLarge => f.write_str("the response is too large"),
            Self::NotUtf8 => f.write_str("the body is not UTF-8"),
            Self::Shape { line, column } => write!(f, "the body has another shape at line {line}, column {column}"),
            Self::NotRequested(what) => f.write_str(what),
            Self::UnexpectedBody => f.write_str("a body where none was expected"),
            Self::Unwritable => f.write_str("the request could not be written"),
        }
    }
}

/// Whether the error, or one that it comes from, says that the response is not HTTP.
fn is_parse_error(error: &(dyn Error + 'static)) -> bool {
    let mut causes = iter::successors(Some(error), |cause| (*cause).source());
    causes.any(|cause| cause.downcast_ref::<hyper::Error>().is_some_and(hyper::Error::is_parse))
}
