//! The `main` of the services: parse the arguments, set up logs, then serve until SIGTERM or run a command of the operator.
//! An error is one sentence on standard error and exit code 1.

use std::{fmt, io::IsTerminal, process::ExitCode};

use clap::{Parser, Subcommand};
use sqlx::migrate::MigrateError;
use tokio::{
    net::TcpListener,
    signal::unix::{SignalKind, signal},
};
use tracing_subscriber::{EnvFilter, fmt::format::FmtSpan};

use crate::{ServiceSettings, database::DatabaseUrl, events, http::Service};

/// The commands that every service has for its operator.
#[derive(Clone, Copy, Debug, Subcommand)]
pub enum Verb {
    /// Manage the events of the service
    #[command(subcommand)]
    Events(EventsVerb),
}

/// The commands of `events`.
#[derive(Clone, Copy, Debug, Subcommand)]
pub enum EventsVerb {
    /// Invalidate all positions of consumers in the feed, after a backup of the database was restored
    ///
    /// The events that were written after the backup are lost, and their numbers will be given to other events. With a new
    /// epoch, each consumer gets an error for its old position and reads the current state again. Running instances of the
    /// service switch to the new epoch within a second.
    NewEpoch,
}

/// The reason why a service does not start, for its operator.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The database cannot be reached or opened.
    #[error("cannot open the database at {url}: {error}")]
    Database {
        /// The database.
        url: DatabaseUrl,
        /// The driver's error.
        error: sqlx::Error,
    },
    /// The schema is of another version.
    #[error(
        "the database at {url} was made by another version (migration {version} is unknown here or has changed): use \
         that version, or another database"
    )]
    OtherVersion {
        /// The database.
        url: DatabaseUrl,
        /// The migration that differs.
        version: i64,
    },
    /// A migration failed.
    #[error("cannot bring the database at {url} up to date: {error}")]
    Migration {
        /// The database.
        url: DatabaseUrl,
        /// The driver's error.
        error: Box<MigrateError>,
    },
    /// The port is in use, or needs a permission.
    #[error("cannot listen on {address}: {error}")]
    Listen {
        /// The address.
        address: std::net::SocketAddr,
        /// The system's error.
        error: std::io::Error,
    },
    /// The system denies threads, signals or sockets.
    #[error("the system refuses: {0}")]
    System(#[from] std::io::Error),
    /// The API description cannot be serialized.
    #[error("cannot describe the routes: {0}")]
    OpenApi(serde_json::Error),
    /// An error of one service.
    #[error("{0}")]
    Other(String),
}

/// Reads the arguments, sets up logs and TLS, runs `program`; returns the exit code.
pub fn run<P: Parser, F: Future<Output = Result<(), E>>, E: fmt::Display>(program: impl FnOnce(P) -> F) -> ExitCode {
    let arguments = match P::try_parse() {
        Ok(arguments) => arguments,
        // `--help` and `--version` are not failures.
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

/// clap's message without the usage, on one line.
fn one_sentence(message: &str) -> String {
    let sentence = message.split("\n\n").next().unwrap_or_default();
    sentence.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Runs the operator's command; without one, serves until SIGTERM or SIGINT.
pub async fn start(service: Service, settings: &ServiceSettings, verb: Option<Verb>) -> Result<(), StartError> {
    match verb {
        None => serve(service, settings).await,
        Some(Verb::Events(EventsVerb::NewEpoch)) => {
            let epoch = events::begin_epoch(service.database()).await?;
            tracing::info!(%epoch, "a new epoch of the events has begun: positions of before are unknown");
            service.database().close().await;
            Ok(())
        }
    }
}

/// Serves on the address of the settings until SIGTERM or SIGINT.
async fn serve(service: Service, settings: &ServiceSettings) -> Result<(), StartError> {
    let address = settings.listen;
    let listener = TcpListener::bind(address).await.map_err(|error| StartError::Listen { address, error })?;
    let (mut terminate, mut interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    let shutdown = async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    };
    Ok(service.serve(listener, shutdown).await?)
}

/// Installs ring as the process's TLS provider, unless there is one.
pub fn install_crypto() {
    let _ = rustls::crypto::ring::default_provider().install_default();
}

/// Text lines on a terminal, else JSON.
fn start_logging() {
    let lines = tracing_subscriber::fmt()
        .with_env_filter(EnvFilter::new("info,sqlx=warn"))
        .with_span_events(FmtSpan::NONE)
        .with_writer(std::io::stderr)
        // If standard error is closed, logging must not panic: by default its errors are printed to standard error.
        .log_internal_errors(false)
        .with_target(false);
    // Fails only if a logger is installed already.
    let _ = if std::io::stderr().is_terminal() {
        lines.try_init()
    } else {
        lines.json().flatten_event(true).with_current_span(true).with_span_list(false).try_init()
    };
}
