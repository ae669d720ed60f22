//! Rules of the repository itself, checked over its files: what documents name exists, and imports point one way.
//! Needs nothing but the tracked files and the program's own command line.

#![expect(clippy::unwrap_used, clippy::panic, reason = "tests")]

#[cfg(feature = "dev")]
mod documents;
mod files;
mod imports;
