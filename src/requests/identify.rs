//! The document stage. In: a document's text or ids. Out: the document to execute, or the reason why it is refused. Documents
//! that are not trusted are logged and registered once their operation is admitted.

use super::{Client, Parameters, Pipeline, Refused};
use crate::operations::documents::{self, Document, DocumentError, canonical, sha256};

/// Bytes of a document that cost one unit to register.
const BYTES_PER_UNIT: u64 = 16;

/// How a client named a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Named {
    /// In the path of a URL: the document is a resource.
    ByPath,
    /// By Apollo's automatic persisted queries: a miss is part of that protocol.
    Automatically,
    /// In parameters.
    ByParameters,
}

/// The cost of registering the document, in addition to executing it: a registration evicts documents of other clients.
pub(super) fn registration_cost(document: &Document) -> u64 {
    document.register.as_ref().map_or(0, |_| (document.text.len() as u64).div_ceil(BYTES_PER_UNIT))
}

impl Pipeline {
    /// Finds the document.
    pub(super) async fn identify(&self, sent: &Parameters) -> Result<Document, Refused> {
        let named = match (&sent.id_in_path, &sent.automatic) {
            (Some(_), _) => Named::ByPath,
            (None, Some(_)) => Named::Automatically,
            (None, None) => Named::ByParameters,
        };
        let failed = |error| Refused::Document { error, named };
        let id = match (sent.id_in_path.as_deref(), sent.id.as_deref()) {
            (Some(path), Some(id)) if canonical(path) != canonical(id) => return Err(failed(DocumentError::Mismatch)),
            (path, id) => path.or(id),
        };
        let (text, automatic) = (sent.text.as_deref(), sent.automatic.as_deref());
        self.documents.resolve(documents::Sent { text, id, automatic }).await.map_err(failed)
    }

    /// Logs a document that is not trusted, once, and registers it if its client requested that.
    pub(super) async fn note_unknown(&self, document: &Document, operation: Option<&str>, client: &Client) {
        if document.trusted.is_some() {
            return;
        }
        if self.documents.policy().logs_unknown() && self.documents.is_new(&document.text) {
            let name = client.name.as_deref().unwrap_or("-");
            let (id, operation) = (sha256(&document.text), operation.unwrap_or("-"));
            tracing::warn!(client = format!("{name:.64}"), document = id, operation, "unknown document");
        }
        if let Some(hash) = &document.register {
            self.documents.register(hash, document.text.clone()).await;
        }
    }
}
