//! The files of trusted documents while the process runs. In: how often to look. Out: the new set, or a line in the log and a
//! metric that say which file is no good.

use std::{sync::Arc, time::Duration};

use crate::{http::App, operations::documents::fingerprint};

/// Looks at the files of trusted documents now and then, and takes them when they have changed.
pub(super) async fn watch(app: Arc<App>, every: Duration) {
    let mut known = fingerprint(app.documents.sources());
    loop {
        tokio::time::sleep(every).await;
        let now = fingerprint(app.documents.sources());
        if now == known {
            continue;
        }
        known = now;
        match app.documents.reload(&app.operations) {
            Ok(documents) => {
                app.metrics.reloaded(documents.ids());
                tracing::info!(ids = documents.ids(), "trusted documents were replaced");
            }
            Err(error) => {
                app.metrics.reload_failed();
                tracing::error!(%error, "trusted documents are no good; those from before are used");
            }
        }
    }
}
