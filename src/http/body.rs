//! Reads request bodies within size limits. In: a body. Out: its decompressed bytes, or a failure.
//!
//! A body over the limit is read to its end and discarded: a client that is still sending when the connection closes
//! would not see the response (RFC 9112, section 9.6).

use std::sync::Arc;

use axum::body::Body;
use bytes::{Bytes, BytesMut};
use http::{
    HeaderMap,
    header::{CONTENT_LENGTH, EXPECT},
};
use http_body_util::BodyExt;
use tokio::sync::Semaphore;

use super::{HttpSettings, compression::Coding, failure::Failure};
use crate::requests::Refused;

/// Bytes after which a body over the limit is no longer read.
const MAX_DISCARDED: usize = 64 * 1024 * 1024;

/// Reads bodies within a limit per body, and a limit on the memory for all bodies that are being received.
pub(crate) struct Bodies {
    /// Bytes per body.
    limit: usize,
    /// Bytes of all incomplete bodies.
    room: Arc<Semaphore>,
}

impl Bodies {
    /// Reads bodies within the limits of these settings.
    pub(crate) fn new(settings: &HttpSettings) -> Self {
        Self { limit: settings.max_body_bytes, room: Arc::new(Semaphore::new(settings.max_bodies_bytes)) }
    }

    /// Bytes per body.
    pub(super) const fn limit(&self) -> usize {
        self.limit
    }

    /// A permit for each byte of all incomplete bodies and messages.
    pub(super) fn room(&self) -> Arc<Semaphore> {
        Arc::clone(&self.room)
    }

    /// The decompressed body, if it is within the limit both before and after decompression.
    pub(crate) async fn read(&self, headers: &HeaderMap, body: Body) -> Result<Bytes, Failure> {
        let coding = Coding::of(headers)?;
        let body = receive(headers, body, self).await?;
        match coding {
            None => Ok(body),
            Some(coding) => coding.decompress(&body, self.limit).map(Bytes::from),
        }
    }
}

async fn receive(headers: &HeaderMap, mut body: Body, bodies: &Bodies) -> Result<Bytes, Failure> {
    let limit = bodies.limit;
    let announced = headers.get(CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse::<usize>().ok());
    let announced = announced.unwrap_or_default();
    // Refuse before the upload if the client waits for `100 Continue`, or announced more than is discarded.
    if announced > limit && (headers.contains_key(EXPECT) || announced > MAX_DISCARDED) {
        return Err(Failure::PayloadTooLarge(limit));
    }
    let (mut bytes, mut received, mut held) = (BytesMut::new(), 0, Vec::new());
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|_| Failure::BadRequest("the body is incomplete".into()))?;
        let Ok(data) = frame.into_data() else { continue };
        received += data.len();
        if received <= limit {
            let size = u32::try_from(data.len()).unwrap_or(u32::MAX);
            held.push(bodies.room.try_acquire_many(size).map_err(|_| Refused::Overloaded)?);
            bytes.extend_from_slice(&data);
        } else if received > MAX_DISCARDED {
            break;
        }
    }
    if received <= limit { Ok(bytes.freeze()) } else { Err(Failure::PayloadTooLarge(limit)) }
}
