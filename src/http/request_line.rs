//! One log line per request: what was asked, how it went, how long it took, which services were called how often.

use http::StatusCode;
use tokio::time::Instant;

use crate::clients::{CallContext, Service};

/// Collects a request's line while its stages run.
pub struct RequestLine {
    started: Instant,
    context: CallContext,
    /// The operation's name in its document.
    pub operation: Option<String>,
    /// Errors beside the data.
    pub errors: usize,
}

impl RequestLine {
    /// The line of a request that starts now.
    pub fn new(started: Instant, context: CallContext) -> Self {
        Self { started, context, operation: None, errors: 0 }
    }

    /// Writes the line.
    pub fn write(&self, status: StatusCode) {
        let calls = self.context.calls();
        let of = |service: Service| calls.count[service.index()];
        tracing::info!(
            request_id = %self.context.request_id(),
            trace_id = self.context.trace().trace_id(),
            operation = self.operation.as_deref().unwrap_or("-"),
            status = status.as_u16(),
            errors = self.errors,
            duration_ms = self.started.elapsed().as_secs_f64() * 1000.0,
            calls.user = of(Service::User),
            calls.post = of(Service::Post),
            calls.order = of(Service::Order),
            "request"
        );
    }
}
