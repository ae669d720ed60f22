//! Runs queries by waves: the objects of one place of the answer are an array, and what they ask of a route goes out in one step.
//! In: a [`Program`], the values of its variables, and the [`Scope`](crate::loaders::Scope) of the request. Out: the data as JSON,
//! in the order of the selection, errors, and the actual cost. Mutations and introspection run by the engine (`graphql/`).
//!
//! `program` is made of the flattened operation, `waves` asks the services, `asked` has what one route was asked and what it
//! answered, `write` makes the data.

mod asked;
mod build;
mod program;
mod waves;
mod write;

use async_graphql::{ServerError, Value};

pub(crate) use build::{CALL, INTROSPECTION, introspection};
pub(crate) use program::Program;
pub(crate) use waves::{Outcome, Request};

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
