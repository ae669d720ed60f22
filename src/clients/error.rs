//! How a call can fail, in the words that the layers above need: whose fault, what kind, and what the service said.

use std::sync::Arc;

use http::StatusCode;
use serde::Deserialize;

use super::Service;

/// A call that brought no answer. Cheap to clone: one failure fails every key of its batch.
#[derive(Clone, Debug, thiserror::Error)]
pub enum CallError {
    /// The service takes no more of this caller for now (429).
    #[error("too many requests to the {0} service: try again later")]
    Limited(Service),
    /// Not reachable, broke off, or answered 5xx.
    #[error("the {0} service is not available")]
    Unavailable(Service),
    /// No answer within the call's or the request's time.
    #[error("the {0} service did not answer in time")]
    Timeout(Service),
    /// No answer in time to a command that has no key: it may have been done, and must not be sent again blindly.
    #[error("the {0} service did not answer in time: whether it was done is not known")]
    Uncertain(Service),
    /// Not HTTP, not JSON, of another shape, or not what was asked.
    #[error("the {0} service gave a broken answer")]
    BadResponse(Service),
    /// The service understood and said no (4xx).
    #[error("the {} service refused: {}", .0.service, .0.code)]
    Refused(Arc<Refusal>),
}

/// A service's own words on why it refused.
#[derive(Debug)]
pub struct Refusal {
    /// Which service.
    pub service: Service,
    /// A 4xx status.
    pub status: StatusCode,
    /// The code, such as `STOCK_EXHAUSTED`.
    pub code: String,
    /// One sentence.
    pub message: String,
    /// What is wrong with which member of the body, such as `items[0].quantity`.
    pub details: Vec<Detail>,
}

/// One member's trouble.
#[derive(Debug, Deserialize)]
pub struct Detail {
    /// Path into the body.
    pub field: String,
    /// What is wrong with it.
    pub issue: String,
}

impl Refusal {
    /// Reads the error body that all services share; `None` if it is something else.
    pub(super) fn read(service: Service, status: StatusCode, body: &[u8]) -> Option<Self> {
        #[derive(Deserialize)]
        struct Body {
            error: Error,
        }
        #[derive(Deserialize)]
        struct Error {
            code: String,
            message: String,
            #[serde(default)]
            details: Vec<Detail>,
        }
        let Body { error: Error { code, message, details } } = serde_json::from_slice(body).ok()?;
        Some(Self { service, status, code, message, details })
    }
}
