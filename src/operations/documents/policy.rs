//! What clients may send in place of a document's id. Chosen by a setting; each name is a behaviour, nothing else asks which
//! one it is.

use serde::{Deserialize, Serialize};

/// How far documents are trusted that nobody listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Policy {
    /// Every document; introspection too. For development.
    AllowAny,
    /// Every document; those that nobody listed are logged with the client's name: the way to roll trust out.
    LogUnknown,
    /// Trusted documents, by id or by their full text.
    TrustedOnly,
    /// Trusted documents, by id alone.
    IdOnly,
}

impl Policy {
    /// Whether documents are answered that are not trusted.
    pub fn takes_unknown(self) -> bool {
        matches!(self, Self::AllowAny | Self::LogUnknown)
    }

    /// Whether a document may come as text without an id.
    pub fn takes_text(self) -> bool {
        self != Self::IdOnly
    }

    /// Whether documents that are not trusted are logged.
    pub fn logs_unknown(self) -> bool {
        self == Self::LogUnknown
    }

    /// Whether clients may look at the schema, and at what an operation costs.
    pub fn shows_schema(self) -> bool {
        self == Self::AllowAny
    }
}
