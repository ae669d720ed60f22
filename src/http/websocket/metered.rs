//! A socket whose unread bytes are counted: the bytes of a message that has not come whole take room among the request bodies
//! that are being received (`http.max_bodies_bytes`). In: a socket. Out: the same bytes, or an error when there is no room.

use std::{
    io,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, ReadBuf},
    sync::{OwnedSemaphorePermit, Semaphore},
};

/// Bytes of a control frame's header, with its mask (RFC 6455, section 5.2).
const HEADER: usize = 6;

/// A socket with a meter.
pub(super) struct Metered<S> {
    socket: S,
    room: Arc<Semaphore>,
    held: Option<OwnedSemaphorePermit>,
}

impl<S> Metered<S> {
    /// A socket that takes room of that semaphore, a permit a byte.
    pub(super) const fn new(socket: S, room: Arc<Semaphore>) -> Self {
        Self { socket, room, held: None }
    }

    /// A message has come whole: no bytes take room any more.
    pub(super) fn release_all(&mut self) {
        self.held = None;
    }

    /// A control frame with a payload of that many bytes has come: its bytes take no room any more, those of an incomplete
    /// message around it do.
    pub(super) fn release(&mut self, payload: usize) {
        let frame = HEADER + payload;
        self.held = self.held.take().and_then(|mut held| {
            let rest = held.num_permits().checked_sub(frame)?;
            held.split(rest)
        });
    }

    fn hold(&mut self, bytes: usize) -> io::Result<()> {
        if bytes == 0 {
            return Ok(());
        }
        let permits = u32::try_from(bytes).unwrap_or(u32::MAX);
        let permit = Arc::clone(&self.room).try_acquire_many_owned(permits);
        let permit = permit.map_err(|_| io::Error::from(io::ErrorKind::OutOfMemory))?;
        match &mut self.held {
            Some(held) => held.merge(permit),
            None => self.held = Some(permit),
        }
        Ok(())
    }
}

impl<S: AsyncRead + Unpin> Metered<S> {
    /// Reads to the end, and keeps nothing.
    pub(super) async fn discard(&mut self) -> io::Result<()> {
        self.held = None;
        let mut scratch = [0; 1024];
        while self.socket.read(&mut scratch).await? > 0 {}
        Ok(())
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Metered<S> {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let before = buf.filled().len();
        match Pin::new(&mut self.socket).poll_read(cx, buf) {
            Poll::Ready(Ok(())) => Poll::Ready(self.hold(buf.filled().len() - before)),
            other => other,
        }
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Metered<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.socket).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.socket).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.socket).poll_shutdown(cx)
    }
}
