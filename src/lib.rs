//! Tessera: a GraphQL backend-for-frontend in front of the services that `services.rs` lists.
//!
//! The folders are the path of a request, and dependencies point one way along it:
//! `http → requests → operations → execution → graphql → loaders → clients → backends/`. Read in that order; `server/` puts it together;
//! `tools/` are the commands that no request passes.

mod auth;
pub mod budgets;
pub mod cache;
pub mod cli;
pub mod clients;
pub mod config;
#[cfg(feature = "dev")]
pub mod dev;
pub mod events;
mod execution;
pub mod graphql;
pub mod http;
pub mod loaders;
pub mod operations;
pub mod requests;
pub mod server;
pub mod services;
mod settings;
pub mod telemetry;
pub mod tools;
