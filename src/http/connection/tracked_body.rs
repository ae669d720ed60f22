//! A response body that reports progress, so that a client that stops reading can be timed out. In: a body and its request.
//! Out: the same bytes in chunks; the request ends with the body.

use std::{
    pin::Pin,
    task::{Context, Poll},
};

use axum::body::Body;
use bytes::Bytes;
use hyper::body::{Body as HttpBody, Frame, SizeHint};

use super::activity::InFlight;

/// Chunk size in bytes. Progress is only visible between chunks.
const CHUNK: usize = 64 * 1024;

/// A body whose progress is reported.
pub(super) struct TrackedBody {
    body: Body,
    /// The rest of the last frame.
    rest: Bytes,
    request: InFlight,
}

impl TrackedBody {
    /// The body of the response to that request.
    pub(super) fn new(body: Body, request: InFlight) -> Self {
        request.progress();
        Self { body, rest: Bytes::new(), request }
    }

    fn chunk(&mut self) -> Frame<Bytes> {
        let size = self.rest.len().min(CHUNK);
        Frame::data(self.rest.split_to(size))
    }
}

impl HttpBody for TrackedBody {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        if !self.rest.is_empty() {
            self.request.progress();
            return Poll::Ready(Some(Ok(self.chunk())));
        }
        let polled = Pin::new(&mut self.body).poll_frame(cx);
        match &polled {
            Poll::Pending => self.request.waits(),
            Poll::Ready(_) => self.request.progress(),
        }
        polled.map_ok(|frame| match frame.into_data() {
            Ok(data) => {
                self.rest = data;
                self.chunk()
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
