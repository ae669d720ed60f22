//! What a GraphQL answer costs beside a handler written by hand that makes the same calls and gives the same answer.
//! In: `--quick`, `--against COMMIT` (then the BFF of that commit is in the handler's place), or nothing. Out: a table and a JSON file: requests/s, CPU per request, p50 and p99, calls per request.
//! In: `growth`. Out: what the same queries cost the real services over little and over much data.
//! Stub services, the BFF (the real program) and the hand-written handler are a process each: this program starts itself
//! again in another role. The sides take turns in rounds, so that whatever else the machine does meets both.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a benchmark ends at the first surprise")]

mod arguments;
#[path = "../deployment/mod.rs"]
mod deployment;
mod growth;
mod handwritten;
mod load;
mod measure;
mod older;
mod report;
mod scenario;
mod stubs;
mod token;
mod world;

use clap::Parser;

use arguments::{Arguments, Role};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() {
    let arguments = Arguments::parse();
    match &arguments.role {
        None => measure::run(&arguments),
        Some(Role::Growth) => growth::run(&arguments),
        Some(Role::Stubs) => stubs::run(),
        Some(Role::Handwritten(urls)) => handwritten::run(urls),
    }
}
