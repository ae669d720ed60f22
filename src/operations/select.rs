//! Selects an operation of a document: GetOperation (section 6.1).
//!
//! In: a valid document and the name that came with the request. Out: the operation, known by its place, with
//! its kind, so that a transport can refuse a mutation before variables are looked at.

use std::sync::Arc;

use apollo_compiler::Node;
use apollo_compiler::executable::Operation;

use super::cache::Entry;
use super::flattening::ConditionalVariables;
use super::kind::{OperationKind, kind};
use super::rejection::{Rejection, RejectionCode};
use super::validation::ValidDocument;

/// An operation chosen from a valid document, not yet given its variables.
#[derive(Debug, Clone)]
pub struct SelectedOperation {
    pub(crate) entry: Arc<Entry>,
    pub(crate) document: Arc<ValidDocument>,
    pub(crate) operation: Node<Operation>,
    /// Its place among the document's operations.
    pub(crate) place: usize,
}

impl SelectedOperation {
    /// Chooses by name; without a name the document must have exactly one operation.
    pub(crate) fn new(entry: Arc<Entry>, name: Option<&str>) -> Result<Self, Rejection> {
        let valid = Arc::clone(entry.verdict.as_ref().map_err(Clone::clone)?);
        let operations = &valid.document.operations;
        let chosen = match name {
            Some(name) => operations
                .iter()
                .enumerate()
                .find(|(_, operation)| operation.name.as_ref().is_some_and(|known| known == name)),
            None if operations.len() > 1 => {
                return Err(unresolved("The document has several operations: say which by `operationName`."));
            }
            None => operations.iter().enumerate().next(),
        };
        match (chosen.map(|(place, operation)| (place, operation.clone())), name) {
            (Some((place, operation)), _) => Ok(Self { entry, document: valid, operation, place }),
            (None, Some(name)) => Err(unresolved(&format!("The document has no operation named `{name}`."))),
            (None, None) => Err(unresolved("The document has no operation.")),
        }
    }

    /// The variables whose values change its flattened form.
    pub(crate) fn conditional_variables(&self) -> &ConditionalVariables {
        &self.document.conditional_variables[self.place]
    }

    /// Query, mutation or subscription.
    pub fn kind(&self) -> OperationKind {
        kind(self.operation.operation_type)
    }

    /// The operation's name in the document; `None` for an anonymous one.
    pub fn name(&self) -> Option<&str> {
        self.operation.name.as_ref().map(|name| name.as_str())
    }
}

fn unresolved(message: &str) -> Rejection {
    Rejection::new(RejectionCode::OperationResolutionFailed, message)
}
