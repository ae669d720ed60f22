//! What a client sends, frame by frame (RFC 6455, section 5.2), within limits. In: a socket. Out: the same frames, but long ones in
//! pieces, so that the WebSocket library needs a small buffer; or an error: a message that has not come whole takes room among the
//! request bodies that are being received (`http.max_bodies_bytes`), and there is none (`OutOfMemory`); the frames of one message
//! have too many bytes (`FileTooLarge`); a frame or message has not come whole in time (`TimedOut`).

mod header;

use std::{
    io,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
    time::Duration,
};

use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, ReadBuf, copy, sink},
    sync::{OwnedSemaphorePermit, Semaphore},
    time::{Instant, Sleep, sleep_until},
};

use header::{Frame, Header};

/// Bytes that are read from the socket at once.
const READ: usize = 512;
/// Bytes of a piece of a long frame: a multiple of the mask's length, so that the mask of the frame is that of each piece.
const PIECE: u64 = 4096;
/// Bytes of a message's frames beyond the limit of a message.
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

/// A socket that is read by frames.
pub(super) struct Frames<S> {
    socket: S,
    limits: Limits,
    /// What was read of the socket and not passed on yet.
    ahead: [u8; READ],
    unread: std::ops::Range<usize>,
    /// The header of a frame that comes, or of a piece that is passed on.
    header: Header,
    /// The frame whose payload comes.
    frame: Option<Frame>,
    /// Bytes of the payload until the piece ends.
    piece: u64,
    /// Whether a message has begun and not ended.
    in_message: bool,
    held: Option<OwnedSemaphorePermit>,
    /// When the frame or message began that has not come whole.
    since: Option<Instant>,
    /// Rings when it has to be whole; set when the socket has to be waited for.
    late: Option<Pin<Box<Sleep>>>,
}

impl<S> Frames<S> {
    /// A socket whose messages are within these limits.
    pub(super) const fn new(socket: S, limits: Limits) -> Self {
        Self {
            socket,
            limits,
            ahead: [0; READ],
            unread: 0..0,
            header: Header::EMPTY,
            frame: None,
            piece: 0,
            in_message: false,
            held: None,
            since: None,
            late: None,
        }
    }

    /// Passes on what is there: the header of a piece, or of its payload as much as there is.
    fn pass(&mut self, buf: &mut ReadBuf<'_>) -> io::Result<()> {
        while buf.remaining() > 0 {
            if self.frame.is_some() && self.header.pass(buf) {
                continue;
            }
            let ahead = &self.ahead[self.unread.clone()];
            match self.frame {
                None => {
                    let Some(first) = ahead.first() else { break };
                    self.since.get_or_insert_with(Instant::now);
                    self.unread.start += 1;
                    if let Some(frame) = self.header.read(*first) {
                        self.begin(frame)?;
                    }
                }
                Some(_) if self.piece == 0 => self.end_piece(),
                Some(frame) => {
                    let bytes = ahead.len().min(buf.remaining()).min(usize::try_from(self.piece).unwrap_or(usize::MAX));
                    if bytes == 0 {
                        break;
                    }
                    buf.put_slice(&ahead[..bytes]);
                    self.unread.start += bytes;
                    self.piece -= bytes as u64;
                    if !frame.is_control {
                        self.hold(bytes)?;
                    }
                }
            }
        }
        Ok(())
    }

    /// The header of a frame has come.
    fn begin(&mut self, frame: Frame) -> io::Result<()> {
        if !frame.is_control {
            self.in_message = true;
            self.hold(self.header.len())?;
        }
        self.frame = Some(frame);
        self.piece = frame.length;
        // A frame that is longer than a message may be is refused by its header.
        if frame.length > PIECE && frame.length <= self.limits.message as u64 {
            self.begin_piece(frame, true);
        }
        Ok(())
    }

    fn begin_piece(&mut self, frame: Frame, is_first: bool) {
        self.piece = frame.length.min(PIECE);
        self.header.write_piece(&frame, is_first, self.piece);
        self.frame = Some(Frame { length: frame.length - self.piece, is_in_pieces: true, ..frame });
    }

    /// The piece, or the whole frame, was passed on.
    fn end_piece(&mut self) {
        let Some(frame) = self.frame.take() else { return };
        if frame.is_in_pieces && frame.length > 0 {
            return self.begin_piece(frame, false);
        }
        self.header = Header::EMPTY;
        if frame.is_final && !frame.is_control {
            (self.in_message, self.held) = (false, None);
        }
        if !self.in_message {
            (self.since, self.late) = (None, None);
        }
    }

    fn hold(&mut self, bytes: usize) -> io::Result<()> {
        let permits = u32::try_from(bytes).unwrap_or(u32::MAX);
        let permit = Arc::clone(&self.limits.room).try_acquire_many_owned(permits);
        let permit = permit.map_err(|_| io::Error::from(io::ErrorKind::OutOfMemory))?;
        match &mut self.held {
            Some(held) => held.merge(permit),
            None => self.held = Some(permit),
        }
        let held = self.held.as_ref().map_or(0, OwnedSemaphorePermit::num_permits);
        if held > self.limits.message + ALLOWANCE { Err(io::ErrorKind::FileTooLarge.into()) } else { Ok(()) }
    }

    /// Whether an incomplete frame or message is late; wakes the task when it is.
    fn is_late(&mut self, cx: &mut Context<'_>) -> bool {
        let Some(since) = self.since else { return false };
        let deadline = since + self.limits.within;
        self.late.get_or_insert_with(|| Box::pin(sleep_until(deadline))).as_mut().poll(cx).is_ready()
    }
}

impl<S: AsyncRead + Unpin> Frames<S> {
    /// Reads to the end, or [`DISCARDED`] bytes, and keeps nothing.
    pub(super) async fn discard(&mut self) -> io::Result<()> {
        self.held = None;
        copy(&mut (&mut self.socket).take(DISCARDED), &mut sink()).await.map(drop)
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Frames<S> {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = &mut *self;
        let before = buf.filled().len();
        loop {
            this.pass(buf)?;
            if buf.filled().len() > before || buf.remaining() == 0 {
                return Poll::Ready(Ok(()));
            }
            let mut read = ReadBuf::new(&mut this.ahead);
            let polled = Pin::new(&mut this.socket).poll_read(cx, &mut read);
            let bytes = read.filled().len();
            if polled.is_pending() && this.is_late(cx) {
                return Poll::Ready(Err(io::ErrorKind::TimedOut.into()));
            }
            ready!(polled)?;
            if bytes == 0 {
                return Poll::Ready(Ok(()));
            }
            this.unread = 0..bytes;
        }
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Frames<S> {
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
