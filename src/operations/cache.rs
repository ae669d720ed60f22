//! Validated documents, with the flattened forms made of them.
//!
//! In: the text of a document. Out: its entry, made at most once while it is cached. Bounded in bytes; keys are compared
//! in full, so no two documents are ever confused. Rejected documents are cached as well: a client that repeats one must
//! not cost more than one that sends valid ones. Trusted documents own their entries and need no cache.

use std::sync::Arc;

use moka::ops::compute::Op;
use moka::sync::Cache;
use parking_lot::RwLock;

use super::flattening::Variant;
use super::prepared::PreparedOperation;
use super::rejection::Rejection;
use super::validation::ValidDocument;

/// Flattened forms of one document; the oldest is evicted first.
const FORMS: usize = 64;
/// Bytes of the flattened forms of one document, unless the newest alone has more.
const FORMS_BYTES: usize = 1024 * 1024;

/// A document or one of its forms, or why it is rejected.
pub(crate) type Outcome<T> = Result<Arc<T>, Rejection>;

/// One text, its verdict and its flattened forms.
#[derive(Debug)]
pub(crate) struct Entry {
    text: Arc<str>,
    /// The valid document, or why it is rejected.
    pub(crate) verdict: Outcome<ValidDocument>,
    forms: RwLock<Vec<Form>>,
}

#[derive(Debug)]
struct Form {
    variant: Variant,
    outcome: Outcome<PreparedOperation>,
}

impl Form {
    fn bytes(&self) -> usize {
        let outcome = self.outcome.as_ref().map_or_else(Rejection::bytes, |form| form.bytes());
        size_of::<Self>() + self.variant.variables.len() + outcome
    }
}

impl Entry {
    /// Validates a text.
    pub(crate) fn new(text: Arc<str>, validate: impl FnOnce(&Arc<str>) -> Outcome<ValidDocument>) -> Self {
        Self { verdict: validate(&text), text, forms: RwLock::default() }
    }

    /// The flattened form of this variant, if it is cached.
    pub(crate) fn form(&self, variant: &Variant) -> Option<Outcome<PreparedOperation>> {
        self.forms.read().iter().find(|form| form.variant == *variant).map(|form| form.outcome.clone())
    }

    /// Adds a flattened form, and evicts the oldest beyond the bounds.
    pub(crate) fn add(&self, variant: Variant, outcome: Outcome<PreparedOperation>) {
        let mut forms = self.forms.write();
        forms.retain(|form| form.variant != variant);
        forms.push(Form { variant, outcome });
        let mut bytes = 0;
        let within = |form: &&Form| {
            bytes += form.bytes();
            bytes <= FORMS_BYTES
        };
        let newest = forms.iter().rev().take(FORMS).take_while(within).count().max(1);
        let surplus = forms.len() - newest;
        forms.drain(..surplus);
    }

    fn bytes(&self) -> usize {
        let document = self.verdict.as_ref().map_or_else(Rejection::bytes, |document| document.bytes());
        size_of::<Self>() + self.text.len() + document + self.forms.read().iter().map(Form::bytes).sum::<usize>()
    }
}

/// The cache of documents, bounded in bytes.
#[derive(Debug)]
pub(crate) struct DocumentCache(Cache<Arc<str>, Arc<Entry>>);

impl DocumentCache {
    /// A cache of at most that many bytes.
    pub(crate) fn new(bytes: u64) -> Self {
        let weigh = |_: &Arc<str>, entry: &Arc<Entry>| u32::try_from(entry.bytes()).unwrap_or(u32::MAX);
        Self(Cache::builder().max_capacity(bytes).weigher(weigh).build())
    }

    /// The entry of a text; `validate` runs if there is none, once however many requests wait for it.
    pub(crate) fn entry(
        &self,
        text: Arc<str>,
        validate: impl FnOnce(&Arc<str>) -> Outcome<ValidDocument>,
    ) -> Arc<Entry> {
        match self.0.get(&text) {
            Some(entry) => entry,
            None => self.0.get_with(Arc::clone(&text), || Arc::new(Entry::new(text, validate))),
        }
    }

    /// Weighs an entry again after a form was added, if it is cached.
    pub(crate) fn reweigh(&self, entry: &Arc<Entry>) {
        self.0.entry(Arc::clone(&entry.text)).and_compute_with(|known| match known {
            Some(known) if Arc::ptr_eq(known.value(), entry) => Op::Put(Arc::clone(entry)),
            _ => Op::Nop,
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operations::flattening::VariableState;
    use crate::operations::rejection::RejectionCode;

    fn rejected(_: &Arc<str>) -> Outcome<ValidDocument> {
        Err(Rejection::new(RejectionCode::ParseFailed, "not a document"))
    }

    #[test]
    fn a_text_is_validated_once_while_it_is_cached() {
        let cache = DocumentCache::new(1_000_000);
        let first = cache.entry("a".into(), rejected);
        let again = cache.entry("a".into(), |_| panic!("validated twice"));
        assert!(Arc::ptr_eq(&first, &again));
        assert!(!Arc::ptr_eq(&first, &cache.entry("b".into(), rejected)));
    }

    #[test]
    fn the_bytes_of_all_texts_and_forms_stay_within_the_bound() {
        let cache = DocumentCache::new(100_000);
        for number in 0..1_000 {
            let entry = cache.entry(format!("{number:01000}").into(), rejected);
            entry.add(form(0), too_many_fields());
            cache.reweigh(&entry);
        }
        cache.0.run_pending_tasks();
        assert!((1..=100_000).contains(&cache.0.weighted_size()), "{}", cache.0.weighted_size());
    }

    fn form(operation: usize) -> Variant {
        Variant { operation, variables: Box::default() }
    }

    fn too_many_fields() -> Outcome<PreparedOperation> {
        Err(Rejection::new(RejectionCode::TooManyFields, "too many"))
    }

    #[test]
    fn forms_of_one_document_are_cached_up_to_a_number() {
        let entry = Entry::new("a".into(), rejected);
        (0..=FORMS).for_each(|operation| entry.add(form(operation), too_many_fields()));
        assert!(entry.form(&form(0)).is_none());
        assert!(entry.form(&form(1)).is_some() && entry.form(&form(FORMS)).is_some());
    }

    #[test]
    fn forms_of_one_document_are_cached_up_to_a_number_of_bytes() {
        let entry = Entry::new("a".into(), rejected);
        let large = |operation| Variant { operation, variables: vec![VariableState::Null; FORMS_BYTES / 2].into() };
        (0..3).for_each(|operation| entry.add(large(operation), too_many_fields()));
        assert!(entry.form(&large(1)).is_none() && entry.form(&large(2)).is_some());
    }
}
