//! A query while it runs: its answers so far, what each route was asked, the objects of each place, and what they ask for.

use std::{collections::HashMap, convert::Infallible, sync::Arc};

use async_graphql::{Error, Name, ServerError, Value, Variables};

use super::{
    Data, Response,
    asked::{Asked, Slot},
    build::address,
    program::{Edge, Place, Program, RootField, Written},
};
use crate::{
    clients::{Answer, AnyRoute, PageArguments, Parameters, Rows},
    graphql::{
        roots::{Guard, Judged},
        table::Access,
    },
    loaders,
};

/// A query to run.
pub(crate) struct Request<'a> {
    pub(crate) program: &'a Program,
    pub(crate) variables: &'a Variables,
    /// The record that the program runs for: an event, or the payload of a mutation.
    pub(crate) given: Option<Answer>,
    /// What the engine has made of `__schema` and `__type`.
    pub(crate) introspected: Option<&'a async_graphql::Response>,
    /// Viewer, context and clients.
    pub(crate) request: &'a loaders::Request,
    /// Bytes of user-written text in the data, at most.
    pub(crate) max_text: usize,
    /// Bytes of text that are written already: in payloads of the same mutation.
    pub(crate) text: usize,
}

/// The outcome of a query.
pub(crate) struct Outcome {
    pub(crate) response: Response,
    /// The actual cost: of the objects and fields in the data.
    pub(crate) cost: u64,
    /// Bytes of user-written text, those that were there before included; more than allowed if the response is too large.
    pub(crate) text: usize,
}

impl Outcome {
    /// The outcome of a query that cannot run because of a defect: null, and an internal error. The text is for the log.
    pub(crate) fn defect(text: &str) -> Self {
        let errors = vec![ServerError::new(text, None)];
        Self { response: Response { data: Data::Json(b"null".to_vec()), errors }, cost: 0, text: 0 }
    }
}

/// An object: a row of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Object {
    pub(super) answer: usize,
    pub(super) row: usize,
}

/// The objects of a place.
#[derive(Default)]
pub(super) struct Objects {
    pub(super) all: Vec<Object>,
    /// For each object around them, the first of its own.
    pub(super) starts: Vec<usize>,
}

/// What an object or a root field asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ask {
    /// That slot of the keys that were asked.
    Slot { asked: usize, slot: u32 },
    /// This object, which is there.
    There(Object),
    /// Nothing: null, without an error.
    Nothing,
    /// Null, with that error.
    Refused(usize),
}

/// What the objects of a place asked of a route.
#[derive(Default)]
pub(super) struct Asks {
    pub(super) asks: Vec<Ask>,
    /// How many of them are known to have an answer.
    pub(super) known: usize,
    pub(super) is_asked: bool,
    pub(super) is_done: bool,
}

/// What a root field asked for.
pub(super) struct RootAsk {
    pub(super) ask: Ask,
    /// The place among the types that it finds.
    pub(super) finds: usize,
}

/// A root field.
pub(super) enum RootAsks {
    /// The field fails as a whole.
    Failed(usize),
    Asks(Vec<RootAsk>),
}

/// A query while it runs.
pub(super) struct Run<'a> {
    pub(super) request: Request<'a>,
    pub(super) answers: Vec<Answer>,
    pub(super) asked: Vec<Asked>,
    /// By route and arguments.
    pub(super) by_arguments: HashMap<(usize, Option<PageArguments>), usize>,
    pub(super) roots: Vec<RootAsks>,
    pub(super) is_root_done: Vec<bool>,
    pub(super) objects: Vec<Objects>,
    pub(super) edges: Vec<Asks>,
    pub(super) failures: Vec<Error>,
    /// The errors of access, made once each.
    pub(super) unauthenticated: Option<usize>,
    pub(super) forbidden: Option<usize>,
}

impl Run<'_> {
    /// What became of an ask; `None` if nothing was asked.
    pub(super) fn slot(&self, ask: Ask) -> Option<Slot> {
        match ask {
            Ask::Slot { asked, slot } => Some(self.asked[asked].slot(slot)),
            Ask::There(Object { answer, row }) => Some(Slot::Row { answer, row }),
            Ask::Nothing | Ask::Refused(_) => None,
        }
    }

    /// The rows of a place's objects in an answer.
    pub(super) fn rows(&self, place: &Place, answer: usize) -> &Rows {
        place.path.iter().fold(&self.answers[answer].rows, |rows, column| rows.below(*column))
    }

    /// Whether the viewer may see an object that the root field has found.
    pub(super) fn admits(&self, root: usize, which: usize, object: Object) -> bool {
        let program = self.request.program;
        let RootField::Field { root, finds, .. } = &program.roots[root].what else { return true };
        let guard = root.finds.get(which).and_then(|finds| finds.guard);
        guard.is_none_or(|guard| self.is_admitted(guard, finds[which].records, object))
    }

    pub(super) fn is_admitted(&self, guard: &Guard, records: usize, Object { answer, row }: Object) -> bool {
        let layout = &self.request.program.layouts[records].layout;
        let judged = Judged { answer: &self.answers[answer], layout, row };
        self.request.request.viewer.as_ref().is_some_and(|viewer| (guard.admits)(viewer, judged))
    }

    /// Whether the viewer may see the object behind an edge.
    pub(super) fn may_see(&self, edge: &Edge, object: Object) -> bool {
        match edge.access {
            Some(Access::Guarded(guard)) => self.is_admitted(guard, edge.records, object),
            _ => true,
        }
    }

    /// The values of arguments.
    pub(super) fn values(&self, written: &Written) -> Vec<(Name, Value)> {
        let value = |(name, value): &(Name, async_graphql_value::Value)| {
            let value = value.clone().into_const_with(|variable| {
                Ok::<_, Infallible>(self.request.variables.get(&variable).cloned().unwrap_or_default())
            });
            (name.clone(), value.unwrap_or_else(|never| match never {}))
        };
        written.iter().map(value).collect()
    }

    pub(super) fn fail(&mut self, error: Error) -> usize {
        self.failures.push(error);
        self.failures.len() - 1
    }

    /// What the route is asked with these arguments.
    pub(super) fn asked_by(
        &mut self,
        route: &'static dyn AnyRoute,
        page: Option<PageArguments>,
        records: usize,
    ) -> usize {
        let next = self.asked.len();
        let known = *self.by_arguments.entry((address(route), page.clone())).or_insert(next);
        if known == next {
            let first = page.as_ref().map_or(0, |page| usize::from(page.first));
            let parameters: Arc<dyn Parameters> = match page {
                Some(page) => Arc::new(page),
                None => Arc::new(()),
            };
            self.asked.push(Asked::new(route, parameters, first, records));
        }
        known
    }
}
