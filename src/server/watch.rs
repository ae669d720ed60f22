//! The files of trusted documents while the process runs. In: how often to look. Out: the new set, or a line in the log and a
//! metric that say which file is no good.

use std::{sync::Arc, thread, time::Duration};

use tokio::sync::oneshot;

use crate::{
    http::App,
    operations::documents::{SourceError, TrustedDocuments},
};

/// Looks at the files of trusted documents now and then, and takes them when they have changed.
pub(super) async fn watch(app: Arc<App>, every: Duration) {
    loop {
        tokio::time::sleep(every).await;
        match look(Arc::clone(&app)).await {
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

/// On a thread of its own: reading may hang, and judging many documents takes a while. Nobody waits for it at the end.
async fn look(app: Arc<App>) -> Result<Option<Arc<TrustedDocuments>>, SourceError> {
    let (done, looked) = oneshot::channel();
    thread::spawn(move || drop(done.send(app.pipeline.documents.reload_if_changed(&app.pipeline.operations))));
    looked.await.unwrap_or(Ok(None))
}
