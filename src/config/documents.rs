//! `[documents]`: the sources of trusted documents, and the policy on all others.

use std::{path::PathBuf, time::Duration};

use serde::{Deserialize, Serialize};

use crate::{
    operations::documents::{DEFAULT_SOURCE, Policy},
    settings::{Between, Seconds, UNBOUNDED},
};

/// `[documents]`
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Documents {
    /// Which documents clients may send.
    pub policy: Policy,
    /// Files and folders of trusted documents: one folder per client, with `.graphql` files and manifests. The default
    /// folder may be missing if `policy` allows unknown documents.
    pub sources: Vec<PathBuf>,
    /// Whether clients may register documents under their hash (Apollo's automatic persisted queries). By default, they may
    /// if `policy` allows unknown documents.
    pub automatic: Option<bool>,
    /// Bytes of memory for registered documents.
    #[serde(with = "Between::<1, UNBOUNDED>")]
    pub automatic_bytes: u64,
    /// Interval between checks of the files for changes; 0 disables reloading.
    #[serde(rename = "reload_seconds", with = "Seconds::<0, UNBOUNDED>")]
    pub reload: Duration,
}

impl Default for Documents {
    fn default() -> Self {
        Self {
            policy: Policy::TrustedOnly,
            sources: vec![DEFAULT_SOURCE.into()],
            automatic: None,
            automatic_bytes: 16 * 1024 * 1024,
            reload: Duration::from_secs(2),
        }
    }
}
