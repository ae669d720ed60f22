//! Reads the configuration: first the file, then the environment. A key that is not a setting is an error.

use std::path::{Path, PathBuf};

use figment::{
    Figment,
    error::Kind,
    providers::{Format, Serialized, Toml},
    value::Value,
};

use super::{Config, Secret, Services};

/// The configuration cannot be read, or is not valid.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("the config file {path} cannot be read: {reason}")]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// The system's error.
        reason: String,
    },
    /// The file is not TOML. The error does not quote it: the line may hold the API key.
    #[error("the config file {path} is not TOML: line {line}: {problem}")]
    NotToml {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
        /// The parser's error.
        problem: String,
    },
    /// A key is unknown or missing, or its value is not valid.
    #[error("{0}")]
    Invalid(String),
    /// Settings contradict each other.
    #[error("{key}: {problem}")]
    Refused {
        /// The setting to change.
        key: &'static str,
        /// The rule that it breaks.
        problem: &'static str,
    },
}

/// Reads and validates the configuration.
///
/// # Errors
/// The configuration cannot be read, or is not valid.
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

/// The settings in the environment: `TESSERA__SECTION__KEY`. A text setting is the variable's value byte for byte, where
/// figment's own reader would parse numbers and lists and trim quotation marks. Other settings are parsed as TOML values.
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

/// Figment's own syntax error has several lines and quotes the file.
fn check_syntax(path: &Path, text: &str) -> Result<(), ConfigError> {
    let Err(error) = text.parse::<toml::Table>() else { return Ok(()) };
    let before = error.span().and_then(|span| text.get(..span.start)).unwrap_or_default();
    let line = before.matches('\n').count() + 1;
    Err(ConfigError::NotToml { path: path.to_owned(), line, problem: error.message().replace('\n', ", ") })
}

/// One sentence per error, each beginning with the key.
fn explain(error: figment::Error) -> ConfigError {
    let sentence = |error: figment::Error| {
        let problem = match &error.kind {
            // The value is not repeated: it may be the API key.
            Kind::InvalidType(_, expected) | Kind::InvalidValue(_, expected) => match expected.as_str() {
                "a string" => "must be text in quotation marks".into(),
                "u64" | "usize" => "must be a whole number, not negative".into(),
                "a sequence" => "must be a list".into(),
                expected if expected.starts_with("struct ") || expected == "map" => {
                    "must be a section of settings".into()
                }
                expected => format!("must be {expected}"),
            },
            Kind::MissingField(field) => {
                format!(
                    "`{field}` is missing: set it in a file (`--config FILE`) or as `TESSERA__…` (docs/configuration.md)"
                )
            }
            Kind::UnknownField(field, names) => format!("`{field}` is unknown: there are {}", names.join(", ")),
            Kind::UnknownVariant(_, names) => format!("must be one of {}", names.join(", ")),
            kind => kind.to_string(),
        };
        let key = error.path.join(".");
        if key.is_empty() { problem } else { format!("{key}: {problem}") }
    };
    ConfigError::Invalid(error.into_iter().map(sentence).collect::<Vec<_>>().join("; "))
}
