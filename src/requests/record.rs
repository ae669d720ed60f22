//! The facts of an operation for its log line and metrics. Filled while the stages run: a client that disconnects
//! leaves a record of how far its operation came.

use std::sync::Arc;

use crate::operations::{OperationKind, documents::TrustedDocument};

/// Facts of one operation.
#[derive(Default)]
pub(crate) struct OperationRecord {
    /// The document, if it is trusted: only then is its operation's name a label of metrics.
    pub document: Option<Arc<TrustedDocument>>,
    /// Query, mutation or subscription, once it is known.
    pub kind: Option<OperationKind>,
    /// The operation's cost.
    pub cost: RecordedCost,
    /// Whether the caller's budget was exhausted, where budgets are only measured.
    pub overdrawn: bool,
    /// Number of errors in the response.
    pub errors: usize,
}

/// Cost before and after execution; 0 while it is not known.
#[derive(Default)]
pub(crate) struct RecordedCost {
    /// Upper bound.
    pub estimated: u64,
    /// The cost of the objects in the response.
    pub actual: u64,
}
