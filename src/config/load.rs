//! Reads settings: first the file, then the environment, each key of which must be a setting.

use std::path::{Path, PathBuf};

use figment::{
    Figment,
    error::Kind,
    providers::{Format, Serialized, Toml},
    value::Value,
};

use super::{Config, Secret, Services};

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
    /// The file is no TOML. Its text is not repeated: it may hold the key.
    #[error("the config file {path} is not TOML: line {line}: {problem}")]
    NotToml {
        /// Which file.
        path: PathBuf,
        /// Where, from 1.
        line: usize,
        /// What is wrong.
        problem: String,
    },
    /// A key is unknown, missing or of the wrong kind.
    #[error("{0}")]
    Invalid(String),
    /// The settings contradict each other or are out of range.
    #[error("{key} {problem}")]
    Refused {
        /// Which setting.
        key: String,
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
        check_syntax(path, &text)?;
        settings = settings.merge(Toml::string(&text));
    }
    let config: Config = settings.merge(environment()?).extract().map_err(explain)?;
    config.check()?;
    Ok(config)
}

/// The settings in the environment: `TESSERA__SECTION__KEY`. A text setting is its value byte for byte; figment's own reader
/// takes digits for numbers, brackets for lists, and drops quotation marks and white space. Others are read as in TOML.
fn environment() -> Result<Figment, ConfigError> {
    let services = Services::new(Secret::new(""), |_| String::new());
    let known = Figment::from(Serialized::defaults(Config::of(services)));
    let mut settings = Figment::new();
    for (name, value) in std::env::vars_os() {
        let Some(key) = name.to_str().and_then(|name| name.strip_prefix(PREFIX)) else { continue };
        let key = key.to_lowercase().replace("__", ".");
        let Some(value) = value.to_str() else {
            return Err(ConfigError::Invalid(format!("{key}: must be UTF-8")));
        };
        let value = match known.find_value(&key) {
            Ok(Value::String(..)) => Value::from(value),
            _ => value.parse::<Value>().unwrap_or_else(|never| match never {}),
        };
        settings = settings.merge(Serialized::default(&key, value));
    }
    Ok(settings)
}

const PREFIX: &str = "TESSERA__";

/// Figment's own error on broken TOML has several lines and quotes the file.
fn check_syntax(path: &Path, text: &str) -> Result<(), ConfigError> {
    let Err(error) = text.parse::<toml::Table>() else { return Ok(()) };
    let before = error.span().and_then(|span| text.get(..span.start)).unwrap_or_default();
    let line = before.matches('\n').count() + 1;
    Err(ConfigError::NotToml { path: path.to_owned(), line, problem: error.message().replace('\n', ", ") })
}

/// Figment's errors name the key apart from the problem: one sentence for each, the first one first.
fn explain(error: figment::Error) -> ConfigError {
    let sentence = |error: figment::Error| {
        let problem = match &error.kind {
            // The value that was found is not repeated: it may be the key.
            Kind::InvalidType(_, expected) if expected == "a string" => "must be text in quotation marks".into(),
            Kind::InvalidType(_, expected) | Kind::InvalidValue(_, expected) => format!("must be {expected}"),
            Kind::MissingField(field) => {
                format!(
                    "`{field}` is missing: give it in a file (`--config FILE`) or as `TESSERA__…`, as the README shows"
                )
            }
            kind => kind.to_string(),
        };
        let key = error.path.join(".");
        if key.is_empty() { problem } else { format!("{key}: {problem}") }
    };
    ConfigError::Invalid(error.into_iter().map(sentence).collect::<Vec<_>>().join("; "))
}
