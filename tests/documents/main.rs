//! Documents that Tessera judges, coerces and flattens, and graphql-js beside it: both must say the same.
//!
//! Needs Node.js and what `npm ci` installs in tests/clients; `scripts/test` sees to both.
#![expect(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod generated;
mod handwritten;
mod nulls;
mod reference;
mod selections;
mod subject;
mod variables;
