//! What an operation will cost and call, known before it runs.
//!
//! In: a flattened operation and the schema's directives on its fields. Out: a tree of the fields that cost something or
//! lead to one that does, from which depth, cost, calls and cacheability are read. Made once per flattened form, in one
//! step per field.

mod build;
mod caching;
mod calls;
mod cost;
#[cfg(test)]
mod tests;

use apollo_compiler::Name;
use async_graphql::Name as EngineName;

pub(crate) use build::{Planner, argument};
pub(crate) use caching::CachePolicy;
pub use caching::Caching;
pub use calls::{Keys, PlannedCall};
pub use cost::Cost;

/// The plan of one flattened operation.
#[derive(Debug)]
pub(crate) struct Plan {
    pub(crate) fields: Vec<PlannedField>,
    /// Levels of fields; introspection aside, which has a bound of its own (`rules/introspection.rs`).
    pub(crate) depth: usize,
    /// Coordinates of the fields that depend on the viewer, with their `@access` rules: `User.email (SELF_OR_ADMIN)`.
    pub(crate) of_viewer: Vec<String>,
    /// Whether shared caches may store the response, and for how long.
    pub(crate) cache_policy: CachePolicy,
    /// Fields visited while making the plan.
    pub(crate) steps: usize,
}

impl Plan {
    /// Bytes held, estimated for the cache's account.
    pub(crate) fn bytes(&self) -> usize {
        self.steps * size_of::<PlannedField>()
    }
}

/// A field that costs something or leads to one that does.
#[derive(Debug)]
pub(crate) struct PlannedField {
    /// Its key in the answer.
    pub(crate) key: EngineName,
    /// Cost of resolving it once, before what it returns: `@cost`, a call, a mutation.
    pub(crate) weight: u64,
    /// Cost of each object that it returns; 0 for scalars.
    pub(crate) object: u64,
    /// How many objects it returns.
    pub(crate) size: Size,
    /// The calls that resolving it makes: one, or one of several where the id decides.
    pub(crate) calls: Vec<Call>,
    pub(crate) selections: Selections,
}

/// How many objects a field returns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Size {
    /// A number: one, its slicing argument, or the size that the schema assumes.
    Known(u64),
    /// The variable's value; `default` where it has none.
    Variable { name: EngineName, default: u64 },
}

/// The selections of each object.
#[derive(Debug)]
pub(crate) enum Selections {
    /// The same fields of all objects.
    Fields(Vec<PlannedField>),
    /// By the object's type.
    ByObject(Vec<(Name, Vec<PlannedField>)>),
}

/// One call of `@call`, and what tells apart calls that cannot be made together.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Call {
    pub(crate) service: String,
    pub(crate) batch: String,
    /// Arguments that a batch has once, as text; two fields with the same ones share a call.
    pub(crate) group: String,
    /// Whether it is made for a list of keys, or once.
    pub(crate) keys: Keys,
    /// The type whose objects it brings, where the id decides which call is made.
    pub(crate) object: Option<Name>,
}

impl Selections {
    pub(crate) fn none() -> Self {
        Self::Fields(Vec::new())
    }

    fn is_empty(&self) -> bool {
        match self {
            Self::Fields(fields) => fields.is_empty(),
            Self::ByObject(objects) => objects.iter().all(|(_, fields)| fields.is_empty()),
        }
    }
}
