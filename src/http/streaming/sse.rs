//! Server-Sent Events as graphql-sse's clients and `EventSource` read them (WHATWG HTML, section 9.2; GraphQL over Server-Sent
//! Events, distinct connections mode). In: messages. Out: text. The `id` of each event resumes behind it; a block without data
//! sets the id alone. There is no data without an event's name: graphql-sse's client refuses it.

use bytes::Bytes;
use contract::RequestId;
use rand::RngExt;

use super::End;
use crate::{
    events::Message,
    requests::body::{self, Body},
};

/// `Last-Event-ID` after the end: what `EventSource` asks again with, to be told to stop.
pub(in crate::http) const END: &str = "end";
/// Milliseconds after which clients connect again, at most; drawn at random.
const RETRY_MS: std::ops::Range<u32> = 500..5_000;

/// A message.
pub(super) fn message(message: &Message) -> Bytes {
    let mut text = format!("id: {}\nevent: next\ndata: ", message.cursor).into_bytes();
    text.extend_from_slice(&message.body);
    text.extend_from_slice(b"\n\n");
    text.into()
}

/// The cursor alone.
pub(super) fn heartbeat(cursor: &str) -> Bytes {
    format!("id: {cursor}\n\n").into()
}

/// A sign of life, with the cursor.
pub(super) fn heartbeat_behind(cursor: &str, lag: &str) -> Bytes {
    format!(": behind{lag}\nid: {cursor}\n\n").into()
}

/// The last words of a stream. Without `complete`, clients connect again.
pub(super) fn end(end: &End, request_id: &RequestId) -> Bytes {
    match end {
        End::Restart | End::TokenExpired => retry(),
        End::Refused(refused) => {
            let text = refused.to_string();
            let errors = Body::failed(body::refused(refused, &text, request_id));
            single(&errors.to_json().unwrap_or_default())
        }
    }
}

/// One result, and that it was the last.
pub(in crate::http) fn single(response: &[u8]) -> Bytes {
    let mut text = b"event: next\ndata: ".to_vec();
    text.extend_from_slice(response);
    text.extend_from_slice(format!("\n\nid: {END}\nevent: complete\ndata:\n\n").as_bytes());
    text.into()
}

/// The time after which a client connects again.
pub(super) fn retry() -> Bytes {
    format!("retry: {}\n\n", rand::rng().random_range(RETRY_MS)).into()
}
