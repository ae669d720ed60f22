//! The service's SQL, one set of statements for SQLite and PostgreSQL. A file per noun; every function takes a
//! connection of the request's database, so that it can run alone or inside a write.

pub(crate) mod accounts;
pub(crate) mod follows;
pub(crate) mod sessions;
pub(crate) mod signing_keys;
pub(crate) mod users;
