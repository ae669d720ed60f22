//! The one way in which anything is changed: a transaction that holds the effect, the idempotent answer and (later) the
//! outbox's events, all or none. In: the request's envelope and the effect. Out: the answer, new or replayed.

mod envelope;
mod event;
mod gate;
mod json;
mod mismatch;
mod stored;

use crate::{
    Answer, ApiError,
    database::{Connection, Database, DatabaseError},
};

pub(crate) use self::gate::KeyGate;
pub(crate) use self::stored::{KEPT, forget};
pub use self::{
    envelope::{Command, Envelope},
    event::Event,
};

/// What an effect leaves behind: the answer, and the events to be told to the other services.
pub struct Outcome {
    answer: Answer,
    events: Vec<Event>,
}

impl Outcome {
    /// Nothing changed, or nothing that others need to know.
    pub const fn silent(answer: Answer) -> Self {
        Self { answer, events: Vec::new() }
    }

    /// Something changed.
    pub fn with_event(answer: Answer, event: Event) -> Self {
        Self { answer, events: vec![event] }
    }
}

impl Database {
    /// The answer that an earlier request with this envelope's key got, if there is one: for commands that must ask
    /// another service before they write. [`Database::write`] looks again.
    pub async fn answered(&self, envelope: &Envelope) -> Result<Option<Answer>, ApiError> {
        let Some(scope) = envelope.scope()? else { return Ok(None) };
        let mut connection = self.read(envelope.deadline()).await?;
        stored::find(&mut connection, &scope, self.clock().now()).await
    }

    /// Runs `effect` in a transaction, once per idempotency key. An error of the effect undoes everything and is not
    /// stored. Fails with 422 when the key came with another body, 409 when its first request takes too long.
    pub async fn write<F>(&self, envelope: &Envelope, effect: F) -> Result<Answer, ApiError>
    where
        F: AsyncFnOnce(&mut Connection) -> Result<Outcome, ApiError>,
    {
        let scope = envelope.scope()?;
        let _turn = match &scope {
            Some(scope) => Some(self.gate.wait(scope.key(), envelope.deadline()).await?),
            None => None,
        };
        let mut connection = self.begin_write(envelope.deadline()).await?;
        if let Some(scope) = &scope {
            let claimed = stored::claim(&mut connection, scope, self.clock().now()).await;
            match claimed {
                Ok(true) => {}
                Ok(false) => {
                    let answer = stored::find(&mut connection, scope, self.clock().now()).await?;
                    return answer.ok_or_else(gate::taken);
                }
                // Another instance of this service works on the same key.
                Err(error) if error.is_lock_timeout() => return Err(gate::taken()),
                Err(error) => return Err(error.into()),
            }
        }
        let Outcome { answer, events } = effect(&mut connection).await?;
        event::record(&events);
        if let Some(scope) = &scope {
            stored::keep(&mut connection, scope, &answer).await?;
        }
        connection.commit().await?;
        Ok(answer)
    }

    /// Forgets answers that are older than they need be kept, a bounded number a call.
    pub(crate) async fn forget_answers(&self, deadline: crate::Deadline) -> Result<u64, DatabaseError> {
        let mut connection = self.begin_write(deadline).await?;
        let forgotten = forget(&mut connection, self.clock().now().minus(KEPT)).await?;
        connection.commit().await?;
        Ok(forgotten)
    }
}
