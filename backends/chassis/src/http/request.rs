//! The outermost middleware: request id and trace, deadline, log line, metrics, error body. In: any request. Out: a response
//! within the deadline, 304 for a matching `If-None-Match`, and every error in the service's own format.

use std::{panic::AssertUnwindSafe, sync::Arc, time::Duration};

use axum::{
    extract::{MatchedPath, Request, State},
    middleware::Next,
    response::{IntoResponse, Response},
};
use contract::{
    RequestId, TraceContext,
    headers::{X_FEED_POSITION, X_REQUEST_ID, X_REQUEST_TIMEOUT_MS, lists_etag},
    rate_limit::seconds,
    token::TokenVerifier,
};
use futures::FutureExt;
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use tokio::time::{Instant, timeout_at};
use tracing::{Instrument, info_span};

use crate::{
    ApiError, Deadline,
    answers::{json, keep_private, set},
    caller::ApiKeys,
    error::{ErrorBody, ErrorContent},
    events::Outbox,
    metrics::{Metrics, RequestLabels},
    rate_limit::RateLimits,
};

/// Time reserved for writing a 504.
const MARGIN: Duration = Duration::from_millis(10);

/// The state of the middleware, shared by all requests of a service.
#[derive(Clone)]
pub(crate) struct Edge {
    pub(crate) service: &'static str,
    pub(crate) verifier: Arc<TokenVerifier>,
    pub(crate) api_keys: Arc<ApiKeys>,
    pub(crate) rate_limits: Arc<RateLimits>,
    pub(crate) metrics: Arc<Metrics>,
    pub(crate) outbox: Outbox,
    pub(crate) max_request_time: Duration,
}

pub(super) async fn answer(State(edge): State<Edge>, mut request: Request, next: Next) -> Response {
    let started = Instant::now();
    let id = RequestId::accept(text(request.headers(), X_REQUEST_ID));
    let trace = TraceContext::accept(request.headers());
    // Taken before the work begins: the answer shows at least what these events tell of.
    let position = edge.outbox.position().to_string();
    let deadline = Deadline::after(time_allowed(request.headers(), edge.max_request_time));
    let method = request.method().clone();
    let route = request.extensions().get::<MatchedPath>().map_or("unmatched", MatchedPath::as_str).to_owned();
    let if_none_match: Vec<_> = request.headers().get_all(header::IF_NONE_MATCH).iter().cloned().collect();
    let extensions = request.extensions_mut();
    extensions.insert(deadline);
    extensions.insert(id.clone());
    extensions.insert(trace.clone());

    let span = info_span!("request", service = edge.service, request_id = %id, trace_id = trace.trace_id());
    let response = async {
        let response = run(next.run(request), deadline).await;
        let mut response = write_error(response, &id);
        if is_not_modified(&method, &response, &if_none_match) {
            response = not_modified(response);
        }
        let duration = started.elapsed();
        let (status, duration_ms) = (response.status().as_u16(), duration.as_secs_f64() * 1000.0);
        tracing::info!(http.method = %method, http.route = route, http.status = status, duration_ms, "answered");
        edge.metrics.record(RequestLabels { method: method.to_string(), route, status }, duration);
        response
    };
    let mut response = response.instrument(span).await;
    if let Ok(id) = HeaderValue::from_str(id.as_str()) {
        response.headers_mut().insert(X_REQUEST_ID, id);
    }
    if !response.headers().contains_key(X_FEED_POSITION) {
        set(&mut response, HeaderName::from_static(X_FEED_POSITION), &position);
    }
    response
}

/// The handler's response, 504 at the deadline, or 500 if the handler panics.
async fn run(handler: impl Future<Output = Response>, deadline: Deadline) -> Response {
    let until = deadline.instant().checked_sub(MARGIN).unwrap_or(deadline.instant());
    match timeout_at(until, AssertUnwindSafe(handler).catch_unwind()).await {
        Ok(Ok(response)) => response,
        Ok(Err(_)) => ApiError::internal("a handler panicked").into_response(),
        Err(_) => ApiError::deadline_exceeded().into_response(),
    }
}

/// `X-Request-Timeout-Ms`, at most the service's own limit, which is also the default.
fn time_allowed(headers: &HeaderMap, limit: Duration) -> Duration {
    let requested =
        text(headers, X_REQUEST_TIMEOUT_MS).and_then(|millis| millis.parse().ok()).map(Duration::from_millis);
    requested.map_or(limit, |time| time.min(limit))
}

/// Writes the error body, and logs server errors.
fn write_error(mut response: Response, id: &RequestId) -> Response {
    let status = response.status();
    if !status.is_client_error() && !status.is_server_error() {
        return response;
    }
    // An error without an `ApiError` comes from the framework; its text is not sent.
    let of_framework = || ApiError::new(status, "BAD_REQUEST", status.canonical_reason().unwrap_or("rejected"));
    let error = response.extensions_mut().remove::<ApiError>().unwrap_or_else(of_framework);
    if status.is_server_error() {
        let cause = error.cause.as_deref().unwrap_or_default();
        tracing::error!(error.code = error.code, error.cause = cause, "{}", error.message);
    }
    let body = ErrorBody {
        error: ErrorContent {
            code: error.code.to_owned(),
            message: error.message,
            details: error.details,
            service: error.service,
            request_id: id.to_string(),
            documentation_url: "/openapi.json".to_owned(),
        },
    };
    let headers = response.headers().clone();
    let mut response = keep_private(json(status, serde_json::to_vec(&body).unwrap_or_default()));
    // Headers of the framework and the rate limits stay: `Allow`, `X-RateLimit-…`.
    for (name, value) in &headers {
        if !matches!(*name, header::CONTENT_TYPE | header::CONTENT_LENGTH | header::CACHE_CONTROL | header::ETAG) {
            response.headers_mut().insert(name, value.clone());
        }
    }
    if let Some(wait) = error.retry_after {
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds(wait)));
    }
    if status == StatusCode::UNAUTHORIZED {
        response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    }
    response
}

/// Whether the caller has this response already (`If-None-Match`).
fn is_not_modified(method: &Method, response: &Response, if_none_match: &[HeaderValue]) -> bool {
    let etag = response.headers().get(header::ETAG).and_then(|etag| etag.to_str().ok());
    let is_read = matches!(*method, Method::GET | Method::HEAD) && response.status() == StatusCode::OK;
    is_read && etag.is_some_and(|etag| lists_etag(if_none_match, etag))
}

fn not_modified(response: Response) -> Response {
    let (mut parts, _) = response.into_parts();
    parts.status = StatusCode::NOT_MODIFIED;
    parts.headers.remove(header::CONTENT_TYPE);
    parts.headers.remove(header::CONTENT_LENGTH);
    Response::from_parts(parts, axum::body::Body::empty())
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}
