//! The user service's program: arguments in, served until SIGTERM.

use std::process::ExitCode;

use chassis::{ServiceSettings, program};
use clap::Parser;
use contract::Clock;

/// People, their sessions, and who follows whom.
#[derive(Parser)]
#[command(name = "user-service", version)]
struct Arguments {
    #[command(flatten)]
    service: ServiceSettings,
}

fn main() -> ExitCode {
    program::run(|arguments: Arguments| async move {
        let service = user_service::service(&arguments.service, Clock::system()).await?;
        program::serve(service, &arguments.service).await
    })
}
