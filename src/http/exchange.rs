//! One HTTP exchange: the context of the request (ids, trace, client address), and its log line and metrics.

use std::net::IpAddr;

use axum::response::Response;
use contract::{RequestId, TraceContext};
use http::HeaderMap;
use tokio::time::Instant;

use super::{
    App,
    failure::Failure,
    media::{MediaType, StreamType},
    request_line::RequestLine,
    response::{self, REQUEST_ID},
    streaming, timing,
};
use crate::{
    clients::CallContext,
    requests::{Executed, OperationRecord},
};

/// A request in flight. If it is dropped without a response, it is logged as a disconnected client.
pub(super) struct Exchange {
    started: Instant,
    context: CallContext,
    client: IpAddr,
    line: RequestLine,
}

impl Exchange {
    /// Begins an exchange with the peer at that address.
    pub(super) fn begin(app: &App, peer: IpAddr, headers: &HeaderMap) -> Self {
        let started = Instant::now();
        let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
        let request_id = RequestId::accept(header(REQUEST_ID.as_str()));
        let trace = TraceContext::accept(headers);
        let client = app.client_addresses.read(peer, headers);
        let context = CallContext::new(started + app.request_timeout, request_id, trace, client);
        let line = RequestLine::new("http", started, context.clone(), app.metrics.clone());
        Self { started, context, client, line }
    }

    /// Deadline, ids and calls.
    pub(super) fn context(&self) -> &CallContext {
        &self.context
    }

    /// The client's address, behind trusted proxies.
    pub(super) fn client(&self) -> IpAddr {
        self.client
    }

    /// The operation's part of the log line.
    pub(super) fn record(&mut self) -> &mut OperationRecord {
        &mut self.line.operation
    }

    /// Ends the exchange with a response that carries nothing of this request.
    pub(super) fn answered(self, response: Response) -> Response {
        self.line.answered(response.status());
        response
    }

    /// Goes on as a stream by that transport, whose log line is written at its end.
    pub(super) fn into_stream(self, transport: &'static str) -> RequestLine {
        self.line.of_stream(transport)
    }

    /// Ends the exchange with a response that has `Server-Timing`.
    pub(super) fn timed(self, mut response: Response) -> Response {
        timing::write(response.headers_mut(), self.started.elapsed(), self.context.ledger().calls().waited);
        self.answered(response)
    }

    /// The exchange of a request that is refused by its head, before any route reads it.
    pub(super) fn refuse(app: &App, peer: IpAddr, headers: &HeaderMap, failure: &Failure) -> Response {
        let media_type = MediaType::accepted(headers).unwrap_or(MediaType::Json);
        Self::begin(app, peer, headers).refused(failure, media_type)
    }

    /// Ends the exchange with the one result of an operation, as a stream.
    pub(super) fn executed_in_stream(self, executed: &Executed) -> Response {
        let text = response::body_of(executed, self.context.request_id()).to_json().unwrap_or_default();
        self.answered(streaming::response(StreamType::Sse, streaming::single_event(&text).into()))
    }

    /// Ends the exchange with the errors of a request that was not executed, as a stream.
    pub(super) fn refused_in_stream(mut self, failure: &Failure) -> Response {
        self.line.refused(failure.code());
        let text = response::failed_body(failure, self.context.request_id());
        self.answered(streaming::response(StreamType::Sse, streaming::single_event(&text).into()))
    }

    /// Ends the exchange with a stream that ends at once: the client tries again.
    pub(super) fn put_off(mut self, failure: &Failure) -> Response {
        self.line.refused(failure.code());
        self.answered(streaming::try_again())
    }

    /// Ends the exchange with the response to a request that was not executed.
    pub(super) fn refused(mut self, failure: &Failure, media_type: MediaType) -> Response {
        self.line.refused(failure.code());
        let response = response::failed(failure, media_type, self.context.request_id());
        self.timed(response)
    }
}
