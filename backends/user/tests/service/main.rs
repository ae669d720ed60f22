//! The user service over real sockets and a real database: SQLite, or PostgreSQL when TESSERA_TEST_POSTGRES names a server.
#![expect(clippy::unwrap_used, clippy::expect_used, clippy::disallowed_methods, reason = "tests")]

mod described;
mod ended_sessions;
mod errors;
mod events;
mod following;
mod keys;
mod lists;
mod new_epoch;
mod plans;
mod profiles;
mod program;
mod reads;
mod seeding;
mod sessions;
mod signing_up;
mod town;
