//! Numbers the events of committed changes on PostgreSQL, and looks for news once a second on both databases. In: wake-ups of
//! this instance's writers. Out: the new head, to this instance and by NOTIFY to the others. Writers do not notify: NOTIFY in
//! their transactions would serialize all commits.

use std::time::Duration;

use tokio::time::{MissedTickBehavior, interval};

use super::{outbox::Outbox, store};
use crate::{
    Deadline,
    database::{DatabaseError, Engine},
};

/// The net under the wake-ups: an instance that died between its commit and its numbering is noticed within this time.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// The timeout of one look or one batch.
const WITHIN: Duration = Duration::from_secs(5);
/// Events numbered in one transaction.
const BATCH: usize = 1_000;

/// Runs until the service stops.
pub(crate) async fn run(outbox: Outbox) {
    let mut ticks = interval(LOOK_EVERY);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        let worked = tokio::select! {
            () = outbox.stop().cancelled() => return,
            () = outbox.wait_for_commit() => number(&outbox).await,
            _ = ticks.tick() => look(&outbox).await,
        };
        if let Err(error) = worked {
            tracing::warn!(%error, "events could not be numbered; the next attempt follows within a second");
        }
    }
}

async fn look(outbox: &Outbox) -> Result<(), DatabaseError> {
    outbox.look(Deadline::after(WITHIN)).await?;
    if outbox.database.engine() == Engine::Postgres {
        let mut connection = outbox.database.read(Deadline::after(WITHIN)).await?;
        let any = store::any_without_number(&mut connection).await?;
        drop(connection);
        if any {
            return number(outbox).await;
        }
    }
    Ok(())
}

async fn number(outbox: &Outbox) -> Result<(), DatabaseError> {
    loop {
        let mut connection = outbox.database.begin_write(Deadline::after(WITHIN)).await?;
        let (head, given) = store::give_numbers(&mut connection, BATCH).await?;
        if given > 0 {
            store::notify(&mut connection, &head).await?;
        }
        connection.commit().await?;
        outbox.saw(head);
        if given < BATCH as u64 {
            return Ok(());
        }
    }
}
