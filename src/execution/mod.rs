//! Runs queries by waves: the objects of one place of the answer are an array, and what they ask of a route goes out in one step.
//! In: a [`Program`], the values of its variables, and the [`Scope`](crate::loaders::Scope) of the request. Out: the data as JSON,
//! in the order of the selection, errors, and the actual cost. Commands of mutations and introspection run by the engine (`graphql/`).
//!
//! `build` makes the `program` of the flattened operation. `run` is a query while it runs: `roots` and `edges` say what is asked for,
//! `asked` has what one route was asked and what it answered, `waves` makes the calls, `write` the data. `payloads` runs what a mutation
//! selects of its payloads.

mod asked;
mod build;
mod edges;
mod payloads;
mod program;
mod roots;
mod run;
mod waves;
mod write;

use async_graphql::{ServerError, Value};

pub(crate) use build::{CALL, INTROSPECTION, introspection};
pub(crate) use payloads::Mutation;
pub(crate) use program::Program;
pub(crate) use run::{Outcome, Request};

/// Data and errors of an executed operation.
pub(crate) struct Response {
    pub(crate) data: Data,
    pub(crate) errors: Vec<ServerError>,
}

/// The data of an executed operation.
pub(crate) enum Data {
    /// As the engine makes it.
    Value(Value),
    /// As JSON.
    Json(Vec<u8>),
}

impl From<async_graphql::Response> for Response {
    fn from(response: async_graphql::Response) -> Self {
        Self { data: Data::Value(response.data), errors: response.errors }
    }
}
