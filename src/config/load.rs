//! Reads settings: first the file, then the environment, each key of which must be a setting.

use std::path::{Path, PathBuf};

use figment::{
    Figment,
    providers::{Env, Format, Toml},
};

use super::Config;

/// Why there is no configuration.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("the config file {path} cannot be read: {reason}")]
    Unreadable {
        /// Which file.
        path: PathBuf,
        /// Why.
        reason: String,
    },
    /// A key is unknown, missing or of the wrong kind.
    #[error("{0}")]
    Invalid(String),
    /// The settings contradict each other or are out of range.
    #[error("{key} {problem}")]
    Refused {
        /// Which setting.
        key: &'static str,
        /// What is wrong, and how to mend it.
        problem: String,
    },
}

/// The settings of that file and the environment, checked.
pub fn load(path: Option<&Path>) -> Result<Config, ConfigError> {
    let mut settings = Figment::new();
    if let Some(path) = path {
        let text = std::fs::read_to_string(path)
            .map_err(|error| ConfigError::Unreadable { path: path.to_owned(), reason: error.to_string() })?;
        settings = settings.merge(Toml::string(&text));
    }
    let config: Config = settings.merge(Env::prefixed("TESSERA__").split("__")).extract().map_err(explain)?;
    config.check()?;
    Ok(config)
}

/// Figment's errors name the key apart from the problem: one sentence for each, the first one first.
fn explain(error: figment::Error) -> ConfigError {
    let sentence = |error: figment::Error| {
        let key = error.path.join(".");
        if key.is_empty() { error.kind.to_string() } else { format!("{key}: {}", error.kind) }
    };
    ConfigError::Invalid(error.into_iter().map(sentence).collect::<Vec<_>>().join("; "))
}
