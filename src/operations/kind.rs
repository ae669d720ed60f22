//! The three kinds of operation, in our words, the compiler's and the engine's.

use apollo_compiler::executable::OperationType;
use async_graphql::parser::types as engine;

/// The kind of an operation (section 2.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum OperationKind {
    /// Reads.
    Query,
    /// Changes; never by GET.
    Mutation,
    /// A stream of responses.
    Subscription,
}

impl OperationKind {
    /// The keyword that begins such an operation.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Query => "query",
            Self::Mutation => "mutation",
            Self::Subscription => "subscription",
        }
    }
}

/// The kind of an operation of the compiler's tree.
pub(crate) fn kind(ty: OperationType) -> OperationKind {
    match ty {
        OperationType::Query => OperationKind::Query,
        OperationType::Mutation => OperationKind::Mutation,
        OperationType::Subscription => OperationKind::Subscription,
    }
}

/// The kind in the engine's tree.
pub(crate) fn engine_kind(kind: OperationKind) -> engine::OperationType {
    match kind {
        OperationKind::Query => engine::OperationType::Query,
        OperationKind::Mutation => engine::OperationType::Mutation,
        OperationKind::Subscription => engine::OperationType::Subscription,
    }
}
