//! Reloads trusted documents when their files change. In: the interval. Out: the new documents, or a log line and a metric
//! about the file that is not valid.

use std::{sync::Arc, thread, time::Duration};

use tokio::sync::oneshot;

use crate::{
    http::App,
    operations::documents::{SourceError, TrustedDocuments},
};

/// Checks the files of trusted documents at that interval, and reloads them if they have changed.
pub(super) async fn watch(app: Arc<App>, every: Duration) {
    loop {
        tokio::time::sleep(every).await;
        match reload(Arc::clone(&app)).await {
            Ok(None) => {}
            Ok(Some(documents)) => {
                app.metrics.reloaded(documents.ids());
                tracing::info!(ids = documents.ids(), "trusted documents reloaded");
            }
            Err(error) => {
                app.metrics.reload_failed();
                tracing::error!(%error, "reload of trusted documents failed; the previous ones stay in use");
            }
        }
    }
}

/// On a thread of its own: reading may block, and validating many documents takes time. A stop does not wait for it.
async fn reload(app: Arc<App>) -> Result<Option<Arc<TrustedDocuments>>, SourceError> {
    let (done, reloaded) = oneshot::channel();
    thread::spawn(move || drop(done.send(app.pipeline.documents.reload_if_changed(&app.pipeline.operations))));
    reloaded.await.unwrap_or(Ok(None))
}
