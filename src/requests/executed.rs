//! The result of an executed operation, for a transport to write.

use std::collections::BTreeSet;

use contract::rate_limit::Allowance;
use serde::Serialize;

use crate::{clients::Tag, operations::Caching};

/// The result of an operation that was executed, with or without errors.
pub(crate) struct Executed {
    /// Data and errors.
    pub response: async_graphql::Response,
    /// The caller's budget afterwards.
    pub allowance: Allowance,
    /// For `extensions.cost`, where the client wanted it and may see it.
    pub cost: Option<CostReport>,
    /// Who may be given this answer.
    pub audience: Audience,
}

/// Who may be given an answer.
pub(crate) enum Audience {
    /// Everybody: it may be stored by shared caches, and carries nothing of this request or viewer.
    Public {
        /// For how long.
        caching: Caching,
        /// The objects and lists that it depends on, for purging.
        tags: BTreeSet<Tag>,
    },
    /// The caller alone.
    Private,
}

/// The cost of an operation, in units of demand control.
#[derive(Clone, Copy, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CostReport {
    /// Upper bound, known before execution.
    pub estimated: u64,
    /// What the objects in the answer cost.
    pub actual: u64,
    /// What the caller may still spend now.
    pub budget_remaining: u64,
}
