//! Before a `/v1` route runs: who calls, and whether they may call that often. In: the request. Out: the request with a
//! [`Caller`], or a refusal.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use axum::{
    extract::{ConnectInfo, Request, State},
    middleware::Next,
    response::{IntoResponse, Response},
};

use super::Edge;
use crate::caller::Caller;

pub(super) async fn admit(State(edge): State<Edge>, mut request: Request, next: Next) -> Response {
    if !request.uri().path().starts_with("/v1/") {
        return next.run(request).await;
    }
    // Absent only when served without a socket, which is nobody's address.
    let socket = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|ConnectInfo(address)| address.ip());
    let socket = socket.unwrap_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED));
    let caller = match Caller::identify(request.headers(), socket, (&edge.verifier, &edge.api_keys)).await {
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
