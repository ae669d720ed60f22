//! The result of an executed operation, for a transport to write.

use std::collections::BTreeSet;

use contract::rate_limit::Allowance;
use serde::Serialize;

use crate::{cache::Tag, execution::Response, operations::Caching};

/// The result of an operation that was executed, with or without errors.
pub(crate) struct Executed {
    /// Data and errors.
    pub response: Response,
    /// The caller's budget afterwards.
    pub allowance: Allowance,
    /// `extensions.cost`, if the client requested it and the policy allows it.
    pub cost: Option<CostReport>,
    /// The position of the answer, for subscriptions behind it, if the client requested it.
    pub position: Option<String>,
    /// The clients that may receive the response.
    pub audience: Audience,
}

/// The clients that may receive a response.
pub(crate) enum Audience {
    /// All clients: shared caches may store the response, which depends neither on the request nor on the viewer.
    Public {
        /// The lifetime.
        caching: Caching,
        /// The objects and lists that it depends on, for purging.
        tags: BTreeSet<Tag>,
    },
    /// Only the caller.
    Private,
}

/// The cost of an operation, in units of demand control.
#[derive(Clone, Copy, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CostReport {
    /// Upper bound, known before execution.
    pub estimated: u64,
    /// The cost of the objects in the response.
    pub actual: u64,
    /// The rest of the caller's budget.
    pub budget_remaining: u64,
}
