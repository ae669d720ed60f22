//! Reads a service's feed into its log, as long as the process runs. It begins with what happened in the last minutes, so that
//! clients that come back after a deployment find their events in memory.

use std::{sync::Arc, time::Duration};

use feed::{Feed, News, Start};
use tokio::time::sleep;

use super::hub::Hub;

/// What is read at the start: longer than a deployment takes.
const AGE: Duration = Duration::from_secs(960);
/// The pause before a feed whose position is lost begins anew.
const ANEW_AFTER: Duration = Duration::from_secs(1);

/// Reads until it is dropped.
pub(super) async fn read(hub: Arc<Hub>) {
    let service = hub.service.name();
    loop {
        let mut feed = Feed::new(hub.source.clone(), Start::Age(AGE));
        let mut was_broken = false;
        let lost = loop {
            match feed.next().await {
                Ok(News::Opened(newest)) => {
                    tracing::info!(service, %newest, "the feed is open");
                    was_broken = false;
                    hub.opened(newest);
                }
                Ok(News::Event(event, position)) => hub.event(*event, &position),
                Ok(News::UpTo(position)) => hub.up_to(&position),
                Ok(News::Broken(error)) => {
                    // The first of a series: a service that is down is tried again every few seconds.
                    if !std::mem::replace(&mut was_broken, true) {
                        tracing::warn!(service, %error, "the feed is broken; it is opened again until it works");
                    }
                    hub.broke();
                }
                Err(lost) => break lost,
            }
        };
        tracing::warn!(service, ?lost, "the feed begins anew: its position is lost");
        hub.broke();
        sleep(ANEW_AFTER).await;
    }
}
