//! Reads a request's body, at most as much as allowed. In: the body as it arrives. Out: its bytes, unpacked, or why not.
//!
//! What is too large is read on for a while and thrown away: a client that is still sending when the connection closes
//! would not see the answer (RFC 9112, section 9.6).

use axum::body::Body;
use bytes::{Bytes, BytesMut};
use http::{
    HeaderMap,
    header::{CONTENT_LENGTH, EXPECT},
};
use http_body_util::BodyExt;
use tokio::sync::Semaphore;

use super::{compression::Coding, failure::Failure};
use crate::requests::Refused;

/// A body is not read further than that, in bytes, whoever is still sending.
const MAX_DISCARDED: usize = 64 * 1024 * 1024;

/// Reads bodies within a size each, and a size together: slow ones cost no more memory than that.
pub struct Bodies {
    /// The largest, in bytes.
    limit: usize,
    /// Bytes that may be held of those that are not whole yet.
    room: Semaphore,
}

impl Bodies {
    /// At most `limit` bytes each, and `together` of all that are under way.
    pub fn new(limit: usize, together: usize) -> Self {
        Self { limit, room: Semaphore::new(together) }
    }

    /// The body, if it is small enough as it comes and unpacked.
    pub async fn read(&self, headers: &HeaderMap, body: Body) -> Result<Bytes, Failure> {
        let coding = Coding::of(headers)?;
        let body = receive(headers, body, self).await?;
        match coding {
            None => Ok(body),
            Some(coding) => coding.unpack(&body, self.limit).map(Bytes::from),
        }
    }
}

async fn receive(headers: &HeaderMap, mut body: Body, bodies: &Bodies) -> Result<Bytes, Failure> {
    let limit = bodies.limit;
    let announced = headers.get(CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse::<usize>().ok());
    let announced = announced.unwrap_or_default();
    // Whoever asks first, or announces a body without end, is not made to send it.
    if announced > limit && (headers.contains_key(EXPECT) || announced > MAX_DISCARDED) {
        return Err(Failure::PayloadTooLarge(limit));
    }
    let (mut bytes, mut received, mut held) = (BytesMut::new(), 0, Vec::new());
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|_| Failure::BadRequest("the body broke off".into()))?;
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
