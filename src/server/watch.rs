//! The files of trusted documents while the process runs. In: how often to look. Out: the new set, or a line in the log and a
//! metric that say which file is no good.

use std::{sync::Arc, time::Duration};

use crate::http::App;

/// Looks at the files of trusted documents now and then, and takes them when they have changed.
pub(super) async fn watch(app: Arc<App>, every: Duration) {
    loop {
        tokio::time::sleep(every).await;
        match app.documents.reload_if_changed(&app.operations) {
            Ok(None) => {}
            Ok(Some(documents)) => {
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
