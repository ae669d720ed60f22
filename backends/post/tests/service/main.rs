//! The post service over real sockets and a real database: SQLite, or PostgreSQL when TESSERA_TEST_POSTGRES names a server.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

mod by_ids;
mod comments;
#[cfg(feature = "seed")]
mod currencies;
mod description;
mod errors;
mod events;
mod forum;
mod likes;
mod lists;
mod plans;
mod program;
mod publishing;
#[cfg(feature = "seed")]
mod seed;
