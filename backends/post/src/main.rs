//! The post service's program: served until SIGTERM, or a command of the operator.
//! In: arguments and environment. Out: an exit code.

use std::process::ExitCode;

use chassis::program::{self, Verb};
use clap::Parser;
use contract::Clock;
use post_service::PostSettings;

/// Posts with offers, comments, likes.
#[derive(Parser)]
#[command(name = "post-service", version)]
struct Arguments {
    #[command(flatten)]
    settings: PostSettings,

    #[command(subcommand)]
    verb: Option<Verb>,
}

fn main() -> ExitCode {
    program::run(|Arguments { settings, verb }: Arguments| async move {
        let service = post_service::service(&settings, Clock::system()).await?;
        program::start(service, &settings.service, verb).await
    })
}
