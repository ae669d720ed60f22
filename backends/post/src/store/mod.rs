//! The service's SQL, one set of statements for SQLite and PostgreSQL. A file per noun; every function takes a
//! connection of the request's database, so that it runs alone or inside a write.
//!
//! Every change of a post, or of what hangs on it, locks the post's row first ([`posts::lock`]): then no two changes can
//! wait for each other in a circle.

pub(crate) mod authors;
pub(crate) mod comments;
pub(crate) mod likes;
pub(crate) mod lists;
pub(crate) mod posts;
pub(crate) mod tags;
