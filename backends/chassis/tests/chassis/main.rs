//! The chassis under a service of the tests' own, over real sockets and a real database: SQLite, or PostgreSQL when
//! TESSERA_TEST_POSTGRES names a server.
#![expect(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod bodies;
mod events;
mod idempotency;
mod late_arrival;
mod limits;
mod notes;
mod retention;
mod start;
mod stream;
mod transfer_codings;
mod wake_up;
