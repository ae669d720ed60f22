//! The feed as Server-Sent Events: what is stored, then what comes, without a hole between. It holds no database connection
//! while it waits. A heartbeat with the position is sent where nothing else was for 15 seconds, and at the start.

use std::{fmt::Write, time::Duration};

use axum::{
    body::Body,
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use contract::Position;
use tokio::{
    sync::watch,
    time::{Instant, sleep_until},
};

use super::{Feed, Filter, MAX_EVENTS, STREAM_HEADERS, Start, oldest_position, store};
use crate::{Deadline, database::DatabaseError};

/// The time between two signs of life.
const HEARTBEAT: Duration = Duration::from_secs(15);
/// The timeout of one read.
const WITHIN: Duration = Duration::from_secs(5);

/// One reader.
struct Reader {
    feed: Feed,
    filter: Filter,
    /// Everything up to here was sent, or is not wanted.
    cursor: Position,
    head: watch::Receiver<Position>,
    heartbeat: Instant,
}

/// Why a stream ends.
enum End {
    /// The service stops.
    Stopping,
    /// The events began a new epoch, or what comes next was deleted: the reader learns it when it connects again.
    Lost,
    /// The database failed.
    Failed(DatabaseError),
}

impl From<DatabaseError> for End {
    fn from(error: DatabaseError) -> Self {
        Self::Failed(error)
    }
}

/// The stream from `start` on.
pub(super) fn response(feed: Feed, filter: Filter, start: Start) -> Response {
    let head = feed.outbox.follow();
    let cursor = start.head.at(start.after);
    let reader = Reader { feed, filter, cursor, head, heartbeat: Instant::now() };
    let chunks = futures::stream::unfold(reader, |mut reader| async move {
        match reader.next().await {
            Ok(chunk) => Some((Ok::<_, std::convert::Infallible>(chunk), reader)),
            Err(End::Stopping) => None,
            Err(End::Lost) => {
                tracing::info!(position = %reader.cursor, "a feed has ended: its position is no longer stored");
                None
            }
            Err(End::Failed(error)) => {
                tracing::warn!(%error, "a feed has ended: the database failed");
                None
            }
        }
    });
    (STREAM_HEADERS, Body::from_stream(chunks)).into_response()
}

impl Reader {
    /// The next events, or a heartbeat.
    async fn next(&mut self) -> Result<Bytes, End> {
        let stop = self.feed.outbox.stop().clone();
        loop {
            let head = self.head.borrow_and_update().clone();
            if head.epoch != self.cursor.epoch {
                return Err(End::Lost);
            }
            if head.sequence > self.cursor.sequence {
                let text = self.read(head.sequence).await?;
                if !text.is_empty() {
                    self.heartbeat = Instant::now() + HEARTBEAT;
                    return Ok(text.into());
                }
                continue;
            }
            tokio::select! {
                () = stop.cancelled() => return Err(End::Stopping),
                changed = self.head.changed() => changed.map_err(|_| End::Stopping)?,
                () = sleep_until(self.heartbeat) => {
                    self.heartbeat = Instant::now() + HEARTBEAT;
                    return Ok(format!(": heartbeat\nid: {}\n\n", self.cursor).into());
                }
            }
        }
    }

    /// The wanted events up to `head`, at most a page, as text.
    async fn read(&mut self, head: u64) -> Result<String, End> {
        let mut connection = self.feed.outbox.database.read(Deadline::after(WITHIN)).await?;
        let mut events = store::page(&mut connection, self.cursor.sequence..head, &self.filter, MAX_EVENTS).await?;
        // Asked after the read: what was deleted before it is noticed.
        if oldest_position(&mut connection, &self.cursor.at(head)).await? > self.cursor.sequence {
            return Err(End::Lost);
        }
        drop(connection);
        self.feed.sign(&mut events);
        let mut text = String::new();
        for event in &events {
            let position = self.cursor.at(event.sequence.0);
            let data = serde_json::to_string(event).unwrap_or_default();
            // Writing to a String does not fail.
            let _ = write!(text, "id: {position}\nevent: {}\ndata: {data}\n\n", event.kind);
        }
        let is_full = events.len() == MAX_EVENTS;
        let last = events.last().map(|event| event.sequence.0).filter(|_| is_full);
        self.cursor.sequence = last.unwrap_or(head);
        Ok(text)
    }
}
