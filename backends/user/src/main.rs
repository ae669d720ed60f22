//! The user service's program: served until SIGTERM, or a command of the operator.
//! In: arguments and environment. Out: an exit code.

use std::process::ExitCode;

use chassis::program;
use clap::{Parser, Subcommand};
use contract::Clock;
use user_service::UserSettings;

/// Users, accounts, sessions and follows.
#[derive(Parser)]
#[command(name = "user-service", version)]
struct Arguments {
    #[command(flatten)]
    settings: UserSettings,

    #[command(subcommand)]
    verb: Option<Verb>,
}

#[derive(Subcommand)]
enum Verb {
    /// Create the next key that signs tokens; it is published at once and signs 11 minutes later
    RotateKey,
    #[command(flatten)]
    OfEveryService(program::Verb),
}

fn main() -> ExitCode {
    program::run(|Arguments { settings, verb }: Arguments| async move {
        let verb = match verb {
            None => None,
            Some(Verb::OfEveryService(verb)) => Some(verb),
            Some(Verb::RotateKey) => {
                let signs_from = user_service::rotate_key(&settings.service, Clock::system()).await?;
                tracing::info!(%signs_from, "the next key is published");
                return Ok(());
            }
        };
        let service = user_service::service(&settings, Clock::system()).await?;
        program::start(service, &settings.service, verb).await
    })
}
