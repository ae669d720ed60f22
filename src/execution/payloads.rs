//! The payloads of a mutation. In: the record of each command, when it has run. Out: the response, whose payloads are written by
//! waves, each with calls of its own before the next command runs: it sees what its command has changed, and nothing later.

use std::{mem, sync::Arc};

use async_graphql::{PathSegment, ServerError, Value, Variables};
use futures::future::BoxFuture;
use parking_lot::Mutex;

use super::{Data, Outcome, Program, Request, Response, program::RootField};
use crate::{
    clients::{Answer, Layout},
    graphql::{self, Payloads},
    loaders,
};

/// A mutation while it runs.
pub(crate) struct Mutation {
    /// A program for each root field.
    pub(crate) programs: Arc<[Program]>,
    pub(crate) variables: Variables,
    /// Viewer, context and clients.
    pub(crate) request: Arc<loaders::Request>,
    /// Bytes of user-written text in all payloads, at most.
    pub(crate) max_text: usize,
    /// The payloads so far, by key.
    pub(crate) written: Mutex<Vec<(String, Outcome)>>,
}

impl Payloads for Mutation {
    fn layout(&self, key: &str) -> Option<&Layout> {
        self.program(key)?.given()
    }

    fn write<'a>(&'a self, key: &'a str, record: Answer) -> BoxFuture<'a, ()> {
        Box::pin(async move {
            let text = self.written.lock().last().map_or(0, |(_, outcome)| outcome.text);
            let outcome = match self.program(key) {
                Some(program) => {
                    let Self { variables, max_text, .. } = self;
                    let (given, request, max_text) = (Some(record), &*self.request, *max_text);
                    Request { program, variables, given, introspected: None, request, max_text, text }.run().await
                }
                None => Outcome { text, ..Outcome::defect("a mutation is in no table") },
            };
            self.written.lock().push((key.to_owned(), outcome));
        })
    }
}

impl Mutation {
    fn program(&self, key: &str) -> Option<&Program> {
        self.programs.iter().find(|program| program.roots.iter().any(|step| step.name == *key))
    }

    /// The whole response: the payloads, and what the engine has told of the other fields.
    pub(crate) fn outcome(&self, engine: async_graphql::Response) -> Outcome {
        let written = mem::take(&mut *self.written.lock());
        let text = written.last().map_or(0, |(_, outcome)| outcome.text);
        let cost = self.cost(&written);
        let Value::Object(fields) = engine.data else {
            return Outcome { response: engine.into(), cost, text };
        };
        if text > self.max_text {
            let errors = vec![graphql::too_large(self.max_text).into_server_error(Default::default())];
            return Outcome { response: Response { data: Data::Json(b"null".to_vec()), errors }, cost, text };
        }
        let (mut data, mut errors) = (Vec::new(), engine.errors);
        for (key, value) in &fields {
            data.push(if data.is_empty() { b'{' } else { b',' });
            match written.iter().find(|(known, _)| *known == **key).map(|(_, outcome)| &outcome.response) {
                Some(Response { data: Data::Json(payload), errors: of_payload }) => {
                    match member(payload) {
                        Some(member) => data.extend_from_slice(member),
                        None => data.extend_from_slice(format!("\"{key}\":null").as_bytes()),
                    }
                    errors.extend(of_payload.iter().cloned());
                }
                _ => {
                    data.extend_from_slice(format!("\"{key}\":").as_bytes());
                    data.extend(serde_json::to_vec(value).unwrap_or_else(|_| b"null".to_vec()));
                }
            }
        }
        data.extend_from_slice(if data.is_empty() { b"{}" } else { b"}" });
        errors.sort_by_key(|error| field_of(error).and_then(|key| fields.get_index_of(key)));
        Outcome { response: Response { data: Data::Json(data), errors }, cost, text }
    }

    /// What was written costs what it is; a command that failed, what it is by itself.
    fn cost(&self, written: &[(String, Outcome)]) -> u64 {
        let roots = self.programs.iter().flat_map(|program| &program.roots);
        let costs = roots.map(|step| match written.iter().find(|(key, _)| *key == *step.name) {
            Some((_, outcome)) => outcome.cost,
            None => match step.what {
                RootField::Given(given, _) => u64::from(given.cost),
                _ => 0,
            },
        });
        costs.sum()
    }
}

/// `"key":{…}` of `{"key":{…}}`; `None` of null.
fn member(payload: &[u8]) -> Option<&[u8]> {
    payload.strip_prefix(b"{")?.strip_suffix(b"}")
}

/// The root field that an error belongs to.
fn field_of(error: &ServerError) -> Option<&str> {
    match error.path.first() {
        Some(PathSegment::Field(key)) => Some(key),
        _ => None,
    }
}
