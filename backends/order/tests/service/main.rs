//! The order service over real sockets and a real database: SQLite, or PostgreSQL when TESSERA_TEST_POSTGRES names a server.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

mod events;
mod idempotency;
mod lists;
mod market;
mod openapi;
mod placing;
mod plans;
mod post_service;
mod program;
mod refused;
mod seeds;
mod steps;
mod stubs;
