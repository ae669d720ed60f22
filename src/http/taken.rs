//! An answer's body as its client takes it. In: the body, and the request that it answers. Out: the same bytes in pieces; the
//! connection hears of each that is taken, and that the request is over when the body is.

use std::{
    pin::Pin,
    task::{Context, Poll},
};

use axum::body::Body;
use bytes::Bytes;
use hyper::body::{Body as HttpBody, Frame, SizeHint};

use super::quiet::Busy;

/// Pieces in which a body is handed out, in bytes: what is handed out is out of our sight.
const PIECE: usize = 64 * 1024;

/// A body that tells how it is taken.
pub struct Taken {
    body: Body,
    /// What is left of the frame that came last.
    rest: Bytes,
    busy: Busy,
}

impl Taken {
    /// The body of the answer to that request.
    pub fn new(body: Body, busy: Busy) -> Self {
        busy.progress();
        Self { body, rest: Bytes::new(), busy }
    }

    fn piece(&mut self) -> Frame<Bytes> {
        let size = self.rest.len().min(PIECE);
        Frame::data(self.rest.split_to(size))
    }
}

impl HttpBody for Taken {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        if !self.rest.is_empty() {
            self.busy.progress();
            return Poll::Ready(Some(Ok(self.piece())));
        }
        let polled = Pin::new(&mut self.body).poll_frame(cx);
        match &polled {
            Poll::Pending => self.busy.waits(),
            Poll::Ready(_) => self.busy.progress(),
        }
        polled.map_ok(|frame| match frame.into_data() {
            Ok(data) => {
                self.rest = data;
                self.piece()
            }
            Err(other) => other,
        })
    }

    fn is_end_stream(&self) -> bool {
        self.rest.is_empty() && self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        let (inner, rest) = (self.body.size_hint(), self.rest.len() as u64);
        let mut hint = SizeHint::new();
        hint.set_lower(inner.lower() + rest);
        if let Some(upper) = inner.upper() {
            hint.set_upper(upper + rest);
        }
        hint
    }
}
