//! One difference between two schemas. Its severity is decided by its kind first (`named_types.rs` and its neighbours), then
//! by sunset and by the trusted documents (`verdict.rs`).

use std::fmt::{self, Display, Formatter};

/// What a change can do to clients. The words and their meaning are those of graphql-js.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Documents that were good can fail, or mean something else.
    Breaking,
    /// Documents stay good, but what they get can surprise their client.
    Dangerous,
    /// Clients that do not use it do not notice.
    Safe,
}

/// One difference.
#[derive(Debug)]
pub struct Change {
    /// What it can do.
    pub severity: Severity,
    /// The schema coordinate: `User.posts(first:)`.
    pub coordinate: String,
    /// The change, as the end of a sentence that begins with the coordinate.
    pub what: String,
    /// What a document must use to be hit; without it, its validity alone decides.
    pub(crate) hits: Option<String>,
    /// The coordinate was removed: its sunset counts.
    pub(crate) is_removal: bool,
    /// It follows from the removal of that type.
    pub(crate) of_type: Option<String>,
}

impl Change {
    /// A change without effect on clients.
    pub(crate) fn safe(coordinate: impl Into<String>, what: impl Into<String>) -> Self {
        Self::new(Severity::Safe, coordinate.into(), what.into())
    }

    /// A change that can surprise clients.
    pub(crate) fn dangerous(coordinate: impl Into<String>, what: impl Into<String>) -> Self {
        Self::new(Severity::Dangerous, coordinate.into(), what.into())
    }

    /// A change that breaks documents that use the coordinate.
    pub(crate) fn breaking(coordinate: impl Into<String>, what: impl Into<String>) -> Self {
        let coordinate = coordinate.into();
        Self { hits: Some(coordinate.clone()), ..Self::new(Severity::Breaking, coordinate, what.into()) }
    }

    /// A field, an argument, an enum value or an input field that is gone.
    pub(crate) fn removal(coordinate: impl Into<String>) -> Self {
        Self { is_removal: true, ..Self::breaking(coordinate, "was removed") }
    }

    /// The same, but what documents must use to be hit is something else.
    pub(crate) fn hitting(self, used: Option<&str>) -> Self {
        Self { hits: used.map(str::to_owned), ..self }
    }

    /// The same, as something that goes with a type.
    pub(crate) fn of_type(self, ty: &str) -> Self {
        Self { of_type: Some(ty.to_owned()), ..self }
    }

    /// The worst first, then by place.
    pub(crate) fn order(&self) -> (Severity, &str, &str) {
        (self.severity, &self.coordinate, &self.what)
    }

    fn new(severity: Severity, coordinate: String, what: String) -> Self {
        Self { severity, coordinate, what, hits: None, is_removal: false, of_type: None }
    }
}

impl Display for Change {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.coordinate, self.what)
    }
}

impl Display for Severity {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Breaking => "breaking",
            Self::Dangerous => "dangerous",
            Self::Safe => "safe",
        })
    }
}
