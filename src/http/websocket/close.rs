//! Why the server closes a WebSocket: the codes of `graphql-transport-ws` and of RFC 6455, section 7.4.

use std::io::ErrorKind;

use tokio_tungstenite::tungstenite::{
    Error,
    error::CapacityError,
    protocol::{CloseFrame, frame::coding::CloseCode},
};

/// Longest reason, in bytes (RFC 6455, section 5.5).
const MAX_REASON: usize = 123;

/// The end of a connection, as the server decides it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Close {
    code: u16,
    reason: String,
}

impl Close {
    /// 4400: a message that is not of the protocol.
    pub(super) fn invalid(reason: impl Into<String>) -> Self {
        Self::new(4400, reason)
    }

    /// 4401: an operation before the acknowledgement.
    pub(super) fn unauthorized() -> Self {
        Self::new(4401, "Unauthorized")
    }

    /// 4403: the token is not valid, or has ended.
    pub(super) fn forbidden(reason: impl Into<String>) -> Self {
        Self::new(4403, reason)
    }

    /// 4408: no `connection_init` in time.
    pub(super) fn no_init() -> Self {
        Self::new(4408, "Connection initialisation timeout")
    }

    /// 4409: an operation of this id is running.
    pub(super) fn id_in_use(id: &str) -> Self {
        Self::new(4409, format!("Subscriber for {id} already exists"))
    }

    /// 4429: a second `connection_init`.
    pub(super) fn second_init() -> Self {
        Self::new(4429, "Too many initialisation requests")
    }

    /// 1012: the server restarts, or the connection is as old as it may be.
    pub(super) fn restarting() -> Self {
        Self::new(1012, "Service Restart")
    }

    /// 1013: too many connections of the viewer, too many bytes, or tokens cannot be verified yet.
    pub(super) fn try_again(reason: impl Into<String>) -> Self {
        Self::new(1013, reason)
    }

    /// What a failed read means: `None` if the client has gone.
    pub(super) fn of(error: &Error) -> Option<Self> {
        match error {
            Error::Capacity(CapacityError::MessageTooLong { max_size, .. }) => {
                Some(Self::new(1009, format!("the message is larger than {max_size} bytes")))
            }
            Error::Utf8(_) => Some(Self::new(1007, "a text message must be UTF-8")),
            Error::Protocol(error) => Some(Self::new(1002, error.to_string())),
            Error::Io(error) => match error.kind() {
                ErrorKind::FileTooLarge => Some(Self::new(1009, "the frames of the message are too many")),
                ErrorKind::TimedOut => Some(Self::new(1008, "the message was not received in time")),
                ErrorKind::OutOfMemory => Some(Self::try_again("the server is receiving too much at the moment")),
                _ => None,
            },
            _ => None,
        }
    }

    fn new(code: u16, reason: impl Into<String>) -> Self {
        let mut reason = reason.into();
        reason
            .truncate((0..=MAX_REASON.min(reason.len())).rev().find(|end| reason.is_char_boundary(*end)).unwrap_or(0));
        Self { code, reason }
    }

    /// The code.
    pub(super) const fn code(&self) -> u16 {
        self.code
    }

    /// As a frame.
    pub(super) fn frame(self) -> CloseFrame {
        CloseFrame { code: CloseCode::from(self.code), reason: self.reason.into() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_is_at_most_123_bytes_of_whole_characters() {
        let close = Close::id_in_use(&"é".repeat(200));
        assert!((122..=MAX_REASON).contains(&close.reason.len()));
    }
}
