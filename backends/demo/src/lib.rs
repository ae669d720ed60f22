//! Demo data for the three services: coherent between them, the same for the same seed and scale, ids included.
//! In: a [`Plan`] and the services' empty databases. Out: filled databases. Never part of a production program.
//! Reading order: `plan` (sizes, random numbers), `words` (texts), `people`, `posts`, `orders` (rows), `fill`.

mod fill;
mod orders;
mod people;
mod plan;
mod posts;
mod words;

pub use fill::{Databases, FillError, fill};
pub use plan::{Plan, Scale};

/// The demo users to sign in as; all other users have the same password.
pub const SIGN_INS: [&str; 3] = ["ada@example.com", "grace@example.com", "admin@example.com"];

/// The password of all demo users. Not a secret: it protects demo data only.
pub const PASSWORD: &str = "tessera-demo";
