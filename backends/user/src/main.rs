//! The user service's program: arguments in, served until SIGTERM; or the signing keys rotated. In: arguments and
//! environment. Out: an exit code.

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
}

fn main() -> ExitCode {
    program::run(|arguments: Arguments| async move {
        match arguments.verb {
            None => {
                let service = user_service::service(&arguments.settings, Clock::system()).await?;
                program::serve(service, &arguments.settings.service).await
            }
            Some(Verb::RotateKey) => {
                let signs_from = user_service::rotate_key(&arguments.settings.service, Clock::system()).await?;
                tracing::info!(%signs_from, "the next key is published");
                Ok(())
            }
        }
    })
}
