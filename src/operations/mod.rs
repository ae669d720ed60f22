//! From a client's document to an operation that may run.
//!
//! In: the text of a document, an operation's name, the JSON of its variables. Out: a [`Prepared`] operation for the
//! engine, or a [`Rejection`] with one code. Knows nothing of HTTP, viewers, settings or resolvers.
//! The order is the order of the work: validation → select → variables → flattening → plan → cache.

mod cache;
pub mod documents;
mod flattening;
mod identity;
mod kind;
mod limits;
mod plan;
mod prepared;
mod rejection;
mod root_field;
mod rulebook;
mod select;
#[cfg(test)]
mod tests;
mod used_variable;
mod validation;
mod variables;

use std::collections::HashSet;
use std::sync::Arc;

use async_graphql::Variables;
use serde_json::{Map, Value};

pub use kind::OperationKind;
pub use limits::Limits;
pub use plan::{Caching, Cost, Keys, PlannedCall};
pub(crate) use plan::{PlannedField, Selections};
pub use prepared::PreparedOperation;
pub use rejection::{Location, Rejection, RejectionCode, Violation};
pub use root_field::RootField;
pub use rulebook::SchemaError;
pub use select::SelectedOperation;
pub(crate) use validation::{InputPlace, Visitor, Walk};
pub(crate) use variables::{Coerced, default_of};
pub use variables::{ScalarCheck, Scalars};

use cache::{DocumentCache, Entry, Outcome};
use flattening::{Allowance, Collector, Flattener, Variant};
use rulebook::Rulebook;
use validation::{ValidDocument, Validator, admit};
use variables::Coercion;

/// An operation and the values that it runs with.
#[derive(Debug)]
pub struct Prepared {
    /// The operation, shared with every request for it.
    pub operation: Arc<PreparedOperation>,
    /// Coerced values of the variables that are left in it.
    pub variables: Variables,
    /// The most that it can cost with them.
    pub cost: Cost,
}

/// Prepares operations for one schema; built once at start, shared by all requests.
#[derive(Debug)]
pub struct Operations {
    pub(crate) rulebook: Rulebook,
    cache: DocumentCache,
}

impl Operations {
    /// Reads the exported schema.
    ///
    /// # Errors
    /// The SDL is not valid, or `scalars` has a name that is no custom scalar of it.
    pub fn new(sdl: &str, limits: Limits, scalars: Scalars) -> Result<Self, SchemaError> {
        Ok(Self { rulebook: Rulebook::new(sdl, limits, scalars)?, cache: DocumentCache::new(limits.cache_bytes) })
    }

    /// Validates a document, unless it is cached, and chooses one of its operations.
    ///
    /// # Errors
    /// `TOO_MANY_TOKENS`, `QUERY_TOO_DEEP`, `TOO_MANY_ALIASES`, `TOO_MANY_DIRECTIVES`, `GRAPHQL_PARSE_FAILED`,
    /// `GRAPHQL_VALIDATION_FAILED`, `OPERATION_RESOLUTION_FAILED`.
    pub fn select(
        &self,
        document: impl Into<Arc<str>>,
        operation_name: Option<&str>,
    ) -> Result<SelectedOperation, Rejection> {
        let entry = self.cache.entry(document.into(), |text| self.verdict(text));
        SelectedOperation::new(entry, operation_name)
    }

    /// Validates a document whose owner holds the entry: it is not cached.
    pub(crate) fn validate(&self, document: Arc<str>) -> Entry {
        Entry::new(document, |text| self.verdict(text))
    }

    fn verdict(&self, text: &Arc<str>) -> Outcome<ValidDocument> {
        admit(text, &self.rulebook.limits)?;
        Validator { rulebook: &self.rulebook }.validate(text).map(Arc::new)
    }

    /// Coerces the variables and flattens the operation for their values.
    ///
    /// # Errors
    /// `VARIABLE_COERCION_FAILED`, `TOO_MANY_FIELDS`, `TOO_MANY_ROOT_FIELDS`, `QUERY_TOO_DEEP`, `QUERY_TOO_COSTLY`.
    pub fn complete(&self, selected: &SelectedOperation, variables: Map<String, Value>) -> Result<Prepared, Rejection> {
        let coercion = Coercion { rulebook: &self.rulebook };
        let (document, definitions) = (&selected.document, &selected.operation.variables);
        let coerced = coercion.coerce(definitions, variables, &document.lines)?;
        let (operation, variables) = self.form(selected, coerced)?;
        let cost = operation.admit(&variables, &self.rulebook.limits)?;
        Ok(Prepared { operation, variables, cost })
    }

    /// [`select`](Self::select) and [`complete`](Self::complete) in one.
    ///
    /// # Errors
    /// Those of both.
    pub fn prepare(
        &self,
        document: &str,
        operation_name: Option<&str>,
        variables: Map<String, Value>,
    ) -> Result<Prepared, Rejection> {
        let selected = self.select(document, operation_name)?;
        self.complete(&selected, variables)
    }

    /// The flattened form that the values need, and those of them that it still has.
    pub(crate) fn form(
        &self,
        selected: &SelectedOperation,
        coerced: Coerced,
    ) -> Result<(Arc<PreparedOperation>, Variables), Rejection> {
        let operation = self.operation(selected, &coerced)?;
        let variables = operation.variables(coerced);
        Ok((operation, variables))
    }

    fn operation(&self, selected: &SelectedOperation, coerced: &Coerced) -> Outcome<PreparedOperation> {
        let valid = &selected.document;
        let variant = Variant::new(selected, coerced);
        if let Some(known) = selected.entry.form(&variant) {
            return known;
        }
        let flattener = Flattener {
            rulebook: &self.rulebook,
            collector: Collector {
                document: &valid.document,
                operation: &selected.operation,
                lines: &valid.lines,
                variant: &variant,
                possible: &self.rulebook.possible,
            },
            allowance: Allowance::new(self.rulebook.limits),
            used: HashSet::new(),
        };
        let outcome = PreparedOperation::new(flattener).map(Arc::new);
        selected.entry.add(variant, outcome.clone());
        self.cache.reweigh(&selected.entry);
        outcome
    }
}
