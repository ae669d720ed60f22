//! Explains an operation to people: depth, cost, calls by wave, audience and cacheability.
//!
//! In: a prepared operation, its variables, the limits. Out: a few lines of text. Nothing is run.

use std::fmt::{self, Display, Formatter};

use crate::operations::{Keys, Limits, OperationKind, PlannedCall, Prepared};

/// Shows a prepared operation.
pub struct Explanation<'a> {
    /// The operation with its variables.
    pub prepared: &'a Prepared,
    /// The limits that apply.
    pub limits: Limits,
}

impl Display for Explanation<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let Prepared { operation, cost, .. } = self.prepared;
        let kind = operation.kind().as_str();
        writeln!(f, "{kind} {}", operation.name().unwrap_or("(anonymous)"))?;
        let verdict = if *cost > self.limits.cost { ": refused" } else { "" };
        writeln!(f, "cost    {cost} at most, of {} allowed{verdict}", self.limits.cost)?;
        writeln!(f, "depth   {} of {} allowed", operation.depth(), self.limits.depth)?;
        match (operation.kind(), operation.of_viewer()) {
            (OperationKind::Mutation, _) => writeln!(f, "answer  the viewer's: a mutation")?,
            (_, []) => writeln!(f, "answer  public: nothing in it depends on the viewer")?,
            (_, fields) => writeln!(f, "answer  the viewer's: {}", fields.join(", "))?,
        }
        match (operation.caching(), operation.reason_not_cacheable()) {
            (Some(caching), _) => writeln!(f, "cache   public, {} s", caching.max_age.as_secs())?,
            (None, why) => writeln!(f, "cache   not cacheable: {}", why.unwrap_or_default())?,
        }
        if operation.kind() == OperationKind::Mutation {
            writeln!(
                f,
                "each of its {} root fields is a command first, in their order",
                operation.root_fields().len()
            )?;
        }
        let calls = operation.calls();
        let mut wave = 0;
        for call in &calls {
            if call.wave != wave {
                wave = call.wave;
                writeln!(f, "wave {wave}")?;
            }
            writeln!(f, "  {call}")?;
        }
        if calls.is_empty() { writeln!(f, "no calls") } else { Ok(()) }
    }
}

impl Display for PlannedCall {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let each = match self.keys {
            Keys::Many => ", one call per 100 keys",
            Keys::None => "",
        };
        let at_most = match self.at_most {
            1 => String::new(),
            times => format!(", at most {times}"),
        };
        let object = self.object.as_ref().map(|object| format!(", if the id is of type {object}")).unwrap_or_default();
        write!(f, "{} {}{each}{object}{at_most}: {}", self.service, self.batch, self.fields.join(", "))
    }
}
