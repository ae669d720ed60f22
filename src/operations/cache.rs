//! Documents that were judged before, with the flattened forms made of them.
//!
//! In: the full text of a document. Out: its verdict, made at most once while it is kept. Bounded in bytes; keys
//! are compared in full, so no two documents are ever taken for each other. Rejected documents are kept as well:
//! a client that repeats one must not cost more than one that sends good ones.

use std::sync::Arc;

use moka::ops::compute::Op;
use moka::sync::Cache;

use super::flattening::Variant;
use super::prepared::PreparedOperation;
use super::rejection::Rejection;
use super::validation::ValidDocument;

/// Flattened forms kept for one document; the oldest goes first.
const VARIANTS: usize = 64;

/// A document or one of its forms, or why it may not run.
pub(crate) type Outcome<T> = Result<Arc<T>, Rejection>;

/// What is known of one text.
#[derive(Debug, Clone)]
pub(crate) struct Entry {
    /// The judged document, or why it was rejected.
    pub(crate) verdict: Outcome<ValidDocument>,
    variants: Arc<[(Variant, Outcome<PreparedOperation>)]>,
}

impl Entry {
    /// The flattened form of this key, if it was made before.
    pub(crate) fn variant(&self, key: &Variant) -> Option<&Outcome<PreparedOperation>> {
        let found = self.variants.iter().find(|(variant, _)| variant == key);
        found.map(|(_, outcome)| outcome)
    }

    fn with(&self, variant: Variant, outcome: Outcome<PreparedOperation>) -> Self {
        let surplus = (self.variants.len() + 1).saturating_sub(VARIANTS);
        let kept = self.variants.iter().skip(surplus).filter(|(known, _)| *known != variant);
        let variants = kept.cloned().chain([(variant.clone(), outcome)]).collect();
        Self { verdict: self.verdict.clone(), variants }
    }

    fn bytes(&self) -> usize {
        let document = self.verdict.as_ref().map_or_else(Rejection::bytes, |judged| judged.bytes());
        let variants = self.variants.iter().map(|(variant, outcome)| {
            let form = outcome.as_ref().map_or_else(Rejection::bytes, |form| form.bytes());
            size_of::<(Variant, Outcome<PreparedOperation>)>() + variant.variables.len() + form
        });
        size_of::<Self>() + document + variants.sum::<usize>()
    }
}

/// The cache of documents, bounded in bytes.
#[derive(Debug)]
pub(crate) struct DocumentCache(Cache<Arc<str>, Arc<Entry>>);

impl DocumentCache {
    /// A cache of at most that many bytes.
    pub(crate) fn new(bytes: u64) -> Self {
        let weigh = |text: &Arc<str>, entry: &Arc<Entry>| u32::try_from(text.len() + entry.bytes()).unwrap_or(u32::MAX);
        Self(Cache::builder().max_capacity(bytes).weigher(weigh).build())
    }

    /// The entry of a text; `judge` runs if there is none, once however many requests wait for it.
    pub(crate) fn entry(&self, text: &str, judge: impl FnOnce() -> Outcome<ValidDocument>) -> Arc<Entry> {
        match self.0.get(text) {
            Some(entry) => entry,
            None => self.0.get_with(text.into(), || {
                let verdict = judge();
                let variants = Arc::default();
                Arc::new(Entry { verdict, variants })
            }),
        }
    }

    /// Keeps a flattened form with its document, unless the document was dropped meanwhile.
    pub(crate) fn keep(&self, text: &Arc<str>, variant: Variant, outcome: Outcome<PreparedOperation>) {
        self.0.entry(Arc::clone(text)).and_compute_with(|known| match known {
            Some(entry) => Op::Put(Arc::new(entry.value().with(variant, outcome))),
            None => Op::Nop,
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operations::rejection::RejectionCode;

    fn rejected() -> Outcome<ValidDocument> {
        Err(Rejection::new(RejectionCode::ParseFailed, "not a document"))
    }

    #[test]
    fn a_text_is_judged_once_while_it_is_kept() {
        let cache = DocumentCache::new(1_000_000);
        let first = cache.entry("a", rejected);
        let again = cache.entry("a", || panic!("judged twice"));
        assert!(Arc::ptr_eq(&first, &again));
        assert!(!Arc::ptr_eq(&first, &cache.entry("b", rejected)));
    }

    #[test]
    fn the_bytes_of_all_texts_stay_within_the_bound() {
        let cache = DocumentCache::new(100_000);
        for number in 0..1_000 {
            cache.entry(&format!("{number:01000}"), rejected);
        }
        cache.0.run_pending_tasks();
        assert!((1..=100_000).contains(&cache.0.weighted_size()), "{}", cache.0.weighted_size());
    }

    #[test]
    fn forms_of_one_document_are_kept_up_to_a_number() {
        let cache = DocumentCache::new(10_000_000);
        let text: Arc<str> = "a".into();
        cache.entry(&text, rejected);
        let form = |operation| Variant { operation, variables: Box::default() };
        for operation in 0..VARIANTS + 1 {
            let outcome = Err(Rejection::new(RejectionCode::TooManyFields, "too many"));
            cache.keep(&text, form(operation), outcome);
        }
        let entry = cache.entry(&text, rejected);
        assert!(entry.variant(&form(0)).is_none());
        assert!(entry.variant(&form(1)).is_some() && entry.variant(&form(VARIANTS)).is_some());
    }
}
