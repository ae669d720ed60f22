//! The service's SQL, one set of statements for SQLite and PostgreSQL. Every function takes a connection of the
//! request's database, so that it can run alone or inside a write.

pub(crate) mod insert;
pub(crate) mod orders;
pub(crate) mod parts;
pub(crate) mod steps;
