//! The user service over real sockets and a real database: SQLite, or PostgreSQL when TESSERA_TEST_POSTGRES names a server.
#![expect(clippy::unwrap_used, clippy::expect_used, clippy::disallowed_methods, clippy::panic, reason = "tests")]

mod errors;
mod lists;
mod plans;
mod reads;
mod town;
