//! The command line: how much to measure, or which part to play as a child of the measuring process.

use clap::{Parser, Subcommand};

/// Measures live updates with thousands of subscribers, beside a Node server on graphql-ws
#[derive(Parser)]
pub struct Arguments {
    /// Few subscribers and short loads: to see that it works, not to judge by
    #[arg(long)]
    pub quick: bool,
    /// Cargo says so; it changes nothing.
    #[arg(long, hide = true, global = true)]
    pub bench: bool,
    #[command(subcommand)]
    pub role: Option<Role>,
}

/// A part to play for the measuring process.
#[derive(Subcommand)]
pub enum Role {
    /// The subscribers.
    #[command(hide = true)]
    Crowd,
}

/// How much is measured.
#[derive(Clone, Copy)]
pub struct Size {
    /// Subscribers.
    pub subscribers: usize,
    /// Subscribers of one topic, where there are many topics.
    pub per_topic: usize,
    /// Length of a load, in seconds.
    pub seconds: usize,
}

impl Arguments {
    /// How much is measured.
    pub const fn size(&self) -> Size {
        match self.quick {
            true => Size { subscribers: 500, per_topic: 25, seconds: 3 },
            false => Size { subscribers: 5_000, per_topic: 25, seconds: 20 },
        }
    }
}
