//! What connections are told while the server stops but still accepts: from SIGTERM until the listener closes. In: a response. Out:
//! the same, after which an HTTP/1.1 client opens another connection, to another instance. After a stream it always does.

use std::sync::Arc;

use axum::{
    extract::{Request, State},
    middleware::Next,
    response::Response,
};
use http::{HeaderValue, StatusCode, Version, header::CONNECTION};

use super::App;

/// Marks the response of a stream. It ends when the server stops, and its connection with it: what a proxy sends over the connection
/// in that moment is lost, and a mutation is not sent again.
#[derive(Clone, Copy)]
pub(super) struct EndsWithConnection;

/// Adds `Connection: close` (RFC 9112, section 9.6). HTTP/2 has no such header; its connections end with the listener.
pub(super) async fn close(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let is_http_1 = request.version() == Version::HTTP_11;
    let mut response = next.run(request).await;
    let is_last = app.draining.is_cancelled() || response.extensions().get::<EndsWithConnection>().is_some();
    if is_http_1 && is_last && response.status() != StatusCode::SWITCHING_PROTOCOLS {
        response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
    }
    response
}
