//! One log line per request: what was asked, how it went, how long it took, which services were called how often. A
//! request whose client hung up before the answer gets its line too, with 499 for a status.

use std::sync::Arc;

use http::StatusCode;
use tokio::time::Instant;

use crate::{
    clients::{CallContext, Service},
    metrics::{Metrics, OTHERS},
    operations::documents::TrustedDocument,
};

/// The client hung up: no status of HTTP, but the one that proxies log for it.
const CLIENT_CLOSED_REQUEST: u16 = 499;

/// Collects a request's line while its stages run, and writes it when dropped.
pub struct RequestLine {
    started: Instant,
    context: CallContext,
    metrics: Metrics,
    status: u16,
    /// The document, if it is trusted: only then does its operation's name become a label.
    pub document: Option<Arc<TrustedDocument>>,
    /// The most that the operation could cost, and what it did cost.
    pub cost: (u64, u64),
    /// Whether the caller's budget was used up, where that is only counted.
    pub overdrawn: bool,
    /// Errors in the answer.
    pub errors: usize,
    code: &'static str,
}

impl RequestLine {
    /// The line of a request that starts now.
    pub fn new(started: Instant, context: CallContext, metrics: Metrics) -> Self {
        Self {
            started,
            context,
            metrics,
            status: CLIENT_CLOSED_REQUEST,
            document: None,
            cost: (0, 0),
            overdrawn: false,
            errors: 0,
            code: "-",
        }
    }

    /// The request was not executed, for the reason that this code names.
    pub fn refused(&mut self, code: &'static str) {
        (self.errors, self.code) = (1, code);
    }

    /// The request is answered.
    pub fn answered(mut self, status: StatusCode) {
        self.status = status.as_u16();
    }
}

impl Drop for RequestLine {
    fn drop(&mut self) {
        let calls = self.context.calls();
        let operation = self.document.as_ref().map_or(OTHERS, |document| &document.name);
        self.metrics.answered(operation, self.status, self.started.elapsed());
        let of = |service: Service| calls.count[service.index()];
        tracing::info!(
            request_id = %self.context.request_id(),
            trace_id = self.context.trace().trace_id(),
            operation,
            client = self.document.as_ref().map_or("-", |document| &document.client),
            status = self.status,
            errors = self.errors,
            code = self.code,
            duration_ms = self.started.elapsed().as_secs_f64() * 1000.0,
            cost.estimated = self.cost.0,
            cost.actual = self.cost.1,
            overdrawn = self.overdrawn,
            calls.user = of(Service::User),
            calls.post = of(Service::Post),
            calls.order = of(Service::Order),
            calls.failed = calls.failed,
            "request"
        );
    }
}
