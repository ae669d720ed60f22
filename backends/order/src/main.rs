//! The order service's program: served until SIGTERM, or a command of the operator.
//! In: arguments and environment. Out: an exit code.

use std::process::ExitCode;

use chassis::program::{self, Verb};
use clap::Parser;
use contract::Clock;
use order_service::OrderSettings;

/// Orders: placing, steps, purchases and sales.
#[derive(Parser)]
#[command(name = "order-service", version)]
struct Arguments {
    #[command(flatten)]
    settings: OrderSettings,

    #[command(subcommand)]
    verb: Option<Verb>,
}

fn main() -> ExitCode {
    program::run(|Arguments { settings, verb }: Arguments| async move {
        let service = order_service::service(&settings, Clock::system()).await?;
        program::start(service, &settings.service, verb).await
    })
}
