//! One log line per operation: status, duration, calls to each service. An operation whose client disconnected before the
//! response is logged with status 499; that of a subscription is written when it ends, with the number of its messages.

use contract::RequestId;
use http::StatusCode;
use tokio::time::Instant;

use crate::{
    clients::CallContext,
    operations::OperationKind,
    requests::{Code, OperationRecord},
    telemetry::{Metrics, OTHERS},
};

/// The client disconnected. Not a status of HTTP; proxies log it.
const CLIENT_CLOSED_REQUEST: u16 = 499;

/// The log line of a request. Written when dropped.
pub(super) struct RequestLine {
    transport: &'static str,
    started: Instant,
    context: CallContext,
    /// Messages of a subscription.
    messages: u64,
    metrics: Metrics,
    status: u16,
    /// The operation's part of the line.
    pub operation: OperationRecord,
    code: &'static str,
}

impl RequestLine {
    /// The line of a request that started at that time.
    pub(super) fn new(transport: &'static str, started: Instant, context: CallContext, metrics: Metrics) -> Self {
        Self {
            transport,
            started,
            context,
            messages: 0,
            metrics,
            status: CLIENT_CLOSED_REQUEST,
            operation: OperationRecord::default(),
            code: "-",
        }
    }

    /// The request's id.
    pub(super) fn request_id(&self) -> &RequestId {
        self.context.request_id()
    }

    /// The line of a stream by that transport, which has begun.
    pub(super) fn of_stream(mut self, transport: &'static str) -> Self {
        self.transport = transport;
        self.begun();
        self
    }

    /// Records the code of a request that was not executed.
    pub(super) fn refused(&mut self, code: Code) {
        self.begun();
        self.operation.errors += 1;
        self.code = code.as_str();
    }

    /// Records a message with that many errors in it: the operation has been answered.
    pub(super) fn delivered(&mut self, errors: usize) {
        self.status = StatusCode::OK.as_u16();
        self.messages += 1;
        self.metrics.live().sent();
        self.operation.errors += errors;
    }

    /// Records that a subscription has begun.
    pub(super) fn begun(&mut self) {
        self.status = StatusCode::OK.as_u16();
    }

    /// Records the status of the response.
    pub(super) fn answered(mut self, status: StatusCode) {
        self.status = status.as_u16();
    }
}

impl Drop for RequestLine {
    fn drop(&mut self) {
        let calls = self.context.ledger().calls();
        let OperationRecord { document, kind, cost, overdrawn, errors } = &self.operation;
        let operation = document.as_ref().map_or(OTHERS, |document| &document.name);
        self.metrics.answered(operation, self.status, self.started.elapsed());
        tracing::info!(
            request_id = %self.context.request_id(),
            trace_id = self.context.trace().trace_id(),
            operation,
            kind = kind.map_or("-", OperationKind::as_str),
            client = document.as_ref().map_or("-", |document| &document.client),
            transport = self.transport,
            status = self.status,
            messages = self.messages,
            errors,
            code = self.code,
            duration_ms = self.started.elapsed().as_secs_f64() * 1000.0,
            cost.estimated = cost.estimated,
            cost.actual = cost.actual,
            overdrawn,
            %calls,
            calls.failed = calls.failed,
            "request"
        );
    }
}
