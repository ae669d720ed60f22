//! Apollo's persisted query manifest. In: documents from files. Out: its text, with each document once, in the form that
//! clients send, by name; the ids are those of the trusted documents when the same files are loaded.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

use serde::Serialize;

use crate::operations::{
    Operations,
    documents::{APOLLO_FORMAT, SourceError, source::Found},
};

#[derive(Serialize)]
struct Manifest<'a> {
    format: &'static str,
    version: u32,
    operations: Vec<&'a Operation>,
}

#[derive(Serialize)]
struct Operation {
    id: String,
    name: String,
    #[serde(rename = "type")]
    kind: &'static str,
    body: String,
    #[serde(skip)]
    file: std::path::PathBuf,
}

/// Why no manifest can be written.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// A document is not valid or has no unique name.
    #[error(transparent)]
    Document(#[from] SourceError),
    /// The client has no documents.
    #[error("no client is called `{0}`: there are {1}")]
    NoClient(String, String),
    /// It cannot be written as JSON.
    #[error("the manifest cannot be written: {0}")]
    Json(#[from] serde_json::Error),
}

/// Apollo's persisted query manifest of these documents, or of one client's.
///
/// # Errors
/// A document is not valid or has no name, or two have the same: Apollo Client finds its ids by the names.
pub fn export(found: Vec<Found>, client: Option<&str>, operations: &Operations) -> Result<String, ExportError> {
    let clients: BTreeSet<_> = found.iter().map(|found| found.client.clone()).collect();
    if let Some(unknown) = client.filter(|client| !clients.contains(*client)) {
        return Err(ExportError::NoClient(unknown.to_owned(), clients.into_iter().collect::<Vec<_>>().join(", ")));
    }
    let mut by_name: BTreeMap<String, Operation> = BTreeMap::new();
    for found in found {
        let wrong = |problem: String| SourceError::new(&found.file, problem);
        let selected =
            operations.select(Arc::clone(&found.text), None).map_err(|rejection| wrong(rejection.to_string()))?;
        // A file's own text is only validated: the form that clients send came before it.
        let is_sent = found.with_typename || found.is_of_manifest();
        if !is_sent || client.is_some_and(|client| client != found.client) {
            continue;
        }
        let name = selected.name().ok_or_else(|| wrong("the operation has no name".into()))?.to_owned();
        if let Some(known) = by_name.get(&name).filter(|known| known.id != found.id) {
            return Err(wrong(same_name(&name, &known.file, client)).into());
        }
        let kind = selected.kind().as_str();
        by_name.insert(
            name.clone(),
            Operation { id: found.id, name, kind, body: found.text.to_string(), file: found.file },
        );
    }
    let manifest = Manifest { format: APOLLO_FORMAT, version: 1, operations: by_name.values().collect() };
    Ok(serde_json::to_string_pretty(&manifest)? + "\n")
}

fn same_name(name: &str, file: &Path, client: Option<&str>) -> String {
    let mend = if client.is_none() { ": write a manifest for each client, with --client" } else { "" };
    format!("another operation in {} is named `{name}` too{mend}", file.display())
}
