//! The opening handshake (RFC 6455, section 4.2). In: the head of a request. Out: the 101 that accepts it, or the refusal: 400
//! for a malformed one or another sub-protocol, 403 for a page of another origin, 426 for another version.

use std::net::IpAddr;

use axum::{
    body::Body,
    extract::Request,
    response::{IntoResponse, Response},
};
use base64::{Engine, engine::general_purpose::STANDARD as BASE64};
use http::{
    HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Version,
    header::{
        CONNECTION, HOST, ORIGIN, SEC_WEBSOCKET_ACCEPT, SEC_WEBSOCKET_KEY, SEC_WEBSOCKET_PROTOCOL,
        SEC_WEBSOCKET_VERSION, UPGRADE,
    },
};
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;

use crate::http::App;

/// The sub-protocol.
const PROTOCOL: &str = "graphql-transport-ws";
const VERSION: &str = "13";
/// Where there are WebSockets: other paths below name documents.
const PATHS: [&str; 2] = ["/graphql", "/graphql/ws"];
const X_FORWARDED_HOST: HeaderName = HeaderName::from_static("x-forwarded-host");

/// Whether a request wants to become a WebSocket.
pub(crate) fn is_handshake(headers: &HeaderMap) -> bool {
    has_token(headers, &UPGRADE, "websocket")
}

/// Why a handshake is refused.
pub(super) struct Refusal {
    status: StatusCode,
    sentence: &'static str,
}

/// The 101, or why there is none.
pub(super) fn check(app: &App, peer: IpAddr, request: &Request) -> Result<Response, Refusal> {
    let headers = request.headers();
    let refuse = |status, sentence| Err(Refusal { status, sentence });
    if request.method() != Method::GET || request.version() != Version::HTTP_11 {
        return refuse(StatusCode::BAD_REQUEST, "a WebSocket begins with a GET of HTTP/1.1");
    }
    if !PATHS.contains(&request.uri().path()) {
        return refuse(StatusCode::NOT_FOUND, "WebSockets are at /graphql/ws");
    }
    if !has_token(headers, &CONNECTION, "upgrade") {
        return refuse(StatusCode::BAD_REQUEST, "the header Connection must have `Upgrade`");
    }
    if headers.get(SEC_WEBSOCKET_VERSION).is_none_or(|version| version != VERSION) {
        return refuse(StatusCode::UPGRADE_REQUIRED, "the version of the WebSocket protocol must be 13");
    }
    let Some(key) = headers.get(SEC_WEBSOCKET_KEY).filter(|key| is_key(key)) else {
        return refuse(StatusCode::BAD_REQUEST, "the header Sec-WebSocket-Key must be 16 bytes in base64");
    };
    if !tokens(headers, &SEC_WEBSOCKET_PROTOCOL).any(|offered| offered == PROTOCOL) {
        return refuse(StatusCode::BAD_REQUEST, "the sub-protocol must be graphql-transport-ws");
    }
    if !is_origin_allowed(app, peer, headers) {
        return refuse(StatusCode::FORBIDDEN, "pages of this origin may not connect");
    }
    let accept = HeaderValue::from_str(&derive_accept_key(key.as_bytes()));
    let malformed = Refusal { status: StatusCode::BAD_REQUEST, sentence: "the header Sec-WebSocket-Key is malformed" };
    let accept = accept.map_err(|_| malformed)?;
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::SWITCHING_PROTOCOLS;
    let answer = response.headers_mut();
    answer.insert(CONNECTION, HeaderValue::from_static("Upgrade"));
    answer.insert(UPGRADE, HeaderValue::from_static("websocket"));
    answer.insert(SEC_WEBSOCKET_ACCEPT, accept);
    answer.insert(SEC_WEBSOCKET_PROTOCOL, HeaderValue::from_static(PROTOCOL));
    Ok(response)
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let mut response = (self.status, self.sentence).into_response();
        if self.status == StatusCode::UPGRADE_REQUIRED {
            response.headers_mut().insert(SEC_WEBSOCKET_VERSION, HeaderValue::from_static(VERSION));
        }
        response
    }
}

/// Whether a list header has that token, in any case.
fn has_token(headers: &HeaderMap, name: &HeaderName, token: &str) -> bool {
    tokens(headers, name).any(|listed| listed.eq_ignore_ascii_case(token))
}

/// The tokens of a list header.
fn tokens<'h>(headers: &'h HeaderMap, name: &HeaderName) -> impl Iterator<Item = &'h str> {
    let lists = headers.get_all(name).iter().filter_map(|list| list.to_str().ok());
    lists.flat_map(|list| list.split(',')).map(str::trim)
}

/// Whether it is 16 bytes in base64.
fn is_key(key: &HeaderValue) -> bool {
    BASE64.decode(key.as_bytes()).is_ok_and(|bytes| bytes.len() == 16)
}

/// Browsers send cookies and credentials of the network with any page's handshake, and no preflight: the server must look at the
/// origin itself. Allowed are its own (the host that the client asked for, whatever the scheme) and those of `[cors]`.
fn is_origin_allowed(app: &App, peer: IpAddr, headers: &HeaderMap) -> bool {
    let Some(origin) = headers.get(ORIGIN) else { return true };
    let Ok(origin) = origin.to_str() else { return false };
    if app.cors.allows(origin) {
        return true;
    }
    let forwarded = headers.get(X_FORWARDED_HOST).filter(|_| app.client_addresses.trusts(peer.to_canonical()));
    let host = forwarded.or_else(|| headers.get(HOST)).and_then(|host| host.to_str().ok());
    let own = origin.split_once("://").map(|(_, authority)| authority);
    own.zip(host).is_some_and(|(own, host)| own.eq_ignore_ascii_case(host))
}
