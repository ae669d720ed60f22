//! How much work and how large a result one flattening may be.
//!
//! In: the limits. Out: leave for one more field or one more step, or `TOO_MANY_FIELDS`. Steps are counted as
//! well as fields, since many selections can merge into few fields.

use super::limits::Limits;
use super::rejection::{Rejection, RejectionCode};

/// Selections that may be looked at for each field that an operation may have.
const STEPS_PER_FIELD: usize = 16;

/// What is left to spend on one flattening.
#[derive(Debug)]
pub(crate) struct Budget {
    fields: usize,
    steps: usize,
    limits: Limits,
}

impl Budget {
    /// The whole budget.
    pub(crate) fn new(limits: Limits) -> Self {
        Self { fields: limits.fields, steps: limits.fields.saturating_mul(STEPS_PER_FIELD), limits }
    }

    /// Pays for a field of the flattened operation, that many levels deep.
    pub(crate) fn field(&mut self, depth: usize) -> Result<(), Rejection> {
        if depth > self.limits.nesting {
            let allowed = self.limits.nesting;
            let message = format!("With its fragments inlined, the operation is more than {allowed} levels deep.");
            return Err(Rejection::new(RejectionCode::TooDeep, message));
        }
        let allowed = self.limits.fields;
        pay(&mut self.fields, || format!("With its fragments inlined, the operation has more than {allowed} fields."))
    }

    /// Pays for a look at one selection of the document.
    pub(crate) fn step(&mut self) -> Result<(), Rejection> {
        let allowed = self.limits.fields.saturating_mul(STEPS_PER_FIELD);
        pay(&mut self.steps, || format!("Inlining the operation's fragments takes more than {allowed} steps."))
    }

    /// Fields paid for so far.
    pub(crate) fn fields_spent(&self) -> usize {
        self.limits.fields - self.fields
    }
}

fn pay(left: &mut usize, message: impl FnOnce() -> String) -> Result<(), Rejection> {
    *left = left.checked_sub(1).ok_or_else(|| Rejection::new(RejectionCode::TooManyFields, message()))?;
    Ok(())
}
