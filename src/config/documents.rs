//! Which documents are answered: where the trusted ones are, and what is done with others. Settings, defaults and their check.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::{ConfigError, check::expect};
use crate::operations::documents::{DEFAULT_SOURCE, Policy};

/// Which documents are answered.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Documents {
    /// What clients may send in place of a trusted document's id.
    pub policy: Policy,
    /// Files and folders of trusted documents: a folder for each client, with `.graphql` files and manifests. The default
    /// folder may be missing where `policy` takes unknown documents.
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
            sources: vec![DEFAULT_SOURCE.into()],
            automatic: None,
            automatic_bytes: 16 * 1024 * 1024,
            reload_seconds: 2,
        }
    }
}

impl Documents {
    /// Whether they hold together.
    ///
    /// # Errors
    /// The first setting that does not, and how to mend it.
    pub(super) fn check(&self) -> Result<(), ConfigError> {
        expect(
            self.policy.takes_unknown() || !self.sources.is_empty(),
            "documents.sources",
            "must not be empty while documents.policy takes trusted documents alone: nothing could be answered",
        )?;
        expect(
            self.policy.takes_unknown() || self.automatic != Some(true),
            "documents.automatic",
            "must not be true while documents.policy takes trusted documents alone: nothing can be registered",
        )?;
        expect(self.automatic_bytes > 0, "documents.automatic_bytes", "must be more than 0")
    }
}
