//! From JSON and literals to values of input types.
//!
//! In: a variable's JSON, or a literal of a document. Out: the engine's value, or why it is not one of its type.

mod coerce;
mod literal;
mod mismatch;
mod scalar_value;
mod scalars;

pub(crate) use coerce::{Coerced, Coercion};
pub(crate) use literal::{default_of, engine_name, literal_to_json, value_of};
pub use scalars::{ScalarCheck, Scalars};
