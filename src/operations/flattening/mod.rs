//! From a valid operation to the form that the engine runs (docs/decisions/0002-flattening.md).
//!
//! In: an operation and the state of its variables. Out: the engine's document, with fragments inlined, fields of one
//! response key merged and conditions decided.

mod allowance;
mod collect;
mod conditional_variables;
mod failures;
mod flatten;
mod possible;
mod variant;

pub(crate) use allowance::Allowance;
pub(crate) use collect::Collector;
pub(crate) use conditional_variables::ConditionalVariables;
pub(crate) use failures::Failures;
pub(crate) use flatten::{Flattened, Flattener};
pub(crate) use possible::PossibleTypes;
#[cfg(test)]
pub(crate) use variant::VariableState;
pub(crate) use variant::Variant;
