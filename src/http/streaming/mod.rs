//! Subscriptions over plain HTTP: Server-Sent Events (graphql-sse, distinct connections mode) and multipart (Apollo). In: a
//! subscription, or the one result of another operation. Out: a response whose body goes on until one side ends it.
//!
//! `pace` decides what comes next, `sse` and `multipart` are how it is written.

mod multipart;
mod pace;
mod sse;

use std::{convert::Infallible, sync::Arc};

use axum::{body::Body, response::Response};
use bytes::Bytes;
use http::{
    HeaderName, HeaderValue,
    header::{CACHE_CONTROL, CONTENT_TYPE},
};

pub(super) use pace::{HEARTBEAT, StreamSeats};
pub(super) use sse::{END, single as single_event};

use super::{
    App, exchange::Exchange, media::StreamType, request_line::RequestLine, response::REQUEST_ID,
    stopping::EndsWithConnection,
};
use crate::{
    events::{Message, Subscription},
    requests::Refused,
};
use pace::{Pace, Turn};

/// The cursor behind which a stream begins: parts of multipart streams have no place for it before the first message.
pub(super) const CURSOR: HeaderName = HeaderName::from_static("x-stream-cursor");

/// Why the server ends a stream.
#[derive(Debug)]
enum End {
    /// It restarts, or the stream is as old as it may be: the client connects again and resumes.
    Restart,
    /// The viewer's token has ended.
    TokenExpired,
    /// There are no more messages.
    Refused(Refused),
}

impl StreamType {
    fn content_type(self) -> &'static str {
        match self {
            Self::Sse => "text/event-stream",
            Self::Multipart => "multipart/mixed;boundary=\"graphql\";subscriptionSpec=1.0",
        }
    }

    /// The beginning of the body, with the cursor behind which the messages are.
    fn begin(self, cursor: &str) -> Bytes {
        match self {
            Self::Sse => sse::heartbeat(cursor),
            Self::Multipart => multipart::begin(),
        }
    }

    fn message(self, message: &Message) -> Bytes {
        match self {
            Self::Sse => sse::message(message),
            Self::Multipart => multipart::message(message),
        }
    }

    fn heartbeat(self, cursor: &str, lag: &str) -> Bytes {
        match self {
            Self::Sse => sse::heartbeat_behind(cursor, lag),
            Self::Multipart => multipart::heartbeat(),
        }
    }

    fn end(self, end: &End, cursor: &str, line: &RequestLine) -> Bytes {
        match self {
            Self::Sse => sse::end(end, line.request_id()),
            Self::Multipart => multipart::end(end, cursor, line.request_id()),
        }
    }
}

/// The response of a subscription. Its log line is written when it ends.
pub(super) fn subscribed(
    app: &Arc<App>,
    exchange: Exchange,
    stream: (StreamType, StreamSeats),
    subscription: Subscription,
) -> Response {
    let (stream_type, seats) = stream;
    let request_id = HeaderValue::from_str(exchange.context().request_id().as_str());
    let line = exchange.into_stream(match stream_type {
        StreamType::Sse => "sse",
        StreamType::Multipart => "multipart",
    });
    let pace = Pace::new(Arc::clone(app), subscription, seats);
    let cursor = pace.cursor();
    let begin = stream_type.begin(&cursor);
    let cursor = HeaderValue::try_from(cursor);
    let chunks = futures::stream::unfold(Some((pace, line, Some(begin))), move |state| async move {
        let (mut pace, mut line, begin) = state?;
        if let Some(begin) = begin {
            return Some((Ok::<_, Infallible>(begin), Some((pace, line, None))));
        }
        match pace.turn().await {
            Turn::Message(message) => {
                line.delivered(message.errors);
                Some((Ok(stream_type.message(&message)), Some((pace, line, None))))
            }
            Turn::Heartbeat => {
                let chunk = stream_type.heartbeat(&pace.cursor(), &pace.lag());
                Some((Ok(chunk), Some((pace, line, None))))
            }
            Turn::End(end) => {
                if let End::Refused(refused) = &end {
                    line.refused(refused.code());
                }
                Some((Ok(stream_type.end(&end, &pace.cursor(), &line)), None))
            }
        }
    });
    let mut response = response(stream_type, Body::from_stream(chunks));
    let headers = [(REQUEST_ID, request_id.ok()), (CURSOR, cursor.ok())];
    response.headers_mut().extend(headers.into_iter().filter_map(|(name, value)| Some((name, value?))));
    response.extensions_mut().insert(EndsWithConnection);
    response
}

/// A response of that type: never stored, and not held back by proxies.
pub(super) fn response(stream_type: StreamType, body: Body) -> Response {
    let mut response = Response::new(body);
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(stream_type.content_type()));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("private, no-store"));
    headers.insert(HeaderName::from_static("x-accel-buffering"), HeaderValue::from_static("no"));
    response
}

/// The response to a stream that cannot begin now: 200, a time to wait, and the end, so that every client tries again.
pub(super) fn try_again() -> Response {
    response(StreamType::Sse, Body::from(sse::retry()))
}
