//! The trusted documents. In: documents from files. Out: a set of valid documents by id and by text, or the first file that is
//! not valid. A set is immutable: it is replaced as a whole.

use std::{collections::HashMap, path::PathBuf, sync::Arc};

use super::{
    id::{canonical, is_sha256, sha256},
    source::{Found, SourceError},
};
use crate::operations::{Operations, Rejection, SelectedOperation, cache::Entry};

/// One trusted document.
#[derive(Debug)]
pub struct TrustedDocument {
    /// Its canonical id.
    pub id: String,
    /// Its text.
    pub text: Arc<str>,
    /// The client that sends it.
    pub client: String,
    /// The name of its operation; the id where it has none.
    pub name: String,
    /// The file that lists it.
    pub file: PathBuf,
    /// Its verdict and flattened forms.
    entry: Arc<Entry>,
}

impl TrustedDocument {
    /// Its operation; the name, if there is one, must be the operation's.
    ///
    /// # Errors
    /// `OPERATION_RESOLUTION_FAILED`.
    pub fn select(&self, operation_name: Option<&str>) -> Result<SelectedOperation, Rejection> {
        SelectedOperation::new(Arc::clone(&self.entry), operation_name)
    }
}

/// The set of trusted documents.
#[derive(Debug, Default)]
pub struct TrustedDocuments {
    by_id: HashMap<String, Arc<TrustedDocument>>,
    by_text: HashMap<Arc<str>, Arc<TrustedDocument>>,
}

impl TrustedDocuments {
    /// Validates documents.
    pub fn new(found: Vec<Found>, operations: &Operations) -> Result<Self, SourceError> {
        let mut set = Self::default();
        for found in found {
            let file = found.file.clone();
            set.add(found, operations).map_err(|problem| SourceError::new(&file, problem))?;
        }
        Ok(set)
    }

    /// The document of that canonical id.
    pub fn by_id(&self, id: &str) -> Option<&Arc<TrustedDocument>> {
        self.by_id.get(id)
    }

    /// The document of exactly that text.
    pub fn by_text(&self, text: &str) -> Option<&Arc<TrustedDocument>> {
        self.by_text.get(text)
    }

    /// The number of ids.
    pub fn ids(&self) -> usize {
        self.by_id.len()
    }

    /// Each document once, by client and name.
    #[cfg(test)]
    pub(super) fn iter(&self) -> impl Iterator<Item = &Arc<TrustedDocument>> {
        let order: std::collections::BTreeSet<_> =
            self.by_id.values().map(|it| (&it.client, &it.name, &it.id)).collect();
        order.into_iter().filter_map(|(_, _, id)| self.by_id.get(id))
    }

    /// Validates and adds a document.
    pub(crate) fn add(&mut self, found: Found, operations: &Operations) -> Result<(), String> {
        let Found { id, text, client, file, .. } = found;
        if id.starts_with("sha256:") && (!is_sha256(&id) || canonical(&id) != sha256(&text)) {
            return Err(format!("the id `{id:.80}` is not the SHA-256 of its document"));
        }
        if id.is_empty() {
            return Err("an id must not be empty".into());
        }
        if let Some(known) = self.by_id(canonical(&id)) {
            let same = *known.text == *text;
            let of = || format!("the id `{id:.80}` is that of another document in {}", known.file.display());
            return if same { Ok(()) } else { Err(of()) };
        }
        let entry = Arc::new(operations.validate(Arc::clone(&text)));
        // Several operations would make its id mean several things.
        let selected = SelectedOperation::new(Arc::clone(&entry), None).map_err(|rejection| rejection.to_string())?;
        let name = selected.name().unwrap_or(&id).to_owned();
        let id = canonical(&id).to_owned();
        let document = Arc::new(TrustedDocument { id: id.clone(), text: Arc::clone(&text), client, name, file, entry });
        self.by_text.entry(text).or_insert_with(|| Arc::clone(&document));
        self.by_id.insert(id, document);
        Ok(())
    }
}
