//! The post service's program: arguments in, served until SIGTERM.
//! In: arguments and environment. Out: an exit code.

use std::process::ExitCode;

use chassis::program;
use clap::Parser;
use contract::Clock;
use post_service::PostSettings;

/// Posts with offers, comments, likes.
#[derive(Parser)]
#[command(name = "post-service", version)]
struct Arguments {
    #[command(flatten)]
    settings: PostSettings,
}

fn main() -> ExitCode {
    program::run(|Arguments { settings }: Arguments| async move {
        let service = post_service::service(&settings, Clock::system()).await?;
        program::serve(service, &settings.service).await
    })
}
