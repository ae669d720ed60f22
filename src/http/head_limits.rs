//! Limits on request heads, for all paths: one `Host`, supported transfer codings, sizes. Out: the request, or 400, 414, 431
//! or 501. hyper's own limits, which it enforces without a body, are higher.

use std::{net::SocketAddr, sync::Arc};

use axum::{
    extract::{ConnectInfo, Request, State},
    middleware::Next,
    response::Response,
};
use contract::headers::{TransferCodingError, check_transfer_codings};
use http::{Version, header::HOST};

use super::{App, exchange::Exchange, failure::Failure};

/// Size limit of path and query, in bytes.
const MAX_URI_BYTES: usize = 16 * 1024;
/// Limit on the number of headers.
const MAX_HEADERS: usize = 100;
/// Size limit of the names and values of all headers, in bytes.
const MAX_HEADER_BYTES: usize = 16 * 1024;

/// Rejects requests whose head is malformed or too large.
pub(super) async fn admit(
    State(app): State<Arc<App>>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    request: Request,
    next: Next,
) -> Response {
    match check(&request) {
        Ok(()) => next.run(request).await,
        Err(failure) => Exchange::refuse(&app, peer.ip(), request.headers(), &failure),
    }
}

fn check(request: &Request) -> Result<(), Failure> {
    let headers = request.headers();
    check_transfer_codings(headers).map_err(|error| match error {
        TransferCodingError::Unknown => Failure::UnknownTransferCoding,
        TransferCodingError::RepeatedChunked => Failure::RepeatedChunked,
    })?;
    // RFC 9112, section 3.2: with several hosts, proxies in front may have used another one.
    if request.version() == Version::HTTP_11 && headers.get_all(HOST).iter().count() != 1 {
        return Err(Failure::BadRequest("the request must have one Host header".into()));
    }
    let uri = request.uri().path_and_query().map_or(0, |target| target.as_str().len());
    if uri > MAX_URI_BYTES {
        return Err(Failure::UriTooLong(MAX_URI_BYTES));
    }
    let bytes: usize = headers.iter().map(|(name, value)| name.as_str().len() + value.len()).sum();
    if bytes > MAX_HEADER_BYTES || headers.len() > MAX_HEADERS {
        return Err(Failure::HeadersTooLarge { bytes: MAX_HEADER_BYTES, headers: MAX_HEADERS });
    }
    Ok(())
}
