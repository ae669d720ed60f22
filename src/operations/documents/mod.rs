//! Resolves the document of a request, by its text or id. In: the text, the id, or both, as sent. Out: the document, if the
//! policy accepts it, or an error.
//!
//! Trusted documents come from files (`source.rs`) and are replaced as one set (`reload`); others are registered by clients
//! (`automatic.rs`). The policy decides which of these are accepted.

mod automatic;
mod id;
mod manifest;
mod policy;
mod printed;
pub mod source;
#[cfg(test)]
mod tests;
mod trusted;
mod typename;

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use moka::sync::Cache;
use parking_lot::{Mutex, RwLock};

pub use automatic::AutomaticDocuments;
pub use id::{canonical, sha256};
pub use manifest::{APOLLO_FORMAT, read as read_manifest};
pub use policy::Policy;
pub use source::SourceError;
pub use trusted::{TrustedDocument, TrustedDocuments};

use super::Operations;
use source::{Fingerprint, fingerprint};

/// The text and ids of a document, as sent.
#[derive(Clone, Copy, Debug, Default)]
pub struct Sent<'a> {
    /// Its text.
    pub text: Option<&'a str>,
    /// Its id: `documentId`, or the path's.
    pub id: Option<&'a str>,
    /// Its hash as Apollo sends it, in `extensions.persistedQuery`.
    pub automatic: Option<&'a str>,
}

/// A document that the policy accepts.
#[derive(Debug)]
pub struct Document {
    /// Its text.
    pub text: Arc<str>,
    /// The trusted document, if it is one.
    pub trusted: Option<Arc<TrustedDocument>>,
    /// The hash to register its text under, once it is valid.
    pub register: Option<String>,
}

/// Why no document is accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DocumentError {
    /// Neither text nor id.
    #[error("`query` is missing")]
    Missing,
    /// The id is neither that of a trusted document nor registered.
    #[error("PersistedQueryNotFound")]
    NotFound,
    /// Registration is off.
    #[error("PersistedQueryNotSupported")]
    NotSupported,
    /// A text that is not trusted, or any text where the policy requires ids.
    #[error("PersistedQueryRequired: this document is not one of those that may be sent")]
    Required,
    /// The id is another document's, or the two ids differ.
    #[error("PersistedQueryIdMismatch: the id is not that of the document")]
    Mismatch,
}

/// The trusted and the registered documents.
#[derive(Debug)]
pub struct Documents {
    policy: Policy,
    sources: Vec<PathBuf>,
    trusted: RwLock<Arc<TrustedDocuments>>,
    /// The fingerprint of the files when they were last read, valid or not.
    seen: Mutex<Fingerprint>,
    automatic: Option<AutomaticDocuments>,
    /// Unknown texts that were logged before.
    noticed: Cache<Arc<str>, ()>,
}

/// The default of the setting `documents.sources`.
pub const DEFAULT_SOURCE: &str = "persisted-queries";

/// Memory for unknown texts that were logged, in bytes.
const NOTICED_BYTES: u64 = 4 * 1024 * 1024;

impl Documents {
    /// Reads the trusted documents.
    ///
    /// # Errors
    /// The first file that is not valid.
    pub fn new(
        policy: Policy,
        sources: Vec<PathBuf>,
        automatic: Option<AutomaticDocuments>,
        operations: &Operations,
    ) -> Result<Self, SourceError> {
        // Before reading: a change during reading is noticed the next time.
        let seen = Mutex::new(fingerprint(&sources));
        let trusted = RwLock::new(Arc::new(read(policy, &sources, operations)?));
        let weigh = |text: &Arc<str>, (): &()| u32::try_from(text.len()).unwrap_or(u32::MAX);
        let noticed = Cache::builder().max_capacity(NOTICED_BYTES).weigher(weigh).build();
        Ok(Self { policy, sources, trusted, seen, automatic, noticed })
    }

    /// The policy.
    pub fn policy(&self) -> Policy {
        self.policy
    }

    /// The trusted documents as they are now.
    pub fn trusted(&self) -> Arc<TrustedDocuments> {
        Arc::clone(&self.trusted.read())
    }

    /// Reloads the trusted documents if a file has changed: all of them, or none if one is not valid.
    ///
    /// # Errors
    /// The first file that is not valid; the documents are those from before.
    pub fn reload_if_changed(&self, operations: &Operations) -> Result<Option<Arc<TrustedDocuments>>, SourceError> {
        let now = fingerprint(&self.sources);
        let seen = std::mem::replace(&mut *self.seen.lock(), now.clone());
        if seen == now { Ok(None) } else { self.reload(operations).map(Some) }
    }

    /// Reloads the trusted documents, changed or not.
    ///
    /// # Errors
    /// The first file that is not valid; the documents are those from before.
    fn reload(&self, operations: &Operations) -> Result<Arc<TrustedDocuments>, SourceError> {
        let read = Arc::new(read(self.policy, &self.sources, operations)?);
        *self.trusted.write() = Arc::clone(&read);
        Ok(read)
    }

    /// The document of these texts and ids.
    pub async fn resolve(&self, sent: Sent<'_>) -> Result<Document, DocumentError> {
        let id = match (sent.id.map(canonical), sent.automatic) {
            (Some(id), Some(hash)) if id != hash => return Err(DocumentError::Mismatch),
            (id, hash) => id.or(hash),
        };
        match (id, sent.text) {
            (None, None) => Err(DocumentError::Missing),
            (Some(id), None) => self.by_id(id, sent.automatic.is_some()).await,
            (id, Some(text)) => self.by_text(id, text, sent.automatic.is_some()),
        }
    }

    /// Whether an unknown text has not been logged before.
    pub fn is_new(&self, text: &Arc<str>) -> bool {
        self.noticed.entry(Arc::clone(text)).or_insert(()).is_fresh()
    }

    /// Registers a valid text under the hash that its client gave.
    pub async fn register(&self, hash: &str, text: Arc<str>) {
        if let Some(automatic) = &self.automatic {
            automatic.register(hash, text).await;
        }
    }

    async fn by_id(&self, id: &str, is_automatic: bool) -> Result<Document, DocumentError> {
        if let Some(trusted) = self.trusted().by_id(id) {
            return Ok(Document::trusted(trusted));
        }
        if !is_automatic || !self.policy.takes_unknown() {
            return Err(DocumentError::NotFound);
        }
        let automatic = self.automatic.as_ref().ok_or(DocumentError::NotSupported)?;
        let text = automatic.get(id).await.ok_or(DocumentError::NotFound)?;
        Ok(Document { text, trusted: None, register: None })
    }

    fn by_text(&self, id: Option<&str>, text: &str, is_automatic: bool) -> Result<Document, DocumentError> {
        let trusted = self.trusted();
        if let Some(id) = id {
            let is_its = match trusted.by_id(id) {
                Some(known) if *known.text == *text => return Ok(Document::trusted(known)),
                Some(_) => false,
                None => id == sha256(text),
            };
            if !is_its {
                return Err(DocumentError::Mismatch);
            }
        }
        if !self.policy.takes_text() {
            return Err(DocumentError::Required);
        }
        if let Some(known) = trusted.by_text(text) {
            return Ok(Document::trusted(known));
        }
        if !self.policy.takes_unknown() {
            return Err(DocumentError::Required);
        }
        let register = id.filter(|_| is_automatic && self.automatic.is_some()).map(str::to_owned);
        Ok(Document { text: text.into(), trusted: None, register })
    }
}

/// The documents of these files; a policy that accepts nothing else needs at least one.
fn read(policy: Policy, sources: &[PathBuf], operations: &Operations) -> Result<TrustedDocuments, SourceError> {
    // The default folder may be missing, unless the policy accepts only its documents.
    let is_needed =
        |source: &&PathBuf| !policy.takes_unknown() || **source != *Path::new(DEFAULT_SOURCE) || source.exists();
    let needed: Vec<PathBuf> = sources.iter().filter(is_needed).cloned().collect();
    let read = TrustedDocuments::new(source::read(&needed)?, operations)?;
    match sources.first() {
        Some(source) if read.ids() == 0 && !policy.takes_unknown() => {
            Err(SourceError::new(source, "there is no document, and nothing else would be answered"))
        }
        _ => Ok(read),
    }
}

impl Document {
    fn trusted(trusted: &Arc<TrustedDocument>) -> Self {
        Self { text: Arc::clone(&trusted.text), trusted: Some(Arc::clone(trusted)), register: None }
    }
}
