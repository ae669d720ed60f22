//! Asks the services for a query, wave by wave. In: a program, variables, and the viewer, context and clients of the request. Out:
//! for each place of the answer its objects, and for each edge what became of its keys. What every object of a place asks of a
//! route goes out in one step, each key once a request; the places below begin as soon as all of that is there.

use std::{collections::HashMap, ops::Range, sync::Arc};

use futures::{FutureExt, StreamExt, future::BoxFuture, stream::FuturesUnordered};
use tokio::{
    runtime::{Handle, RuntimeFlavor},
    task::block_in_place,
};

use super::{
    asked::{Asked, PageAt, Slot},
    edges::id_at,
    program::{Edge, Field, Kind, RootField},
    run::{Ask, Asks, Object, Objects, Outcome, Request, Run},
    write,
};
use crate::{
    auth::Viewer,
    cache::Tag,
    clients::{Answer, CallError, Fetch, Found},
    graphql::{self, roots::Returns, table::Table},
};

/// An answer that has come.
struct Arrived {
    asked: usize,
    chunk: Range<usize>,
    outcome: Result<Answer, CallError>,
}

type Calls<'a> = FuturesUnordered<BoxFuture<'a, Arrived>>;

impl Request<'_> {
    /// Runs the query.
    pub(crate) async fn run(self) -> Outcome {
        let program = self.program;
        let mut run = Run {
            request: self,
            answers: Vec::new(),
            asked: Vec::new(),
            by_arguments: HashMap::new(),
            roots: Vec::with_capacity(program.roots.len()),
            is_root_done: vec![false; program.roots.len()],
            objects: program.places.iter().map(|_| Objects::default()).collect(),
            edges: program.edges.iter().map(|_| Asks::default()).collect(),
            failures: Vec::new(),
            unauthenticated: None,
            forbidden: None,
        };
        run.ask_roots();
        let mut calls = Calls::new();
        loop {
            run.go_on();
            run.send(&mut calls);
            let Some(first) = calls.next().await else { break };
            run.arrived(first);
            // What has come by now is of one wave.
            while let Some(Some(next)) = calls.next().now_or_never() {
                run.arrived(next);
            }
        }
        run.write()
    }
}

/// Bytes of answers from which on a response is written where it keeps no other request waiting.
const LARGE: usize = 128 * 1024;

impl<'a> Run<'a> {
    /// Writes the response. A large one takes milliseconds: the worker's other tasks go on elsewhere meanwhile.
    fn write(&self) -> Outcome {
        let bytes: usize = self.answers.iter().map(Answer::len).sum();
        match Handle::try_current().map(|runtime| runtime.runtime_flavor()) {
            Ok(RuntimeFlavor::MultiThread) if bytes > LARGE => block_in_place(|| write::outcome(self)),
            _ => write::outcome(self),
        }
    }

    /// Sends what is due.
    fn send(&mut self, calls: &mut Calls<'a>) {
        for place in 0..self.asked.len() {
            let is_private = !self.asked[place].route.is_public();
            while let Some(chunk) = self.asked[place].chunk() {
                // The access rules ask for nothing then. Should one be missing, the call is not made.
                if is_private && self.request.request.viewer.is_none() {
                    let failure = self.fail(graphql::unauthenticated());
                    self.asked[place].failed(chunk, failure);
                } else {
                    calls.push(self.call(place, chunk));
                }
            }
        }
    }

    fn call(&self, asked: usize, chunk: Range<usize>) -> BoxFuture<'a, Arrived> {
        let Asked { route, ref parameters, first, records, .. } = self.asked[asked];
        let (keys, parameters) = (self.asked[asked].keys(chunk.clone()), Arc::clone(parameters));
        let (program, request) = (self.request.program, self.request.request);
        Box::pin(async move {
            let viewer = request.viewer.as_ref().filter(|_| !route.is_public());
            let records = &program.layouts[records];
            let shown = |answer: &Answer, tag: &mut dyn FnMut(Tag)| show(records.of, answer, tag);
            let fetch = Fetch {
                route,
                authorization: viewer.map(Viewer::authorization),
                parameters: &*parameters,
                first,
                keys: &keys,
                layout: &records.layout,
                shown: Some(&shown),
            };
            let outcome = request.clients.call(&request.context, fetch).await;
            Arrived { asked, chunk, outcome }
        })
    }

    fn arrived(&mut self, Arrived { asked, chunk, outcome }: Arrived) {
        match outcome {
            Ok(answer) => {
                self.asked[asked].answered(chunk, self.answers.len(), &answer.found);
                self.answers.push(answer);
            }
            Err(error) => {
                let failure = self.fail(graphql::failed_call(error));
                self.asked[asked].failed(chunk, failure);
            }
        }
    }

    /// Goes on with everything whose answers are there.
    fn go_on(&mut self) {
        let program = self.request.program;
        for (place, step) in program.roots.iter().enumerate() {
            if !self.is_root_done[place] && self.is_root_known(place) {
                self.is_root_done[place] = true;
                match &step.what {
                    RootField::Typename | RootField::Introspection => {}
                    RootField::Given(_, found) => self.root_objects(place, &[*found]),
                    RootField::Field { root, connection, .. } if root.returns == Returns::Page => {
                        self.root_items(place, connection);
                    }
                    RootField::Field { finds, .. } => self.root_objects(place, finds),
                }
            }
        }
        // An edge that completes may make others ask, whose answers may be there already.
        loop {
            let ready = (0..self.edges.len()).find(|edge| self.is_ready(*edge));
            let Some(edge) = ready else { break };
            self.edges[edge].is_done = true;
            self.objects_below(&program.edges[edge], edge);
        }
    }

    fn is_ready(&mut self, edge: usize) -> bool {
        if !self.edges[edge].is_asked || self.edges[edge].is_done {
            return false;
        }
        let mut known = self.edges[edge].known;
        while let Some(ask) = self.edges[edge].asks.get(known)
            && self.slot(*ask) != Some(Slot::Due)
        {
            known += 1;
        }
        self.edges[edge].known = known;
        known == self.edges[edge].asks.len()
    }

    /// The items of pages, for each of those that asked for one.
    pub(super) fn of_pages(&self, asks: impl Iterator<Item = Ask>) -> Objects {
        let mut objects = Objects::default();
        for ask in asks {
            objects.starts.push(objects.all.len());
            if let Some(Slot::Page(PageAt { answer, place })) = self.slot(ask)
                && let Some(Found::Page(page)) = self.answers[answer].found.get(place)
            {
                objects.all.extend(page.rows.clone().map(|row| Object { answer, row }));
            }
        }
        objects
    }

    fn objects_below(&mut self, edge: &Edge, place: usize) {
        for below in &edge.below {
            let asks = &self.edges[place].asks;
            let objects = match edge.page {
                Some(_) => self.of_pages(asks.iter().copied()),
                None => {
                    let mut objects = Objects::default();
                    for ask in asks {
                        objects.starts.push(objects.all.len());
                        if let Some(Slot::Row { answer, row }) = self.slot(*ask)
                            && self.may_see(edge, Object { answer, row })
                        {
                            objects.all.push(Object { answer, row });
                        }
                    }
                    objects
                }
            };
            self.begin(*below, objects);
        }
    }

    /// The objects of a place are known: those in them are, too, and they ask.
    pub(super) fn begin(&mut self, place: usize, objects: Objects) {
        let program = self.request.program;
        self.objects[place] = objects;
        for step in &program.places[place].steps {
            match &step.what {
                Field::Object { column, place: below } | Field::Objects { column, place: below } => {
                    let mut inner = Objects::default();
                    let known = &self.objects[place];
                    for object in &known.all {
                        inner.starts.push(inner.all.len());
                        let rows = self.rows(&program.places[place], object.answer);
                        let range = rows.cell(object.row, *column).rows();
                        inner.all.extend(range.map(|row| Object { answer: object.answer, row }));
                    }
                    self.begin(*below, inner);
                }
                Field::One { edge, .. }
                | Field::Page { edge, .. }
                | Field::Value { edge, .. }
                | Field::Flag { edge } => self.ask(*edge),
                Field::Typename | Field::Leaf { .. } | Field::Computed { .. } => {}
            }
        }
    }
}

/// The cache tags of the objects in an answer.
fn show(of: Kind, answer: &Answer, tag: &mut dyn FnMut(Tag)) {
    let Kind::Objects(Table { tag: Some(tag_of), .. }) = of else { return };
    // The first column is the id.
    let ids = (0..answer.rows.len()).filter_map(|row| id_at(answer, answer.rows.cell(row, 0)));
    ids.for_each(|id| tag(tag_of(id)));
}
