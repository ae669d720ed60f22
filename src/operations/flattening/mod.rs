//! From a valid operation to the form that the engine runs (docs/decisions/0002-flattening.md).
//!
//! In: an operation and the state of its variables. Out: the engine's document, with fragments inlined, fields of one
//! response key merged and conditions decided.

mod allowance;
mod collect;
mod conditional_variables;
mod flatten;
mod possible;
mod variant;

pub(crate) use allowance::Allowance;
pub(crate) use collect::Collector;
pub(crate) use conditional_variables::of_operation as conditional_variables;
pub(crate) use flatten::{Flattener, Usage};
pub(crate) use possible::PossibleTypes;
pub(crate) use variant::Variant;
