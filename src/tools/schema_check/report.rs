//! The comparison of two schemas, for people and for continuous integration. In: judged changes, documents that break, sunsets
//! that are no dates. Out: a line each, the worst first, and whether anything breaks.

use std::fmt::{self, Display, Formatter};

use super::{
    change::{Change, Severity},
    documents::Label,
};

/// What became of a schema and of the documents that were written for it.
#[derive(Debug)]
pub struct Report {
    pub(crate) judged: Vec<JudgedChange>,
    pub(crate) broken: Vec<Broken>,
    pub(crate) warnings: Vec<String>,
    /// Documents that the old schema took.
    pub(crate) known: usize,
    /// Documents that it did not take.
    pub(crate) unknown: Vec<Label>,
}

/// A change with its final severity, and why.
#[derive(Debug)]
pub(crate) struct JudgedChange {
    pub(crate) change: Change,
    pub(crate) note: String,
}

/// A document that breaks.
#[derive(Debug)]
pub(crate) struct Broken {
    pub(crate) label: Label,
    pub(crate) reasons: Vec<String>,
}

impl Report {
    /// Whether a client breaks, or could.
    pub fn breaks(&self) -> bool {
        self.count(Severity::Breaking) > 0 || !self.broken.is_empty()
    }

    fn count(&self, severity: Severity) -> usize {
        self.judged.iter().filter(|judged| judged.change.severity == severity).count()
    }
}

impl Display for Report {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        for JudgedChange { change, note } in &self.judged {
            let colon = if note.is_empty() { "" } else { ": " };
            writeln!(f, "{:<10} {change}{colon}{note}", change.severity)?;
        }
        for warning in &self.warnings {
            writeln!(f, "{:<10} {warning}", "warning")?;
        }
        for Broken { label, reasons } in &self.broken {
            writeln!(f, "{:<10} {label}", "breaks")?;
            reasons.iter().try_for_each(|reason| writeln!(f, "  {reason}"))?;
        }
        for label in &self.unknown {
            writeln!(f, "{:<10} {label} is not valid for the old schema: not looked at", "note")?;
        }
        let [breaking, dangerous, safe] =
            [Severity::Breaking, Severity::Dangerous, Severity::Safe].map(|severity| self.count(severity));
        let broken = self.broken.len();
        write!(f, "{breaking} breaking, {dangerous} dangerous, {safe} safe changes; ")?;
        writeln!(f, "{broken} of {} trusted documents break", self.known)
    }
}

impl Display for Label {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} ({})", self.client, self.name, self.file)
    }
}
