//! What orchestrators ask: is the process alive, may it get traffic. A dead service does not make the BFF unready:
//! it answers with what the others have.

use std::sync::Arc;

use axum::{
    extract::{Request, State},
    response::Response,
};
use contract::RequestId;
use http::StatusCode;

use super::{App, answer, failure::Failure, media::MediaType};

/// `GET /livez`: the process runs.
pub async fn live() -> StatusCode {
    StatusCode::NO_CONTENT
}

/// `GET /readyz`: 204, or 503 once the process was asked to stop.
pub async fn ready(State(app): State<Arc<App>>) -> StatusCode {
    if app.draining.is_cancelled() { StatusCode::SERVICE_UNAVAILABLE } else { StatusCode::NO_CONTENT }
}

/// Any other path.
pub async fn nothing_here(request: Request) -> Response {
    refused(&request, &Failure::NotFound)
}

/// Any other method of these paths.
pub async fn other_method(request: Request) -> Response {
    refused(&request, &Failure::MethodNotAllowed("GET, HEAD"))
}

fn refused(request: &Request, failure: &Failure) -> Response {
    let media_type = MediaType::accepted(request.headers()).unwrap_or(MediaType::Json);
    let id = request.headers().get(&answer::REQUEST_ID).and_then(|id| id.to_str().ok());
    let id = RequestId::accept(id);
    let status = failure.status(media_type).as_u16();
    tracing::info!(request_id = %id, status, errors = 1, code = failure.code(), "request");
    answer::failed(failure, media_type, &id)
}
