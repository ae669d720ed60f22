//! What the black-box tests are made of: documents to send, services to send them through, ways to look at answers.
//!
//! Test code only: a broken expectation ends the test, so `unwrap` and `panic!` are its way to fail.
#![expect(clippy::unwrap_used, clippy::panic, reason = "tests")]

pub mod client;
pub mod generator;
pub mod printer;
pub mod stream;
pub mod stub;
pub mod token;
pub mod town;
