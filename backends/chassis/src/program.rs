//! What a service's `main` does: read the arguments, set up logs, serve until SIGTERM. Whatever is wrong is one sentence
//! on standard error and exit code 1.

use std::{fmt, io::IsTerminal, process::ExitCode};

use clap::Parser;
use sqlx::migrate::MigrateError;
use tokio::{
    net::TcpListener,
    signal::unix::{SignalKind, signal},
};
use tracing_subscriber::{EnvFilter, fmt::format::FmtSpan};

use crate::{ServiceSettings, database::DatabaseUrl, http::Service};

/// Why a service does not start, for the person who started it.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The database cannot be reached or opened.
    #[error("cannot open the database at {url}: {error}")]
    Database {
        /// Which.
        url: DatabaseUrl,
        /// What the driver says.
        error: sqlx::Error,
    },
    /// The schema is not one that this version knows.
    #[error(
        "the database at {url} was made by another version (migration {version} is unknown here or has changed): use \
         that version, or another database"
    )]
    OtherVersion {
        /// Which.
        url: DatabaseUrl,
        /// The migration that differs.
        version: i64,
    },
    /// The schema could not be brought up to date.
    #[error("cannot bring the database at {url} up to date: {error}")]
    Migration {
        /// Which.
        url: DatabaseUrl,
        /// What the driver says.
        error: Box<MigrateError>,
    },
    /// The port is taken, or not ours to take.
    #[error("cannot listen on {address}: {error}")]
    Listen {
        /// Where.
        address: std::net::SocketAddr,
        /// What the system says.
        error: std::io::Error,
    },
    /// The system refuses threads, signals or sockets.
    #[error("the system refuses: {0}")]
    System(#[from] std::io::Error),
    /// The description of the routes cannot be written.
    #[error("cannot describe the routes: {0}")]
    OpenApi(serde_json::Error),
    /// Something of this service only.
    #[error("{0}")]
    Other(String),
}

/// Reads the arguments, sets up logs and TLS, runs `program`, and tells how it ended.
pub fn run<P: Parser, F: Future<Output = Result<(), E>>, E: fmt::Display>(program: impl FnOnce(P) -> F) -> ExitCode {
    let arguments = match P::try_parse() {
        Ok(arguments) => arguments,
        // `--help` and `--version` are messages too, and no failure.
        Err(message) if !message.use_stderr() => {
            let _ = message.print();
            return ExitCode::SUCCESS;
        }
        Err(message) => return fail(&one_sentence(&message.to_string())),
    };
    start_logging();
    install_crypto();
    let outcome = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| format!("the system refuses threads: {error}"))
        .and_then(|runtime| runtime.block_on(program(arguments)).map_err(|error| error.to_string()));
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(sentence) => fail(&format!("error: {sentence}")),
    }
}

fn fail(sentence: &str) -> ExitCode {
    // Nothing is left to do if standard error is closed.
    let _ = std::io::Write::write_fmt(&mut std::io::stderr(), format_args!("{sentence}\n"));
    ExitCode::FAILURE
}

/// What clap says before it comes to the usage, on one line.
fn one_sentence(message: &str) -> String {
    let said = message.split("\n\n").next().unwrap_or_default();
    said.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Serves on the address of the settings until SIGTERM or SIGINT.
pub async fn serve(service: Service, settings: &ServiceSettings) -> Result<(), StartError> {
    let address = settings.listen;
    let listener = TcpListener::bind(address).await.map_err(|error| StartError::Listen { address, error })?;
    let (mut terminate, mut interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    let asked_to_stop = async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    };
    Ok(service.serve(listener, asked_to_stop).await?)
}

/// Makes ring the process's provider of TLS. Once is enough; a provider that is there already stays.
pub fn install_crypto() {
    let _ = rustls::crypto::ring::default_provider().install_default();
}

/// Lines for people on a terminal, JSON elsewhere.
fn start_logging() {
    let lines = tracing_subscriber::fmt()
        .with_env_filter(EnvFilter::new("info,sqlx=warn"))
        .with_span_events(FmtSpan::NONE)
        .with_writer(std::io::stderr)
        // A log that nobody reads any more must not end requests: by default its errors are printed, which panics then.
        .log_internal_errors(false)
        .with_target(false);
    // Fails only if logging is set up already, which is as good.
    let _ = if std::io::stderr().is_terminal() {
        lines.try_init()
    } else {
        lines.json().flatten_event(true).with_current_span(true).with_span_list(false).try_init()
    };
}
