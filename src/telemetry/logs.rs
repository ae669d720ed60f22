//! The log on standard error: one JSON object per line for machines, or text for people.

use std::io::{self, IsTerminal};

use serde::{Deserialize, Deserializer, Serialize, de::Error};
use tracing_subscriber::{EnvFilter, fmt};

use super::log_thread::{COUNTERS, LogThread};

/// `[log]`
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Log {
    /// `json` or `readable`.
    pub format: LogFormat,
    /// A level, or `target=level` directives separated by commas.
    #[serde(deserialize_with = "directives")]
    pub level: String,
}

/// The format of log lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LogFormat {
    /// One JSON object per line.
    Json,
    /// Text.
    Readable,
}

impl Default for Log {
    fn default() -> Self {
        Self { format: LogFormat::Json, level: "info".into() }
    }
}

/// Directives of a filter.
fn directives<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    let text = String::deserialize(deserializer)?;
    let problem = "must be a level such as `info`, or directives such as `info,tessera=debug`";
    text.parse::<EnvFilter>().map(|_| text).map_err(|_| D::Error::custom(problem))
}

/// Installs the log of this process, which is written until the returned value is dropped. A second call has no effect.
///
/// # Errors
/// The system has no thread left.
pub fn install(settings: &Log) -> io::Result<LogThread> {
    let (thread, writer) = LogThread::start(io::stderr(), COUNTERS.clone())?;
    let log = fmt().with_env_filter(EnvFilter::new(&settings.level)).with_writer(writer);
    // The only error is that a log is already installed, as in tests that start several servers.
    let _ = match settings.format {
        LogFormat::Json => log.json().flatten_event(true).with_current_span(false).with_span_list(false).try_init(),
        LogFormat::Readable => log.with_target(false).with_ansi(io::stderr().is_terminal()).try_init(),
    };
    Ok(thread)
}
