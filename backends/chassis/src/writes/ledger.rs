//! The ledger of commands: each effect is written once per idempotency key, in one transaction with the stored answer. In:
//! an envelope and the effect. Out: the effect's answer, or the stored answer of the first request with the same key.

use axum::extract::FromRef;
use contract::Clock;

use super::{
    envelope::Envelope,
    gate::{self, KeyGate},
    stored,
};
use crate::{
    Answer, ApiError, Deadline, StartError,
    database::{Connection, Database, DatabaseError},
    events::{Event, Outbox},
};

/// Writes to a service's database. Made once per process, because it serializes requests by key; cheap to clone.
#[derive(Clone)]
pub struct Ledger {
    database: Database,
    outbox: Outbox,
    gate: KeyGate,
}

/// The result of an effect: the answer, and the events for other services.
pub struct Outcome {
    answer: Answer,
    events: Vec<Event>,
}

impl Outcome {
    /// A result without events.
    pub const fn silent(answer: Answer) -> Self {
        Self { answer, events: Vec::new() }
    }

    /// A result with an event.
    pub fn with_event(answer: Answer, event: Event) -> Self {
        Self { answer, events: vec![event] }
    }

    /// A result with any number of events, in their order.
    pub const fn with_events(answer: Answer, events: Vec<Event>) -> Self {
        Self { answer, events }
    }
}

impl Ledger {
    /// The ledger in this database, with its outbox.
    ///
    /// # Errors
    /// The outbox cannot be read.
    pub async fn open(database: Database) -> Result<Self, StartError> {
        let outbox = Outbox::open(database.clone()).await;
        let outbox = outbox.map_err(|error| StartError::Other(format!("cannot read the outbox: {error}")))?;
        Ok(Self { database, outbox, gate: KeyGate::default() })
    }

    /// The events of its changes.
    pub(crate) const fn outbox(&self) -> &Outbox {
        &self.outbox
    }

    /// The database, for reads.
    pub const fn database(&self) -> &Database {
        &self.database
    }

    /// The clock of the database.
    pub const fn clock(&self) -> &Clock {
        self.database.clock()
    }

    /// The stored answer of an earlier request with the envelope's key, if any: for commands that call another service
    /// before they write. [`Ledger::write`] checks again.
    pub async fn answered(&self, envelope: &Envelope) -> Result<Option<Answer>, ApiError> {
        let Some(scope) = envelope.scope()? else { return Ok(None) };
        let mut connection = self.database.read(envelope.deadline()).await?;
        stored::find(&mut connection, &scope, self.clock().now()).await
    }

    /// Runs `effect` in a transaction, once per idempotency key. An error of the effect rolls back and is not
    /// stored. 422 if the key was used with another body, 409 if its first request has not ended by the deadline.
    pub async fn write<F>(&self, envelope: &Envelope, effect: F) -> Result<Answer, ApiError>
    where
        F: AsyncFnOnce(&mut Connection) -> Result<Outcome, ApiError>,
    {
        let scope = envelope.scope()?;
        let position = self.outbox.position();
        let _turn = match &scope {
            Some(scope) => Some(self.gate.wait(scope.key(), envelope.deadline()).await?),
            None => None,
        };
        let mut connection = self.database.begin_write(envelope.deadline()).await?;
        if let Some(scope) = &scope {
            let claimed = stored::claim(&mut connection, scope, self.clock().now()).await;
            match claimed {
                Ok(true) => {}
                Ok(false) => {
                    let answer = stored::find(&mut connection, scope, self.clock().now()).await?;
                    return answer.ok_or_else(gate::in_use);
                }
                // Another instance of this service processes a request with the same key.
                Err(error) if error.is_lock_timeout() => return Err(gate::in_use()),
                Err(error) => return Err(error.into()),
            }
        }
        let Outcome { answer, events } = effect(&mut connection).await?;
        let answer = answer.behind(&position);
        let recorded = self.outbox.record(&mut connection, &events, envelope.trace()).await?;
        if let Some(scope) = &scope {
            stored::store(&mut connection, scope, &answer).await?;
        }
        connection.commit().await?;
        self.outbox.committed(&recorded);
        Ok(answer)
    }

    /// Deletes stored answers that are no longer replayed, a bounded number per call.
    pub(crate) async fn forget_answers(&self, deadline: Deadline) -> Result<u64, DatabaseError> {
        let mut connection = self.database.begin_write(deadline).await?;
        let forgotten = stored::forget(&mut connection, self.clock().now()).await?;
        connection.commit().await?;
        Ok(forgotten)
    }
}

impl FromRef<Ledger> for Database {
    fn from_ref(ledger: &Ledger) -> Self {
        ledger.database.clone()
    }
}
