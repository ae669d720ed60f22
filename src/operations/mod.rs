//! From what a client sent to an operation that may run.
//!
//! In: the text of a document, an operation's name, the JSON of its variables. Out: a [`Prepared`] operation for the
//! engine, or a [`Rejection`] with one code. Knows nothing of HTTP, viewers, settings or resolvers.
//! The order is the order of the work: scan → judge (rules, literal_checks) → select → coerce → flatten → cache.

mod budget;
mod cache;
mod coerce;
mod collect;
pub mod documents;
mod explain;
mod flatten;
mod judge;
mod leaf;
mod limits;
mod literal;
mod literal_checks;
mod plan;
mod position;
mod possible;
mod prepared;
mod rejection;
mod rules;
mod scalars;
mod scan;
mod select;
mod tally;
#[cfg(test)]
mod tests;
mod toggles;
mod variant;

use std::collections::HashMap;
use std::sync::Arc;

use apollo_compiler::Schema;
use async_graphql::Variables;
use serde_json::{Map, Value};

pub use explain::Explanation;
pub use limits::Limits;
pub use plan::{Caching, Cost, Keys, PlannedCall};
pub use prepared::{OperationKind, PreparedOperation, RootField};
pub use rejection::{Location, Rejection, RejectionCode, Violation};
pub use scalars::{ScalarCheck, Scalars};
pub use select::SelectedOperation;

use budget::Budget;
use cache::{DocumentCache, Entry, Outcome};
use coerce::{Coerced, Coercion};
use collect::Collector;
use flatten::Flattener;
use judge::Judge;
use possible::PossibleTypes;
use variant::Variant;

/// The schema cannot be used to judge documents; found at start.
#[derive(Debug, thiserror::Error)]
pub enum SchemaError {
    /// The SDL is not a valid schema.
    #[error("the schema is not valid: {0}")]
    Invalid(String),
    /// A check is registered for something that is no scalar of the schema.
    #[error("a check is given for the scalar `{0}`, which the schema does not define")]
    UnknownScalar(&'static str),
}

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
    judge: Judge,
    possible: PossibleTypes,
    cache: DocumentCache,
    /// Trusted documents have room of their own: nothing that strangers send pushes them out.
    trusted: DocumentCache,
}

impl Operations {
    /// Reads the exported schema.
    ///
    /// # Errors
    /// The SDL is not valid, or `scalars` has a name that is no custom scalar of it.
    pub fn new(sdl: &str, limits: Limits, scalars: Scalars) -> Result<Self, SchemaError> {
        let schema = Schema::parse_and_validate(sdl, "schema.graphql")
            .map_err(|invalid| SchemaError::Invalid(invalid.errors.to_string()))?;
        let unknown = scalars.names().find(|name| schema.get_scalar(name).is_none());
        if let Some(unknown) = unknown {
            return Err(SchemaError::UnknownScalar(unknown));
        }
        Ok(Self {
            possible: PossibleTypes::new(&schema),
            judge: Judge { schema, scalars, limits },
            cache: DocumentCache::new(limits.cache_bytes),
            trusted: DocumentCache::new(limits.cache_bytes),
        })
    }

    /// Judges a document, or remembers its judgement, and chooses one of its operations.
    ///
    /// # Errors
    /// `TOO_MANY_TOKENS`, `QUERY_TOO_DEEP`, `TOO_MANY_ALIASES`, `TOO_MANY_DIRECTIVES`, `GRAPHQL_PARSE_FAILED`,
    /// `GRAPHQL_VALIDATION_FAILED`, `OPERATION_RESOLUTION_FAILED`.
    pub fn select(&self, document: &str, operation_name: Option<&str>) -> Result<SelectedOperation, Rejection> {
        SelectedOperation::new(self.entry(&self.cache, document), operation_name, false)
    }

    /// [`select`](Self::select) for a trusted document.
    ///
    /// # Errors
    /// The same.
    pub fn select_trusted(&self, document: &str, operation_name: Option<&str>) -> Result<SelectedOperation, Rejection> {
        SelectedOperation::new(self.entry(&self.trusted, document), operation_name, true)
    }

    fn entry(&self, cache: &DocumentCache, document: &str) -> Arc<Entry> {
        cache.entry(document, || {
            scan::admit(document, &self.judge.limits)?;
            self.judge.judge(document).map(Arc::new)
        })
    }

    /// Coerces the variables and takes the operation in the form that their values need.
    ///
    /// # Errors
    /// `VARIABLE_COERCION_FAILED`, `TOO_MANY_FIELDS`, `TOO_MANY_ROOT_FIELDS`, `QUERY_TOO_DEEP`, `QUERY_TOO_COSTLY`.
    pub fn complete(&self, selected: &SelectedOperation, variables: Map<String, Value>) -> Result<Prepared, Rejection> {
        let coercion = Coercion { judge: &self.judge, nesting: self.judge.limits.nesting };
        let (judged, definitions) = (&selected.judged, &selected.operation.variables);
        let coerced = coercion.coerce(definitions, variables, &judged.lines)?;
        let operation = self.operation(selected, &coerced)?;
        let variables = operation.variables(coerced)?;
        let cost = operation.admit(&variables, &self.judge.limits)?;
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

    fn operation(&self, selected: &SelectedOperation, coerced: &Coerced) -> Outcome<PreparedOperation> {
        let judged = &selected.judged;
        let variant = Variant::new(selected, coerced)?;
        if let Some(known) = selected.entry.variant(&variant) {
            return known.clone();
        }
        let flattener = Flattener {
            judge: &self.judge,
            lines: &judged.lines,
            collector: Collector {
                document: &judged.document,
                operation: &selected.operation,
                variant: &variant,
                possible: &self.possible,
            },
            budget: Budget::new(self.judge.limits),
            used: HashMap::new(),
        };
        let outcome = PreparedOperation::new(flattener).map(Arc::new);
        let cache = if selected.is_trusted { &self.trusted } else { &self.cache };
        cache.keep(judged.lines.text(), variant, outcome.clone());
        outcome
    }
}
