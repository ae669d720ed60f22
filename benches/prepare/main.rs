//! What it costs to get an operation ready, before anything of it runs: the first time, known, and by the engine alone.
//! In: `--quick`, or nothing. Out: a table: µs per operation, and the ratios that the aims are about.
//! One thread, no network. The sides take turns in short rounds, so that whatever else the machine does meets all.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a benchmark ends at the first surprise")]

mod engine;
mod measure;
mod report;
mod workload;

use clap::Parser;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Measures what it costs to get an operation ready
#[derive(Parser)]
struct Arguments {
    /// Few rounds: to see that it works, not to judge by
    #[arg(long)]
    quick: bool,
    /// Cargo says so; it changes nothing.
    #[arg(long, hide = true)]
    bench: bool,
}

fn main() {
    let rounds = if Arguments::parse().quick { 5 } else { 201 };
    println!("{}", report::table(&measure::run(rounds)));
}
