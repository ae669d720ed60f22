//! Multipart subscriptions as Apollo's clients read them (Apollo's multipart protocol for subscriptions over HTTP, 1.0). In:
//! messages. Out: parts. Clients hand a part out when the next delimiter has come: it is written behind every part.

use bytes::Bytes;
use contract::RequestId;
use serde_json::json;

use super::End;
use crate::{events::Message, requests::Code};

const DELIMITER: &str = "\r\n--graphql";

/// The first delimiter, and a sign of life, so that clients see the stream begin.
pub(super) fn begin() -> Bytes {
    let mut text = DELIMITER.as_bytes().to_vec();
    text.extend_from_slice(&heartbeat());
    text.into()
}

/// A message.
pub(super) fn message(message: &Message) -> Bytes {
    part(&[br#"{"payload":"#, &message.body, b"}"])
}

/// A sign of life.
pub(super) fn heartbeat() -> Bytes {
    part(&[b"{}"])
}

/// The last part, and the last delimiter.
pub(super) fn end(end: &End, cursor: &str, request_id: &RequestId) -> Bytes {
    let (message, code) = match end {
        End::Restart => ("the server ends the stream; connect again".to_owned(), Code::StreamEnded),
        End::TokenExpired => ("the access token has expired".to_owned(), Code::Unauthenticated),
        End::Refused(refused) => (refused.to_string(), refused.code()),
    };
    let extensions = json!({"code": code.as_str(), "requestId": request_id.as_str(), "resumeFrom": cursor});
    let last = json!({"payload": null, "errors": [{"message": message, "extensions": extensions}]});
    let mut text = part(&[last.to_string().as_bytes()]).to_vec();
    text.extend_from_slice(b"--\r\n");
    text.into()
}

fn part(pieces: &[&[u8]]) -> Bytes {
    let mut text = b"\r\nContent-Type: application/json\r\n\r\n".to_vec();
    pieces.iter().for_each(|piece| text.extend_from_slice(piece));
    text.extend_from_slice(DELIMITER.as_bytes());
    text.into()
}
