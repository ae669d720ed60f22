//! The connections: HTTP/1.1, or HTTP/2 by prior knowledge. In: a listener, what answers requests, how patient to be. Out:
//! nothing, until told to stop and every connection has ended.
//!
//! Whoever is slow or silent costs a socket for a while, and never a worker: a first request that does not come, a
//! connection that nothing is asked over, and an answer that nobody reads each have a time.

use std::{convert::Infallible, net::SocketAddr, pin::pin, sync::Arc, time::Duration};

use axum::{Router, extract::ConnectInfo};
use hyper::{Request, body::Incoming, service::service_fn};
use hyper_util::{
    rt::{TokioExecutor, TokioIo, TokioTimer},
    server::conn::auto::Builder,
};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::{OwnedSemaphorePermit, Semaphore},
    time::{sleep, sleep_until},
};
use tokio_io_timeout::TimeoutStream;
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tower::Service;

use super::{
    quiet::{May, Quiet, Times},
    taken::Taken,
};

/// How many connections there may be, and how long each may take over what.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    /// Connections at a time; the next one waits to be accepted.
    pub connections: usize,
    /// What each may take.
    pub times: Times,
}

/// After the system refused a connection, most likely for want of file descriptors.
const ACCEPT_AGAIN: Duration = Duration::from_millis(100);
/// An HTTP/2 client that does not answer pings is gone: how often it is asked, and how long it may take.
const PING: Duration = Duration::from_secs(20);
/// Requests over one HTTP/2 connection at a time.
const MAX_STREAMS: u32 = 100;
/// For a first request that is on its way when the process is asked to stop.
const LAST_MOMENT: Duration = Duration::from_secs(1);
/// Headers of a request at most. Beyond, hyper answers 431 by itself, without a body.
const MAX_HEADERS: usize = 256;
/// Bytes of an HTTP/2 request's head, above what `head.rs` allows, so that the answer is ours.
const MAX_HEAD_BYTES: u32 = 64 * 1024;

/// Serves until `stop`, then answers what was begun.
pub async fn serve(listener: TcpListener, routes: Router, patience: Patience, stop: CancellationToken) {
    let slots = Arc::new(Semaphore::new(patience.connections));
    let connections = TaskTracker::new();
    while let Some(Some((stream, peer, slot))) = stop.run_until_cancelled(accept(&listener, &slots)).await {
        let connection = connection((stream, peer), routes.clone(), patience, stop.clone());
        connections.spawn(async move {
            connection.await;
            drop(slot);
        });
    }
    drop(listener);
    connections.close();
    connections.wait().await;
}

/// The next connection. There is always one to wait for: `None` is the semaphore's, were it closed.
async fn accept(
    listener: &TcpListener,
    slots: &Arc<Semaphore>,
) -> Option<(TcpStream, SocketAddr, OwnedSemaphorePermit)> {
    let slot = Arc::clone(slots).acquire_owned().await.ok()?;
    loop {
        match listener.accept().await {
            Ok((stream, peer)) => return Some((stream, peer, slot)),
            Err(error) => {
                tracing::warn!(%error, "a connection could not be accepted");
                sleep(ACCEPT_AGAIN).await;
            }
        }
    }
}

async fn connection(
    (stream, peer): (TcpStream, SocketAddr),
    routes: Router,
    patience: Patience,
    stop: CancellationToken,
) {
    // Small answers leave at once. An error means that the connection is over, as reading will show.
    let _ = stream.set_nodelay(true);
    let mut stream = TimeoutStream::new(stream);
    stream.set_write_timeout(Some(patience.times.write));
    let quiet = Quiet::new(patience.times);
    let answering = service_fn(|mut request: Request<Incoming>| {
        let busy = quiet.busy();
        request.extensions_mut().insert(ConnectInfo(peer));
        let answer = routes.clone().call(request);
        async move {
            let answer = answer.await.unwrap_or_else(|never| match never {});
            Ok::<_, Infallible>(answer.map(|body| Taken::new(body, busy)))
        }
    });
    let builder = builder(patience);
    let mut connection = pin!(builder.serve_connection_with_upgrades(TokioIo::new(Box::pin(stream)), answering));
    let mut stopping = false;
    loop {
        let until = match quiet.now() {
            May::Stay(until) => until,
            May::End => return,
            May::Finish => {
                quiet.finish();
                connection.as_mut().graceful_shutdown();
                continue;
            }
        };
        tokio::select! {
            // An error is the client's: it hung up, or does not speak HTTP.
            _ = connection.as_mut() => return,
            () = sleep_until(until) => {}
            () = stop.cancelled(), if !stopping => {
                stopping = true;
                if quiet.was_asked() {
                    quiet.finish();
                    connection.as_mut().graceful_shutdown();
                } else {
                    quiet.hurry(LAST_MOMENT);
                }
            }
        }
    }
}

fn builder(patience: Patience) -> Builder<TokioExecutor> {
    let mut builder = Builder::new(TokioExecutor::new());
    builder.http1().timer(TokioTimer::new()).header_read_timeout(patience.times.idle).max_headers(MAX_HEADERS);
    builder
        .http2()
        .timer(TokioTimer::new())
        .keep_alive_interval(PING)
        .keep_alive_timeout(PING)
        .max_concurrent_streams(MAX_STREAMS)
        .max_header_list_size(MAX_HEAD_BYTES);
    builder
}
