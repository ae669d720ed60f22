//! `GET /v1/events`: the service's events for the BFF and other services, as a stream (SSE) or as JSON pages. In: a position, an
//! age or nothing, and a filter by types and keys. Out: events in their order; 409 for a position that never was, 410 for one
//! behind the retention.

#![expect(unused_qualifications, reason = "utoipa's `params(…)` writes the types' traits out in full")]

mod stream;

use std::time::Duration;

use axum::{
    extract::{FromRequestParts, State},
    response::{IntoResponse, Response},
};
use contract::{CloudEvent, EventPage, MediaRange, Position};
use http::{HeaderMap, StatusCode, header, request::Parts};
use serde::{Deserialize, Deserializer, de::Error};
use utoipa::IntoParams;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    outbox::Outbox,
    store::{self, Filter},
};
use crate::{
    ApiError, Caller, Deadline, Detail, Entries, Params, Private,
    database::{Connection, DatabaseError},
};

/// Most events of a page.
const MAX_EVENTS: usize = 500;

/// The state of the route: the outbox, and the name of the service.
#[derive(Clone)]
struct Feed {
    outbox: Outbox,
    source: &'static str,
}

/// Which events are wanted.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Wanted {
    /// Only events behind this position, `EPOCH:SEQ`. Without it a stream begins at the newest event, a page at the oldest.
    #[param(value_type = Option<String>)]
    after: Option<Position>,
    /// In place of `after`: from the oldest event on that is no older than this: `960s`.
    #[param(value_type = Option<String>)]
    age: Option<Age>,
    /// Types of events separated by commas, 1 to 100; without it all.
    #[param(value_type = Option<String>)]
    types: Option<Entries>,
    /// Ids of users, posts or orders separated by commas, 1 to 100: only events that concern one of them.
    #[param(value_type = Option<String>)]
    keys: Option<Entries>,
    /// Most events of a page: 1 to 500. A stream has no such limit.
    #[serde(default = "most")]
    #[param(minimum = 1, maximum = 500)]
    first: usize,
}

const fn most() -> usize {
    100
}

/// A number of seconds, `960s`.
struct Age(Duration);

impl<'de> Deserialize<'de> for Age {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let seconds = text.strip_suffix('s').and_then(|seconds| seconds.parse::<u32>().ok());
        let seconds = seconds.ok_or_else(|| D::Error::custom("`age` must be a number of seconds: `960s`"))?;
        Ok(Self(Duration::from_secs(seconds.into())))
    }
}

/// The BFF or another service, known by its API key: what it accepts, and until when it waits for the answer's head.
struct Consumer {
    is_stream: bool,
    deadline: Deadline,
}

impl<S: Sync> FromRequestParts<S> for Consumer {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        if !Caller::from_request_parts(parts, state).await?.is_bff {
            return Err(ApiError::unauthenticated("the feed needs a valid X-Api-Key"));
        }
        let deadline = Deadline::from_request_parts(parts, state).await?;
        Ok(Self { is_stream: accepts_stream(&parts.headers), deadline })
    }
}

/// Where a reader begins, and the newest event at that moment.
struct Start {
    after: u64,
    head: Position,
}

/// The route of the feed.
pub(crate) fn routes(outbox: Outbox, source: &'static str) -> OpenApiRouter {
    OpenApiRouter::new().routes(routes!(events)).with_state(Feed { outbox, source })
}

/// The service's events, for the BFF and other services: as a stream with `Accept: text/event-stream`, else as a page. The
/// `id` of each event of the stream is the position behind it.
#[utoipa::path(
    get, path = "/v1/events", tag = "events", params(Wanted),
    responses(
        (status = 200, description = "`{items, position, has_next}`, or a stream of CloudEvents"),
        (status = 401, description = "No valid `X-Api-Key`"),
        (status = 409, description = "`POSITION_UNKNOWN`: of another epoch, or ahead of the newest event"),
        (status = 410, description = "`POSITION_EXPIRED`: behind the retention; the detail has the oldest position"),
    ),
)]
async fn events(
    State(feed): State<Feed>,
    Consumer { is_stream, deadline }: Consumer,
    Params(wanted): Params<Wanted>,
) -> Result<Response, ApiError> {
    if !(1..=MAX_EVENTS).contains(&wanted.first) {
        return Err(ApiError::bad_request(format!("`first` must be 1 to {MAX_EVENTS}")).field("first"));
    }
    let filter = Filter { kinds: entries(&wanted.types), keys: entries(&wanted.keys) };
    let mut connection = feed.outbox.database.read(deadline).await?;
    let start = start(&mut connection, &feed.outbox, &wanted, is_stream).await?;
    if is_stream {
        drop(connection);
        return Ok(stream::response(feed, filter, start));
    }
    let Start { after, head } = start;
    let mut items = store::page(&mut connection, after..head.sequence, &filter, wanted.first).await?;
    let last = items.last().map(|event| event.sequence.0).filter(|_| items.len() == wanted.first);
    let position = head.at(last.unwrap_or(head.sequence));
    feed.sign(&mut items);
    let has_next = position.sequence < head.sequence;
    Ok(Private(EventPage { items, position, has_next }).into_response())
}

impl Feed {
    fn sign(&self, events: &mut [CloudEvent]) {
        events.iter_mut().for_each(|event| event.source = self.source.to_owned());
    }
}

fn entries(list: &Option<Entries>) -> Vec<String> {
    list.as_ref().map(|Entries(list)| list.clone()).unwrap_or_default()
}

/// Whether `Accept` names the media type of streams.
fn accepts_stream(headers: &HeaderMap) -> bool {
    let ranges = MediaRange::accepted(headers).unwrap_or_default();
    ranges.iter().any(|range| range.name == "text/event-stream" && range.weight > 0)
}

/// Judged against the database, never from memory.
async fn start(
    connection: &mut Connection,
    outbox: &Outbox,
    wanted: &Wanted,
    is_stream: bool,
) -> Result<Start, ApiError> {
    let head = store::head(connection).await?;
    let oldest = oldest_position(connection, &head).await?;
    let after = match (&wanted.after, &wanted.age) {
        (Some(_), Some(_)) => return Err(ApiError::bad_request("`after` and `age` exclude each other").field("age")),
        (Some(after), None) if after.epoch != head.epoch || after.sequence > head.sequence => {
            let message = "`after` is not a position of this service's events";
            return Err(ApiError::conflict("POSITION_UNKNOWN", message));
        }
        (Some(after), None) if after.sequence < oldest => {
            let detail = Detail { field: "oldest".to_owned(), issue: head.at(oldest).to_string() };
            let message = "the events behind `after` are no longer stored";
            return Err(ApiError {
                details: vec![detail],
                ..ApiError::new(StatusCode::GONE, "POSITION_EXPIRED", message)
            });
        }
        (Some(after), None) => after.sequence,
        (None, Some(Age(age))) => {
            let since = outbox.database.clock().now().minus(*age);
            store::first_since(connection, since).await?.map_or(head.sequence, |first| first - 1)
        }
        (None, None) if is_stream => head.sequence,
        (None, None) => oldest,
    };
    Ok(Start { after, head })
}

/// The oldest position behind which nothing is missing.
async fn oldest_position(connection: &mut Connection, head: &Position) -> Result<u64, DatabaseError> {
    Ok(store::oldest(connection).await?.map_or(head.sequence, |oldest| oldest - 1))
}

/// `text/event-stream`, never stored or held back.
const STREAM_HEADERS: [(header::HeaderName, &str); 2] =
    [(header::CONTENT_TYPE, "text/event-stream"), (header::CACHE_CONTROL, "private, no-store")];
