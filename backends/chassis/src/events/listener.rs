//! Hears of events that other instances of the service have numbered, by LISTEN on PostgreSQL: a connection of its own, beside
//! the pool. A notification that is lost while it reconnects is made up for by `sequencer`'s look once a second.

use std::time::Duration;

use sqlx::postgres::PgListener;
use tokio::time::sleep;

use super::outbox::Outbox;

/// The pause before another attempt to connect.
const AGAIN_AFTER: Duration = Duration::from_secs(1);

/// Runs until the service stops.
pub(crate) async fn run(outbox: Outbox, url: String) {
    let stop = outbox.stop().clone();
    stop.run_until_cancelled(async {
        loop {
            if let Err(error) = listen(&outbox, &url).await {
                tracing::warn!(%error, "LISTEN failed; events of other instances are seen once a second until it works again");
            }
            sleep(AGAIN_AFTER).await;
        }
    })
    .await;
}

async fn listen(outbox: &Outbox, url: &str) -> Result<(), sqlx::Error> {
    let mut listener = PgListener::connect(url).await?;
    listener.listen("tessera_events").await?;
    loop {
        let notification = listener.recv().await?;
        if let Ok(head) = notification.payload().parse() {
            outbox.saw(head);
        }
    }
}
