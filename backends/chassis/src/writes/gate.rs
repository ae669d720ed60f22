//! Serializes requests with the same idempotency key within this process. Waiting requests hold no database connection;
//! between processes the row of the key serializes them.

use std::{collections::HashMap, sync::Arc, time::Duration};

use parking_lot::Mutex;
use tokio::{
    sync::{Mutex as Turn, OwnedMutexGuard},
    time::{Instant, timeout_at},
};

use crate::{ApiError, Deadline};

/// Time reserved for writing the 409.
const MARGIN: Duration = Duration::from_millis(50);

type Turns = Arc<Mutex<HashMap<String, Arc<Turn<()>>>>>;

/// The keys of requests in flight.
#[derive(Clone, Default)]
pub(crate) struct KeyGate(Turns);

/// The turn of a request, until it is dropped.
pub(crate) struct Held {
    turns: Turns,
    key: String,
    turn: Option<OwnedMutexGuard<()>>,
}

impl KeyGate {
    /// Waits for the key's earlier requests, up to shortly before the deadline.
    pub(crate) async fn wait(&self, key: &str, deadline: Deadline) -> Result<Held, ApiError> {
        let turn = {
            let mut turns = self.0.lock();
            Arc::clone(turns.entry(key.to_owned()).or_default())
        };
        let mut held = Held { turns: Arc::clone(&self.0), key: key.to_owned(), turn: None };
        let until = deadline.instant().checked_sub(MARGIN).unwrap_or_else(Instant::now);
        held.turn = Some(timeout_at(until, turn.lock_owned()).await.map_err(|_| in_use())?);
        Ok(held)
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        drop(self.turn.take());
        let mut turns = self.turns.lock();
        // Only the map refers to it: no request waits.
        if turns.get(&self.key).is_some_and(|turn| Arc::strong_count(turn) == 1) {
            turns.remove(&self.key);
        }
    }
}

/// 409: an earlier request with this key has not ended.
pub(crate) fn in_use() -> ApiError {
    ApiError::conflict(
        "IDEMPOTENCY_KEY_IN_USE",
        "an earlier request with this idempotency key is still being processed",
    )
    .retry_after(Duration::from_secs(1))
}
