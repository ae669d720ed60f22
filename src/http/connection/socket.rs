//! A client's socket. It reports whether the client accepts bytes, and holds the connection's slot: an upgraded connection
//! (WebSocket) keeps the socket, and with it the slot and its place in the drain.

use std::{
    io::{self, IoSlice},
    pin::Pin,
    task::{Context, Poll},
};

use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::TcpStream,
    sync::OwnedSemaphorePermit,
};
use tokio_util::task::task_tracker::TaskTrackerToken;

use super::activity::Activity;

/// A permit for one connection. The drain waits for it.
pub(super) struct Slot {
    _permit: OwnedSemaphorePermit,
    _token: TaskTrackerToken,
}

impl Slot {
    /// A slot counted in `connections.max` by the permit, and by the drain by the token.
    pub(super) fn new(permit: OwnedSemaphorePermit, token: TaskTrackerToken) -> Self {
        Self { _permit: permit, _token: token }
    }
}

/// The socket of an accepted connection.
pub(super) struct Socket {
    stream: TcpStream,
    activity: Activity,
    _slot: Slot,
}

impl Socket {
    /// The socket of the connection in that slot.
    pub(super) fn new(stream: TcpStream, activity: Activity, slot: Slot) -> Self {
        Self { stream, activity, _slot: slot }
    }

    fn report<T>(&self, polled: Poll<T>) -> Poll<T> {
        self.activity.wrote(polled.is_pending());
        polled
    }
}

impl AsyncRead for Socket {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, buf)
    }
}

impl AsyncWrite for Socket {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let polled = Pin::new(&mut self.stream).poll_write(cx, bytes);
        self.report(polled)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let polled = Pin::new(&mut self.stream).poll_write_vectored(cx, slices);
        self.report(polled)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
