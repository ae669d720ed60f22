//! Liveness and readiness for orchestrators, and the answers to what is not there. A dead service does not make the BFF
//! unready: it answers with the data of the others.

use std::{net::SocketAddr, sync::Arc};

use axum::{
    extract::{ConnectInfo, Request, State},
    response::Response,
};
use http::StatusCode;

use super::{App, exchange::Exchange, failure::Failure};

/// `GET /livez`: the process runs.
pub async fn live() -> StatusCode {
    StatusCode::NO_CONTENT
}

/// `GET /readyz`: 204, or 503 once the process was asked to stop.
pub async fn ready(State(app): State<Arc<App>>) -> StatusCode {
    if app.draining.is_cancelled() { StatusCode::SERVICE_UNAVAILABLE } else { StatusCode::NO_CONTENT }
}

/// Any other path: 404.
pub async fn not_found(
    State(app): State<Arc<App>>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    request: Request,
) -> Response {
    Exchange::refuse(&app, peer.ip(), request.headers(), &Failure::NotFound)
}

/// Any other method of these paths: 405.
pub async fn method_not_allowed(
    State(app): State<Arc<App>>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    request: Request,
) -> Response {
    Exchange::refuse(&app, peer.ip(), request.headers(), &Failure::MethodNotAllowed("GET, HEAD"))
}
