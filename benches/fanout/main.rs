//! What live updates cost: thousands of WebSocket subscribers on one BFF, beside a Node server on `graphql-ws` that does the same
//! from memory. In: `--quick`, or nothing. Out: a table and a JSON file: memory a socket, CPU a delivery, and the time from a
//! change to the client.
//! The real services, the BFF (the real program), the Node server and the crowd of subscribers are processes of their own.
#![expect(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a benchmark ends at the first surprise")]

mod arguments;
mod crowd;
#[path = "../deployment/mod.rs"]
mod deployment;
mod measure;
mod report;
mod server;
mod writer;

use clap::Parser;

use arguments::{Arguments, Role};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() {
    let arguments = Arguments::parse();
    match &arguments.role {
        None => measure::run(&arguments),
        Some(Role::Crowd) => crowd::run(),
    }
}
