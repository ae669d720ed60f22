//! Which documents are answered: where the trusted ones are, and what is done with others.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::operations::documents::Policy;

/// Which documents are answered.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Documents {
    /// What clients may send in place of a trusted document's id.
    pub policy: Policy,
    /// Files and folders of trusted documents: a folder a client, with `.graphql` files and manifests.
    pub sources: Vec<PathBuf>,
    /// Whether clients may register documents under their hash (Apollo's automatic persisted queries); by default wherever the
    /// policy takes unknown documents.
    pub automatic: Option<bool>,
    /// Memory for registered documents, in bytes.
    pub automatic_bytes: u64,
    /// How often the files are looked at, in seconds; 0 for never again.
    pub reload_seconds: u64,
}

impl Default for Documents {
    fn default() -> Self {
        Self {
            policy: Policy::TrustedOnly,
            sources: vec!["persisted-queries".into()],
            automatic: None,
            automatic_bytes: 16 * 1024 * 1024,
            reload_seconds: 2,
        }
    }
}
