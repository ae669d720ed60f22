//! The order service's program: arguments in, served until SIGTERM.
//! In: arguments and environment. Out: an exit code.

use std::process::ExitCode;

use chassis::program;
use clap::Parser;
use contract::Clock;
use order_service::OrderSettings;

/// Orders: placing, steps, purchases and sales.
#[derive(Parser)]
#[command(name = "order-service", version)]
struct Arguments {
    #[command(flatten)]
    settings: OrderSettings,
}

fn main() -> ExitCode {
    program::run(|Arguments { settings }: Arguments| async move {
        let service = order_service::service(&settings, Clock::system()).await?;
        program::serve(service, &settings.service).await
    })
}
