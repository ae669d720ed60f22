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

use super::{coding::Coding, failure::Failure};

/// A body is not read further than that, in bytes, whoever is still sending.
const MAX_DISCARDED: usize = 64 * 1024 * 1024;

/// The body, if it has at most `limit` bytes, as it comes and unpacked.
pub async fn read(headers: &HeaderMap, body: Body, limit: usize) -> Result<Bytes, Failure> {
    let coding = Coding::of(headers)?;
    let body = receive(headers, body, limit).await?;
    match coding {
        None => Ok(body),
        Some(coding) => coding.unpack(&body, limit).map(Bytes::from),
    }
}

async fn receive(headers: &HeaderMap, mut body: Body, limit: usize) -> Result<Bytes, Failure> {
    let announced = headers.get(CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse::<usize>().ok());
    let announced = announced.unwrap_or_default();
    // Whoever asks first, or announces a body without end, is not made to send it.
    if announced > limit && (headers.contains_key(EXPECT) || announced > MAX_DISCARDED) {
        return Err(Failure::PayloadTooLarge(limit));
    }
    let mut bytes = BytesMut::with_capacity(announced.min(limit));
    let mut received = 0;
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|_| Failure::BadRequest("the body broke off".into()))?;
        let Ok(data) = frame.into_data() else { continue };
        received += data.len();
        if received <= limit {
            bytes.extend_from_slice(&data);
        } else if received > MAX_DISCARDED {
            break;
        }
    }
    if received <= limit { Ok(bytes.freeze()) } else { Err(Failure::PayloadTooLarge(limit)) }
}
