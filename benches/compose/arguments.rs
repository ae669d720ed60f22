//! The command line: what to measure and how long, or which part to play as a child of the measuring process.

use std::time::Duration;

use clap::{Args, Parser, Subcommand, ValueEnum};

/// Measures the BFF against a hand-written handler, or against an older BFF
#[derive(Parser)]
pub struct Arguments {
    /// Few and short rounds: to see that it works, not to judge by
    #[arg(long)]
    pub quick: bool,
    /// Only the scenario of that name
    #[arg(long)]
    pub only: Option<String>,
    /// Measures the BFF against the BFF of this commit, built aside, in place of the hand-written handler
    #[arg(long, value_name = "COMMIT")]
    pub against: Option<String>,
    /// What the BFF is measured beside
    #[arg(long, value_enum, default_value = "reqwest", conflicts_with = "against")]
    pub beside: Beside,
    /// Cargo says so; it changes nothing.
    #[arg(long, hide = true, global = true)]
    pub bench: bool,
    #[command(subcommand)]
    pub role: Option<Role>,
}

/// Another measurement, or a part to play for the measuring process.
#[derive(Subcommand)]
pub enum Role {
    /// Measures what the same queries cost the services over little and over much data
    Growth,
    /// The stub services.
    #[command(hide = true)]
    Stubs,
    /// The handler written by hand.
    #[command(hide = true)]
    Handwritten(ServiceUrls),
}

/// The other side of the comparison.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Beside {
    /// The handler on reqwest: what somebody would write.
    Reqwest,
    /// The handler on hyper-util's pooled client, which the BFF has, too.
    Hyper,
    /// Mercurius with its JIT on Node: what somebody would take instead.
    Mercurius,
}

impl Beside {
    /// As it is written on the command line.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Reqwest => "reqwest",
            Self::Hyper => "hyper",
            Self::Mercurius => "mercurius",
        }
    }
}

/// Addresses of the stub services that the hand-written handler calls.
#[derive(Args, Clone)]
pub struct ServiceUrls {
    pub user: String,
    pub post: String,
    pub order: String,
    /// The client that calls them.
    #[arg(value_enum)]
    pub client: Beside,
}

impl Arguments {
    /// How many rounds each side gets in a scenario. Many short ones: a busy machine spoils some, not the median.
    pub fn rounds(&self) -> usize {
        if self.quick { 3 } else { 21 }
    }

    /// How long a round is.
    pub fn round(&self) -> Duration {
        Duration::from_millis(if self.quick { 400 } else { 800 })
    }
}
