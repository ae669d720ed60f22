//! GraphQL over WebSocket, sub-protocol `graphql-transport-ws`. In: a handshake. Out: 101 and a connection that runs in a task of
//! its own, or the refusal of the handshake.
//!
//! `handshake` checks the request, `connection` reads and writes messages, `message` is their format, `operation` runs one
//! operation, `session` is the viewer with the end of the token, `frames` limits what is received.

mod close;
mod connection;
mod frames;
mod handshake;
mod message;
mod operation;
mod session;

use std::{net::IpAddr, sync::Arc};

use axum::{
    extract::Request,
    response::{IntoResponse, Response},
};
use contract::headers::{TRACEPARENT, TRACESTATE};
use http::{HeaderMap, StatusCode};
use hyper_util::rt::TokioIo;
use tokio_tungstenite::{
    WebSocketStream,
    tungstenite::protocol::{Role, WebSocketConfig},
};

pub(super) use handshake::is_handshake;
pub use message::ClientMessage;

use super::{App, connection::Progress, exchange::Exchange, graphql::client_name};
use connection::Connection;
use frames::{Frames, Limits};

/// Bytes of the buffer behind that of [`Frames`]: idle sockets are many.
const READ_BUFFER: usize = 256;
/// Bytes of messages that are written together.
const WRITE_BUFFER: usize = 4 * 1024;

/// Answers a handshake.
pub(super) fn handle(app: Arc<App>, peer: IpAddr, mut request: Request) -> Response {
    let accept = match handshake::check(&app, peer, &request) {
        Ok(accept) => accept,
        Err(refusal) => return refusal.into_response(),
    };
    let client = app.client_addresses.read(peer, request.headers());
    let seat = match app.caps.enter(client) {
        Ok(seat) => seat,
        Err(full) => return Exchange::refuse(&app, peer, request.headers(), &full.into()),
    };
    // Absent only where the request did not come from a socket.
    let Some(progress) = request.extensions().get::<Progress>().cloned() else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    let upgrade = hyper::upgrade::on(&mut request);
    let (name, trace) = (client_name(request.headers()), trace_headers(request.headers()));
    let config = WebSocketConfig::default()
        .read_buffer_size(READ_BUFFER)
        .write_buffer_size(WRITE_BUFFER)
        .max_message_size(Some(app.bodies.limit()))
        .max_frame_size(Some(app.bodies.limit()));
    tokio::spawn(async move {
        // An error is the client's: it has gone.
        let Ok(upgraded) = upgrade.await else { return };
        let limits = Limits { room: app.bodies.room(), message: app.bodies.limit(), within: app.request_timeout };
        let io = Frames::new(TokioIo::new(upgraded), limits);
        let socket = WebSocketStream::from_raw_socket(io, Role::Server, Some(config)).await;
        Connection::new(app, socket, connection::Peer { name, trace, client, progress, _seat: seat }).run().await;
    });
    accept
}

/// The headers of a trace (W3C Trace Context), with all their values: a second `traceparent` makes both invalid.
fn trace_headers(headers: &HeaderMap) -> HeaderMap {
    let mut of_trace = HeaderMap::new();
    for name in [TRACEPARENT, TRACESTATE] {
        headers.get_all(name).iter().for_each(|value| {
            of_trace.append(name, value.clone());
        });
    }
    of_trace
}
