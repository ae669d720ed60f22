//! What the BFF promises, over real sockets: stub services behind it, a plain HTTP client in front of it. A file a promise.
#![expect(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod answers;
mod app;
#[cfg(feature = "client-tests")]
mod audits;
mod batching;
mod binary;
mod bodies;
mod budgets;
mod caching;
#[cfg(feature = "client-tests")]
mod cdn;
mod cli_operations;
mod client_address;
#[cfg(feature = "client-tests")]
mod clients;
mod codings;
mod config;
mod connections;
mod correlation;
mod cors;
mod demand_control;
mod errors;
mod explain;
mod failed_calls;
mod health;
mod hostile;
mod http;
mod large_answers;
mod live;
#[cfg(feature = "client-tests")]
mod live_clients;
mod null_variables;
mod nulls_and_order;
mod oracle;
mod overload;
mod panics;
mod partial_failure;
mod prediction;
mod program;
mod purging;
mod reloaded_documents;
mod repeated;
#[cfg(feature = "client-tests")]
mod rolling_restart;
mod schema;
#[cfg(feature = "client-tests")]
mod schema_changes;
mod schema_check;
mod trusted_documents;
mod unknown_outcome;
mod unread_log;
mod viewer;
mod websocket;
