//! The whole of Tessera over real sockets: the BFF, the three services and their databases with demo data, on SQLite, or on
//! PostgreSQL when `TESSERA_TEST_POSTGRES` names a server. A file per promise.
#![expect(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod access;
mod bad_input;
mod cursors;
mod demo_data;
mod dev;
mod live;
mod mutations;
mod orders;
mod ports;
mod random_queries;
mod town;
