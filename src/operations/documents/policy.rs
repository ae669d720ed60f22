//! The policy on documents, chosen by a setting. Callers ask for its behaviour, not for its name.

use serde::{Deserialize, Serialize};

/// Which documents are accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Policy {
    /// Every document; introspection too. For development.
    AllowAny,
    /// Every document; those that are not trusted are logged with the client's name: for the introduction of trust.
    LogUnknown,
    /// Trusted documents, by id or by their full text.
    TrustedOnly,
    /// Trusted documents, by id alone.
    IdOnly,
}

impl Policy {
    /// Whether documents that are not trusted are accepted.
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

    /// Whether clients may read the schema and the cost of operations.
    pub fn shows_schema(self) -> bool {
        self == Self::AllowAny
    }
}
