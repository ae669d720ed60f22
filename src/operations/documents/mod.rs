//! Which document a client means, and whether it may be answered. In: the text, the id, or both, as they came. Out: the text,
//! with what is known of it, or why not.
//!
//! Trusted documents come from files (`source.rs`) and are replaced in one piece (`reload`); others are registered by clients
//! (`automatic.rs`). What is taken of which is the policy's.

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
    sync::{Arc, Mutex, PoisonError, RwLock},
};

use moka::sync::Cache;

pub use automatic::AutomaticDocuments;
pub use id::{canonical, sha256};
pub use manifest::{APOLLO_FORMAT, read as read_manifest};
pub use policy::Policy;
pub use source::SourceError;
pub use trusted::{TrustedDocument, TrustedDocuments};

use super::Operations;
use source::{Fingerprint, fingerprint};

/// What a client sent of a document.
#[derive(Clone, Copy, Debug, Default)]
pub struct Sent<'a> {
    /// Its text.
    pub text: Option<&'a str>,
    /// Its id: `documentId`, or the path's.
    pub id: Option<&'a str>,
    /// Its hash as Apollo sends it, in `extensions.persistedQuery`.
    pub automatic: Option<&'a str>,
}

/// A document that may be answered.
#[derive(Debug)]
pub struct Document {
    /// Its text.
    pub text: Arc<str>,
    /// What is known of it, if it is trusted.
    pub trusted: Option<Arc<TrustedDocument>>,
    /// The hash to register its text under, once it is found good.
    pub register: Option<String>,
}

/// Why there is no document to answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DocumentError {
    /// Neither text nor id.
    #[error("`query` is missing")]
    Missing,
    /// Nobody listed or registered that id.
    #[error("PersistedQueryNotFound")]
    NotFound,
    /// Registering is switched off.
    #[error("PersistedQueryNotSupported")]
    NotSupported,
    /// A text that is not trusted, or any text where ids are wanted.
    #[error("PersistedQueryRequired: this document is not one of those that may be sent")]
    Required,
    /// The id is another document's, or the two ids differ.
    #[error("PersistedQueryIdMismatch: the id is not that of the document")]
    Mismatch,
}

/// All documents that are known.
#[derive(Debug)]
pub struct Documents {
    policy: Policy,
    sources: Vec<PathBuf>,
    trusted: RwLock<Arc<TrustedDocuments>>,
    /// What the files looked like when they were read last, good or not.
    seen: Mutex<Fingerprint>,
    automatic: Option<AutomaticDocuments>,
    /// Unknown texts that were noticed before.
    noticed: Cache<Arc<str>, ()>,
}

/// The default of the setting `documents.sources`.
pub const DEFAULT_SOURCE: &str = "persisted-queries";

/// Memory for unknown texts that were noticed, in bytes.
const NOTICED_BYTES: u64 = 4 * 1024 * 1024;

impl Documents {
    /// Reads the trusted documents.
    ///
    /// # Errors
    /// The first file that is no good.
    pub fn new(
        policy: Policy,
        sources: Vec<PathBuf>,
        automatic: Option<AutomaticDocuments>,
        operations: &Operations,
    ) -> Result<Self, SourceError> {
        // Looked at first: what changes while they are read is seen the next time.
        let seen = Mutex::new(fingerprint(&sources));
        let trusted = RwLock::new(Arc::new(read(policy, &sources, operations)?));
        let weigh = |text: &Arc<str>, (): &()| u32::try_from(text.len()).unwrap_or(u32::MAX);
        let noticed = Cache::builder().max_capacity(NOTICED_BYTES).weigher(weigh).build();
        Ok(Self { policy, sources, trusted, seen, automatic, noticed })
    }

    /// What clients may send.
    pub fn policy(&self) -> Policy {
        self.policy
    }

    /// The trusted documents as they are now.
    pub fn trusted(&self) -> Arc<TrustedDocuments> {
        Arc::clone(&self.trusted.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Reads the trusted documents anew if a file has changed, and takes them all, or, if one is no good, none.
    ///
    /// # Errors
    /// The first file that is no good; the documents are those from before.
    pub fn reload_if_changed(&self, operations: &Operations) -> Result<Option<Arc<TrustedDocuments>>, SourceError> {
        let now = fingerprint(&self.sources);
        let seen = std::mem::replace(&mut *self.seen.lock().unwrap_or_else(PoisonError::into_inner), now.clone());
        if seen == now { Ok(None) } else { self.reload(operations).map(Some) }
    }

    /// Reads the trusted documents anew, changed or not.
    ///
    /// # Errors
    /// The first file that is no good; the documents are those from before.
    fn reload(&self, operations: &Operations) -> Result<Arc<TrustedDocuments>, SourceError> {
        let read = Arc::new(read(self.policy, &self.sources, operations)?);
        *self.trusted.write().unwrap_or_else(PoisonError::into_inner) = Arc::clone(&read);
        Ok(read)
    }

    /// The document that is meant.
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

    /// Whether this is the first time that an unknown text is noticed.
    pub fn is_new(&self, text: &Arc<str>) -> bool {
        self.noticed.entry(Arc::clone(text)).or_insert(()).is_fresh()
    }

    /// Keeps a text that was found good under the hash that its client gave.
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

/// All documents of these files; where nothing else is answered, there has to be one.
fn read(policy: Policy, sources: &[PathBuf], operations: &Operations) -> Result<TrustedDocuments, SourceError> {
    // The default folder may be missing, unless nothing but its documents is executed.
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
