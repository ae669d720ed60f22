//! Deletes events that are older than the retention time, in small batches and always the oldest numbers.

use std::time::Duration;

use super::{outbox::Outbox, store};
use crate::{Deadline, database::DatabaseError};

/// Events deleted in one transaction, about.
const BATCH: usize = 1_000;
/// Batches of one sweep at most: the rest follows with the next. In a sweep a minute, more than 3,000 events a second.
const BATCHES: usize = 200;

impl Outbox {
    /// Deletes what is older than `retention`.
    pub(crate) async fn forget(&self, retention: Duration, deadline: Deadline) -> Result<(), DatabaseError> {
        let before = self.database.clock().now().minus(retention);
        for _ in 0..BATCHES {
            let mut connection = self.database.begin_write(deadline).await?;
            let forgotten = store::forget(&mut connection, before, BATCH).await?;
            connection.commit().await?;
            if forgotten < BATCH as u64 {
                break;
            }
        }
        Ok(())
    }
}
