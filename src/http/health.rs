//! Liveness and readiness for orchestrators, 404 and 405. An unavailable service does not make the BFF unready: it responds
//! with the data of the others.

use std::{net::SocketAddr, sync::Arc};

use axum::{
    extract::{ConnectInfo, Request, State},
    response::Response,
};
use http::StatusCode;

use super::{App, exchange::Exchange, failure::Failure};

/// `GET /livez`: 204 while the process runs.
pub(super) async fn live() -> StatusCode {
    StatusCode::NO_CONTENT
}

/// `GET /readyz`: 204, or 503 from SIGTERM on.
pub(super) async fn ready(State(app): State<Arc<App>>) -> StatusCode {
    if app.draining.is_cancelled() { StatusCode::SERVICE_UNAVAILABLE } else { StatusCode::NO_CONTENT }
}

/// 404 for any other path.
pub(super) async fn not_found(
    State(app): State<Arc<App>>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    request: Request,
) -> Response {
    Exchange::refuse(&app, peer.ip(), request.headers(), &Failure::NotFound)
}

/// 405 for any other method of these paths.
pub(super) async fn method_not_allowed(
    State(app): State<Arc<App>>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    request: Request,
) -> Response {
    Exchange::refuse(&app, peer.ip(), request.headers(), &Failure::MethodNotAllowed("GET, HEAD"))
}
