//! Automatic persisted queries: texts that clients registered under their hash. In: a hash; or a valid text.
//! Out: the text. Bounded in bytes, apart from trusted documents, which it can neither replace nor push out.
//!
//! In memory; `get` and `register` are async because a store that several instances share is reached over the network.

use std::sync::Arc;

use moka::sync::Cache;

/// The registered texts.
#[derive(Debug)]
pub struct AutomaticDocuments(Cache<Arc<str>, Arc<str>>);

impl AutomaticDocuments {
    /// At most that many bytes of ids and texts. Texts that are seldom requested are evicted first (TinyLFU), so that mass
    /// registration does not evict those in use.
    pub fn new(bytes: u64) -> Self {
        let weigh = |id: &Arc<str>, text: &Arc<str>| u32::try_from(id.len() + text.len()).unwrap_or(u32::MAX);
        Self(Cache::builder().max_capacity(bytes).weigher(weigh).build())
    }

    /// The text of that hash, if it is registered.
    pub async fn get(&self, hash: &str) -> Option<Arc<str>> {
        self.0.get(hash)
    }

    /// Registers a text under its hash.
    pub async fn register(&self, hash: &str, text: Arc<str>) {
        self.0.insert(hash.into(), text);
    }
}
