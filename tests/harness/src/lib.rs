//! What the black-box tests are made of: documents to send, engines to run, ways to look at answers.
//!
//! Test code only: a broken expectation ends the test, so `unwrap` and `panic!` are its way to fail.
#![expect(clippy::unwrap_used, clippy::panic, reason = "tests")]

pub mod generator;
pub mod printer;
