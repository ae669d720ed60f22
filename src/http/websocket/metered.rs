//! A socket whose unread bytes are counted: the bytes of a message that has not come whole take room among the request bodies
//! that are being received (`http.max_bodies_bytes`). In: a socket. Out: the same bytes, or an error: there is no room
//! (`OutOfMemory`), the frames of one message have too many bytes (`FileTooLarge`), or it has not come whole in time (`TimedOut`).

use std::{
    io,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};

use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, ReadBuf, copy, sink},
    sync::{OwnedSemaphorePermit, Semaphore},
    time::{Instant, Sleep, sleep_until},
};

/// Bytes of a control frame's header, with its mask (RFC 6455, section 5.2).
const HEADER: usize = 6;

/// Bytes of a message's frames beyond the limit of a message: headers, and what was read of the message behind it.
const ALLOWANCE: usize = 64 * 1024;
/// Bytes that are read at most from a client that is told of the end, so that it sees why.
const DISCARDED: u64 = 16 * 1024 * 1024;

/// What messages may take.
pub(super) struct Limits {
    /// A permit a byte, for all that is being received.
    pub(super) room: Arc<Semaphore>,
    /// Bytes of a message.
    pub(super) message: usize,
    /// Time in which a message has to come whole. Control frames between its fragments do not extend it.
    pub(super) within: Duration,
}

/// A socket with a meter.
pub(super) struct Metered<S> {
    socket: S,
    limits: Limits,
    /// The bytes of an incomplete message.
    held: Option<Held>,
}

struct Held {
    permit: OwnedSemaphorePermit,
    since: Instant,
    /// Rings when the message has to be there; set when the socket has to be waited for.
    late: Option<Pin<Box<Sleep>>>,
}

impl<S> Metered<S> {
    /// A socket whose messages are within these limits.
    pub(super) const fn new(socket: S, limits: Limits) -> Self {
        Self { socket, limits, held: None }
    }

    /// A message has come whole: no bytes take room any more.
    pub(super) fn release_all(&mut self) {
        self.held = None;
    }

    /// A control frame with a payload of that many bytes has come: its bytes take no room any more, those of an incomplete
    /// message around it do.
    pub(super) fn release(&mut self, payload: usize) {
        let Some(held) = &mut self.held else { return };
        match held.permit.num_permits().saturating_sub(HEADER + payload) {
            0 => self.held = None,
            _ => drop(held.permit.split(HEADER + payload)),
        }
    }

    fn hold(&mut self, bytes: usize) -> io::Result<()> {
        if bytes == 0 {
            return Ok(());
        }
        let permits = u32::try_from(bytes).unwrap_or(u32::MAX);
        let permit = Arc::clone(&self.limits.room).try_acquire_many_owned(permits);
        let permit = permit.map_err(|_| io::Error::from(io::ErrorKind::OutOfMemory))?;
        match &mut self.held {
            Some(held) => held.permit.merge(permit),
            None => self.held = Some(Held { permit, since: Instant::now(), late: None }),
        }
        let held = self.held.as_ref().map_or(0, |held| held.permit.num_permits());
        if held > self.limits.message + ALLOWANCE { Err(io::ErrorKind::FileTooLarge.into()) } else { Ok(()) }
    }

    /// Whether an incomplete message is late; wakes the task when it is.
    fn is_late(&mut self, cx: &mut Context<'_>) -> bool {
        let Some(held) = &mut self.held else { return false };
        let deadline = held.since + self.limits.within;
        held.late.get_or_insert_with(|| Box::pin(sleep_until(deadline))).as_mut().poll(cx).is_ready()
    }
}

impl<S: AsyncRead + Unpin> Metered<S> {
    /// Reads to the end, or [`DISCARDED`] bytes, and keeps nothing.
    pub(super) async fn discard(&mut self) -> io::Result<()> {
        self.held = None;
        copy(&mut (&mut self.socket).take(DISCARDED), &mut sink()).await.map(drop)
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Metered<S> {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let before = buf.filled().len();
        match Pin::new(&mut self.socket).poll_read(cx, buf) {
            Poll::Ready(Ok(())) => Poll::Ready(self.hold(buf.filled().len() - before)),
            Poll::Pending if self.is_late(cx) => Poll::Ready(Err(io::ErrorKind::TimedOut.into())),
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
