//! A socket that breaks after a number of bytes: in the middle of a frame, of a part, or between two.

use std::{
    io,
    pin::Pin,
    task::{Context, Poll},
};

use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::TcpStream,
};

/// A socket from which that many bytes can be read.
pub struct Cut {
    socket: TcpStream,
    left: usize,
}

impl Cut {
    pub const fn after(bytes: usize, socket: TcpStream) -> Self {
        Self { socket, left: bytes }
    }
}

impl AsyncRead for Cut {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        if self.left == 0 {
            return Poll::Ready(Err(io::ErrorKind::ConnectionReset.into()));
        }
        let mut bytes = vec![0; self.left.min(buf.remaining()).min(4_096)];
        let mut limited = ReadBuf::new(&mut bytes);
        let polled = Pin::new(&mut self.socket).poll_read(cx, &mut limited);
        buf.put_slice(limited.filled());
        self.left -= limited.filled().len();
        polled
    }
}

impl AsyncWrite for Cut {
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
