//! The work and the size of the result that one flattening is allowed.
//!
//! In: the limits. Out: permission for one more field or step, or `TOO_MANY_FIELDS`. Steps are counted as well as
//! fields, since many selections can merge into few fields, and few fields can repeat a long literal.

use async_graphql_value::Value;

use crate::operations::limits::Limits;
use crate::operations::rejection::{Rejection, RejectionCode};

/// Steps for each field that an operation may have.
const STEPS_PER_FIELD: usize = 16;
/// Bytes of a string that count as one step.
const BYTES_PER_STEP: usize = 64;
/// Memory of a field of the flattened document, in bytes, measured.
const FIELD_BYTES: usize = 384;
/// Memory of an argument's value beside its text, in bytes, measured.
const VALUE_BYTES: usize = 96;

/// The remaining allowance of one flattening.
#[derive(Debug)]
pub(crate) struct Allowance {
    fields: usize,
    steps: usize,
    bytes: usize,
    limits: Limits,
}

impl Allowance {
    /// The whole allowance.
    pub(crate) fn new(limits: Limits) -> Self {
        let steps = limits.fields.saturating_mul(STEPS_PER_FIELD);
        Self { fields: limits.fields, steps, bytes: 0, limits }
    }

    /// Charges a field of the flattened operation at that depth.
    pub(crate) fn field(&mut self, depth: usize) -> Result<(), Rejection> {
        if depth > self.limits.nesting {
            let allowed = self.limits.nesting;
            let message = format!("With its fragments inlined, the operation is more than {allowed} levels deep.");
            return Err(Rejection::new(RejectionCode::TooDeep, message));
        }
        self.bytes += FIELD_BYTES;
        let allowed = self.limits.fields;
        self.fields = self.fields.checked_sub(1).ok_or_else(|| {
            let message = format!("With its fragments inlined, the operation has more than {allowed} fields.");
            Rejection::new(RejectionCode::TooManyFields, message)
        })?;
        Ok(())
    }

    /// Charges a visit of one selection of the document.
    pub(crate) fn step(&mut self) -> Result<(), Rejection> {
        self.steps(1)
    }

    /// Charges the value of an argument, which is repeated wherever its fragment is spread.
    pub(crate) fn value(&mut self, value: &Value) -> Result<(), Rejection> {
        match value {
            Value::List(items) => items.iter().try_for_each(|item| self.value(item))?,
            Value::Object(members) => members.values().try_for_each(|member| self.value(member))?,
            _ => {}
        }
        let text = if let Value::String(text) = value { text.len() } else { 0 };
        self.bytes += VALUE_BYTES + text;
        self.steps(1 + text / BYTES_PER_STEP)
    }

    /// Memory of the flattened document in bytes, estimated from the charges.
    pub(crate) fn bytes(&self) -> usize {
        self.bytes
    }

    /// Steps charged.
    #[cfg(test)]
    pub(crate) fn steps_taken(&self) -> usize {
        self.limits.fields.saturating_mul(STEPS_PER_FIELD) - self.steps
    }

    fn steps(&mut self, steps: usize) -> Result<(), Rejection> {
        let allowed = self.limits.fields.saturating_mul(STEPS_PER_FIELD);
        self.steps = self.steps.checked_sub(steps).ok_or_else(|| {
            let message = format!("Inlining the operation's fragments takes more than {allowed} steps.");
            Rejection::new(RejectionCode::TooManyFields, message)
        })?;
        Ok(())
    }
}
