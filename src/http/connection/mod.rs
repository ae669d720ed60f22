//! Client connections: HTTP/1.1, or HTTP/2 by prior knowledge. In: a listener, routes, limits. Out: a future that resolves
//! after shutdown, when all connections are closed. Slow or silent clients hold a socket until a timeout, never a worker.

mod activity;
mod limits;
mod socket;
#[cfg(test)]
mod tests;
mod tracked_body;

use std::{convert::Infallible, net::SocketAddr, pin::pin, sync::Arc, time::Duration};

use axum::{Router, extract::ConnectInfo};
use hyper::{Request, body::Incoming, service::service_fn};
use hyper_util::{
    rt::{TokioExecutor, TokioIo, TokioTimer},
    server::conn::auto::Builder,
};
use socket2::{SockRef, TcpKeepalive};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::Semaphore,
    time::{sleep, sleep_until},
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tower::Service;

use super::streaming::HEARTBEAT;
pub(super) use activity::Progress;
use activity::{Activity, Verdict};
pub use limits::ConnectionLimits;
use socket::{Slot, Socket};
use tracked_body::TrackedBody;

/// Pause after a failed `accept`, most likely for lack of file descriptors.
const ACCEPT_AGAIN: Duration = Duration::from_millis(100);
/// Interval of HTTP/2 pings, and their timeout.
const PING: Duration = Duration::from_secs(20);
/// How soon a peer that has vanished is given up.
const DEAD_PEER: Duration = Duration::from_secs(45);
/// Bytes of a response that the system keeps, beside those that the client's system has room for. It would keep megabytes for a
/// client that reads nothing.
const UNSENT: u32 = 128 * 1024;
/// Concurrent streams of an HTTP/2 connection.
const MAX_STREAMS: u32 = 100;
/// Timeout of the first request on a new connection at shutdown.
const LAST_REQUEST: Duration = Duration::from_secs(1);
/// Limit on the number of request headers. Exceeding it, hyper responds with 431 without a body.
const MAX_HEADERS: usize = 256;
/// Bytes of an HTTP/2 request's head: more than `head_limits.rs` allows, so that larger heads are refused there, with a body.
const MAX_HEAD_BYTES: u32 = 64 * 1024;

/// A connection that was accepted.
struct Accepted {
    stream: TcpStream,
    peer: SocketAddr,
    slot: Slot,
}

/// Accepts connections, and serves each in a task of its own.
struct Server {
    listener: TcpListener,
    slots: Arc<Semaphore>,
    connections: TaskTracker,
}

/// Serves until `stop`, then finishes the requests in flight.
pub(crate) async fn serve(listener: TcpListener, routes: Router, limits: ConnectionLimits, stop: CancellationToken) {
    let slots = Arc::new(Semaphore::new(limits.max));
    let server = Server { listener, slots, connections: TaskTracker::new() };
    while let Some(Some(accepted)) = stop.run_until_cancelled(server.accept()).await {
        tokio::spawn(serve_connection(accepted, routes.clone(), limits, stop.clone()));
    }
    let connections = server.connections.clone();
    for accepted in server.close() {
        tokio::spawn(serve_connection(accepted, routes.clone(), limits, stop.clone()));
    }
    connections.close();
    connections.wait().await;
}

impl Server {
    /// The next connection; `None` if the semaphore is closed, which never happens.
    async fn accept(&self) -> Option<Accepted> {
        let permit = Arc::clone(&self.slots).acquire_owned().await.ok()?;
        loop {
            match self.listener.accept().await {
                Ok((stream, peer)) => {
                    return Some(Accepted { stream, peer, slot: Slot::new(permit, self.connections.token()) });
                }
                Err(error) => {
                    tracing::warn!(%error, "a connection could not be accepted");
                    sleep(ACCEPT_AGAIN).await;
                }
            }
        }
    }

    /// Closes the listener. Out: what had connected until then. The system would reset those connections, and a proxy that has
    /// sent a mutation over one does not send it again.
    fn close(self) -> Vec<Accepted> {
        let mut accepted = Vec::new();
        // Without the runtime, which may not have heard yet that somebody waits.
        let Ok(listener) = self.listener.into_std() else { return accepted };
        while let Ok(permit) = Arc::clone(&self.slots).try_acquire_owned()
            && let Ok((stream, peer)) = listener.accept()
        {
            let stream = stream.set_nonblocking(true).and_then(|()| TcpStream::from_std(stream));
            let slot = Slot::new(permit, self.connections.token());
            accepted.extend(stream.ok().map(|stream| Accepted { stream, peer, slot }));
        }
        accepted
    }
}

async fn serve_connection(accepted: Accepted, routes: Router, limits: ConnectionLimits, stop: CancellationToken) {
    let Accepted { stream, peer, slot } = accepted;
    // Small responses are sent at once. On error the connection is closed, which the next read reports.
    let _ = stream.set_nodelay(true);
    // Where the system does not support it, it keeps more.
    let _ = SockRef::from(&stream).set_tcp_notsent_lowat(UNSENT);
    notice_dead_peer(&stream, limits.write);
    let activity = Activity::new(limits);
    let socket = Socket::new(stream, activity.clone(), slot);
    let service = service_fn(|mut request: Request<Incoming>| {
        let in_flight = activity.begin_request();
        request.extensions_mut().insert(ConnectInfo(peer));
        request.extensions_mut().insert(activity.progress());
        let response = routes.clone().call(request);
        async move {
            let response = response.await.unwrap_or_else(|never| match never {});
            Ok::<_, Infallible>(response.map(|body| TrackedBody::new(body, in_flight)))
        }
    });
    let builder = builder(limits);
    let mut connection = pin!(builder.serve_connection_with_upgrades(TokioIo::new(socket), service));
    let mut is_stopping = false;
    loop {
        let until = match activity.verdict() {
            Verdict::KeepOpen(until) => until,
            Verdict::Close => return,
            Verdict::DrainThenClose => {
                activity.drain();
                connection.as_mut().graceful_shutdown();
                continue;
            }
        };
        tokio::select! {
            // An error is the client's: it disconnected, or does not speak HTTP.
            _ = connection.as_mut() => return,
            () = sleep_until(until) => {}
            () = stop.cancelled(), if !is_stopping => {
                is_stopping = true;
                if activity.has_requests() {
                    activity.drain();
                    connection.as_mut().graceful_shutdown();
                } else {
                    activity.expect_last_request(LAST_REQUEST);
                }
            }
        }
    }
}

/// Lets the system close a connection whose peer has vanished, within [`DEAD_PEER`]. It counts from the first bytes that are not
/// acknowledged (RFC 5482): a stream sends something every [`HEARTBEAT`], and otherwise the system sends probes. A client that is
/// there and reads nothing has the time of `connections.write_ms` in any case. What the system does not support, it leaves out.
fn notice_dead_peer(stream: &TcpStream, write: Duration) {
    let socket = SockRef::from(stream);
    let keepalive = TcpKeepalive::new().with_time(HEARTBEAT).with_interval(HEARTBEAT).with_retries(2);
    let _ = socket.set_tcp_keepalive(&keepalive);
    let _ = socket.set_tcp_user_timeout(Some(DEAD_PEER.saturating_sub(HEARTBEAT).max(write)));
}

fn builder(limits: ConnectionLimits) -> Builder<TokioExecutor> {
    let mut builder = Builder::new(TokioExecutor::new());
    builder.http1().timer(TokioTimer::new()).header_read_timeout(limits.idle).max_headers(MAX_HEADERS);
    builder
        .http2()
        .timer(TokioTimer::new())
        .keep_alive_interval(PING)
        .keep_alive_timeout(PING)
        .max_concurrent_streams(MAX_STREAMS)
        .max_header_list_size(MAX_HEAD_BYTES);
    builder
}
