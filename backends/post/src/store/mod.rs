//! The service's SQL, one set of statements for SQLite and PostgreSQL. A file per noun; every function takes a
//! connection of the request's database, so that it can run alone or inside a write.
//!
//! Every change of a post, its comments or its likes locks the post's row first ([`posts::lock`]), which rules out
//! deadlocks.

pub(crate) mod authors;
pub(crate) mod comments;
pub(crate) mod likes;
pub(crate) mod lists;
pub(crate) mod posts;
pub(crate) mod tags;
