//! The outbox of a service: writes the events of a change in its transaction, and knows the newest event that readers can
//! see. In: events of commands; news of other instances. Out: the head, and a wake-up for those that wait for more.

use std::sync::Arc;

use contract::{Position, TraceContext};
use tokio::sync::{Notify, watch};
use tokio_util::sync::CancellationToken;

use super::{
    event::Event,
    store::{self, Change},
};
use crate::{
    Deadline, StartError,
    database::{Connection, Database, DatabaseError, Engine},
};

/// The outbox in a service's database. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Outbox {
    pub(super) database: Database,
    shared: Arc<Shared>,
}

struct Shared {
    /// The newest event that this instance has seen.
    head: watch::Sender<Position>,
    /// Events without a number were committed (PostgreSQL).
    committed: Notify,
    /// Ends the streams.
    stop: CancellationToken,
}

/// Events that are written, in a transaction that has not ended.
pub(crate) struct Recorded(Option<u64>);

impl Outbox {
    /// The outbox in this database.
    pub(crate) async fn open(database: Database) -> Result<Self, DatabaseError> {
        let database = database.beside();
        let head = store::head(&mut database.read(Deadline::after(database.statement_timeout())).await?).await?;
        let shared =
            Shared { head: watch::Sender::new(head), committed: Notify::new(), stop: CancellationToken::new() };
        Ok(Self { database, shared: Arc::new(shared) })
    }

    /// Its database, with a record of its own statements.
    #[cfg(feature = "testing")]
    pub(crate) const fn database(&self) -> &Database {
        &self.database
    }

    /// The newest event that this instance has seen: what it tells of is visible to every read that begins now.
    pub(crate) fn position(&self) -> Position {
        self.shared.head.borrow().clone()
    }

    /// Follows [`Self::position`].
    pub(super) fn follow(&self) -> watch::Receiver<Position> {
        self.shared.head.subscribe()
    }

    /// Cancelled when the service stops.
    pub(crate) fn stop(&self) -> &CancellationToken {
        &self.shared.stop
    }

    /// Writes the events of a change in the change's transaction.
    pub(crate) async fn record(
        &self,
        connection: &mut Connection,
        events: &[Event],
        trace: Option<&TraceContext>,
    ) -> Result<Recorded, DatabaseError> {
        if events.is_empty() {
            return Ok(Recorded(None));
        }
        let trace =
            (trace.map(ToString::to_string), trace.and_then(|trace| trace.state()?.to_str().ok().map(str::to_owned)));
        let change = Change { at: self.database.clock().now(), trace, events };
        Ok(Recorded(store::insert(connection, &change).await?.or(Some(0))))
    }

    /// Tells those that wait that the transaction of these events has committed.
    pub(crate) fn committed(&self, recorded: &Recorded) {
        match (recorded.0, self.database.engine()) {
            (None, _) => {}
            (Some(last), Engine::Sqlite) => self.saw(self.position().at(last)),
            (Some(_), Engine::Postgres) => self.shared.committed.notify_one(),
        }
    }

    /// Waits for events that have no number yet.
    pub(super) async fn wait_for_commit(&self) {
        self.shared.committed.notified().await;
    }

    /// Notes that readers can see everything up to `head`. News may arrive in any order; another epoch counts always.
    pub(super) fn saw(&self, head: Position) {
        self.shared.head.send_if_modified(|known| {
            let is_new = known.epoch != head.epoch || known.sequence < head.sequence;
            if is_new {
                *known = head;
            }
            is_new
        });
    }

    /// Notes what the database says; behind a restored backup the number may be smaller.
    pub(super) async fn look(&self, deadline: Deadline) -> Result<(), DatabaseError> {
        let head = store::head(&mut self.database.read(deadline).await?).await?;
        self.saw(head);
        Ok(())
    }
}

/// Begins a new epoch of a service's events, for an operator who restores a backup: consumers of the lost events learn that
/// their positions are unknown, and start anew. Returns the new epoch.
pub(crate) async fn begin_epoch(database: &Database) -> Result<String, StartError> {
    let failed = |error: DatabaseError| StartError::Other(error.to_string());
    let deadline = Deadline::after(database.statement_timeout());
    let mut connection = database.begin_write(deadline).await.map_err(failed)?;
    let epoch: String = contract::RequestId::generate().as_str().chars().take(12).collect();
    let head = store::begin_epoch(&mut connection, &epoch).await.map_err(failed)?;
    if database.engine() == Engine::Postgres {
        store::notify(&mut connection, &head).await.map_err(failed)?;
    }
    connection.commit().await.map_err(failed)?;
    Ok(epoch)
}
