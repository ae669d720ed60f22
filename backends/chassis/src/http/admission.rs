//! Before a route runs: the transfer coding of the body; before a `/v1` route also the caller's identity and rate limit.
//! In: the request. Out: the request with a [`Caller`], or an error (400, 401, 429, 501, 503).

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use axum::{
    extract::{ConnectInfo, Request, State},
    middleware::Next,
    response::{IntoResponse, Response},
};

use contract::headers::{TransferCodingError, check_transfer_codings};
use http::{HeaderValue, StatusCode, header::CONNECTION};

use super::Edge;
use crate::{ApiError, caller::Caller};

pub(super) async fn admit(State(edge): State<Edge>, mut request: Request, next: Next) -> Response {
    if let Err(error) = check_transfer_codings(request.headers()) {
        return refuse_body(error);
    }
    if !request.uri().path().starts_with("/v1/") {
        return next.run(request).await;
    }
    // Absent only if the service runs without a socket.
    let socket = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|ConnectInfo(address)| address.ip());
    let socket = socket.unwrap_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED));
    let caller = match Caller::identify(request.headers(), socket, &edge.verifier, &edge.api_keys).await {
        Ok(caller) => caller,
        Err(error) => return error.into_response(),
    };
    let allowance = match edge.rate_limits.take(&caller) {
        Ok(allowance) => allowance,
        Err(error) => return error.into_response(),
    };
    request.extensions_mut().insert(caller);
    let mut response = next.run(request).await;
    allowance.write(response.headers_mut());
    response
}

/// The connection is closed, because the end of the body on it is uncertain (RFC 9112, section 6.3).
fn refuse_body(error: TransferCodingError) -> Response {
    let error = match error {
        TransferCodingError::Unknown => {
            let message = "the only transfer coding implemented is chunked";
            ApiError::new(StatusCode::NOT_IMPLEMENTED, "NOT_IMPLEMENTED", message)
        }
        TransferCodingError::RepeatedChunked => {
            ApiError::bad_request("the chunked transfer coding must be applied once")
        }
    };
    let mut response = error.into_response();
    response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
    response
}
