//! Asks the services for a query, wave by wave. In: a program, variables, and the viewer, context and clients of the request. Out:
//! for each place of the answer its objects, and for each edge what became of its keys. What every object of a place asks of a
//! route goes out in one step, each key once a request; the places below begin as soon as all of that is there.

use std::{collections::HashMap, ops::Range, sync::Arc};

use async_graphql::{Error, Name, ServerError, Value, Variables};
use futures::{FutureExt, StreamExt, future::BoxFuture, stream::FuturesUnordered};

use super::{
    Data, Response,
    asked::{Asked, PageAt, Slot},
    build::address,
    program::{ConnectionField, Edge, Field, Kind, Place, Program, RootField, Step, Written, places_of},
    write,
};
use crate::{
    cache::Tag,
    clients::{
        Answer, AnswerRequest, CallError, Cell, Fetch, Found, Occurrence, PageArguments, Parameters, RouteKey, Rows,
        Shape, id, plain,
    },
    graphql::{
        self,
        roots::{Guard, Judged, Returns, Sought, Target},
        table::{Access, Arguments, Table},
    },
    loaders,
};

/// A query to run.
pub(crate) struct Request<'a> {
    pub(crate) program: &'a Program,
    pub(crate) variables: &'a Variables,
    /// The event that a subscription runs for.
    pub(crate) event: Option<&'a Occurrence>,
    /// What the engine has made of `__schema` and `__type`.
    pub(crate) introspected: Option<&'a async_graphql::Response>,
    /// Viewer, context and clients.
    pub(crate) request: &'a loaders::Request,
    /// Bytes of user-written text in the data, at most.
    pub(crate) max_text: usize,
}

/// The outcome of a query.
pub(crate) struct Outcome {
    pub(crate) response: Response,
    /// The cost of what is in the data.
    pub(crate) cost: u64,
}

impl Outcome {
    /// The outcome of what cannot run: a defect, with that text for the log.
    pub(crate) fn defect(text: &str) -> Self {
        let errors = vec![ServerError::new(text, None)];
        Self { response: Response { data: Data::Json(b"null".to_vec()), errors }, cost: 0 }
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
    known: usize,
    is_asked: bool,
    is_done: bool,
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
    by_arguments: HashMap<(usize, Option<PageArguments>), usize>,
    pub(super) roots: Vec<RootAsks>,
    is_root_done: Vec<bool>,
    pub(super) objects: Vec<Objects>,
    pub(super) edges: Vec<Asks>,
    pub(super) failures: Vec<Error>,
    /// The errors of access, made once each.
    unauthenticated: Option<usize>,
    forbidden: Option<usize>,
}

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
        write::outcome(&run)
    }
}

impl<'a> Run<'a> {
    fn ask_roots(&mut self) {
        for step in &self.request.program.roots {
            let asks = match &step.what {
                RootField::Typename | RootField::Introspection => Vec::new(),
                RootField::Event(found) => match self.event(found.records) {
                    Some(object) => vec![RootAsk { ask: Ask::There(object), finds: 0 }],
                    None => {
                        let failure = self.fail(Error::new("the data of an event is not as the service promises"));
                        self.roots.push(RootAsks::Failed(failure));
                        continue;
                    }
                },
                RootField::Field { root, arguments, finds, .. } => {
                    let arguments = self.values(arguments);
                    match (root.seek)(&Arguments(&arguments), self.request.request.viewer.as_ref()) {
                        Err(error) => {
                            let failure = self.fail(error);
                            self.roots.push(RootAsks::Failed(failure));
                            continue;
                        }
                        Ok(sought) => sought.into_iter().map(|sought| self.root_ask(sought, finds)).collect(),
                    }
                }
            };
            self.roots.push(RootAsks::Asks(asks));
        }
    }

    /// The object of the event: its members are those of the event's data, and `cursor` and `subject`.
    fn event(&mut self, records: usize) -> Option<Object> {
        let Occurrence { event, cursor } = self.request.event?;
        let mut members = event.data.as_object()?.clone();
        members.insert("cursor".to_owned(), (&**cursor).into());
        members.insert("subject".to_owned(), event.subject.as_str().into());
        let body = serde_json::to_vec(&serde_json::json!({"items": [members]})).ok()?;
        let layout = &self.request.program.layouts[records].layout;
        let keys = [RouteKey::Name(event.subject.as_str().into())];
        let shape = Shape::Records("subject");
        let request = AnswerRequest { shape, prefix: "", keys: &keys, first: 0, layout };
        self.answers.push(Answer::of(&body.into(), &request)?);
        Some(Object { answer: self.answers.len() - 1, row: 0 })
    }

    fn root_ask(&mut self, sought: Sought, finds: &[super::program::Found]) -> RootAsk {
        match sought {
            Sought::Nothing => RootAsk { ask: Ask::Nothing, finds: 0 },
            Sought::Refused(error) => RootAsk { ask: Ask::Refused(self.fail(error)), finds: 0 },
            Sought::At(Target { route, key, finds: which, list }) => {
                let records = finds.get(which).map_or(0, |found| found.records);
                let asked = match list {
                    None => self.asked_by(route, None, records),
                    Some((parameters, first)) => {
                        self.asked.push(Asked::new(route, parameters.into(), first, records));
                        self.asked.len() - 1
                    }
                };
                let slot = self.asked[asked].put(key);
                RootAsk { ask: Ask::Slot { asked, slot }, finds: which }
            }
        }
    }

    /// What the route is asked with these arguments.
    fn asked_by(
        &mut self,
        route: &'static dyn crate::clients::AnyRoute,
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

    /// Sends what is due.
    fn send(&mut self, calls: &mut Calls<'a>) {
        for place in 0..self.asked.len() {
            while let Some(chunk) = self.asked[place].chunk() {
                calls.push(self.call(place, chunk));
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
                authorization: viewer.map(crate::auth::Viewer::authorization),
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
                    RootField::Event(found) => self.root_objects(place, &[*found]),
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

    fn is_root_known(&self, place: usize) -> bool {
        match &self.roots[place] {
            RootAsks::Failed(_) => true,
            RootAsks::Asks(asks) => asks.iter().all(|ask| self.slot(ask.ask) != Some(Slot::Due)),
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

    /// What became of an ask; `None` if nothing was asked.
    pub(super) fn slot(&self, ask: Ask) -> Option<Slot> {
        match ask {
            Ask::Slot { asked, slot } => Some(self.asked[asked].slot(slot)),
            Ask::There(Object { answer, row }) => Some(Slot::Row { answer, row }),
            Ask::Nothing | Ask::Refused(_) => None,
        }
    }

    /// The objects that a root field has found.
    fn root_objects(&mut self, root: usize, finds: &[super::program::Found]) {
        for (which, found) in finds.iter().enumerate() {
            let RootAsks::Asks(asks) = &self.roots[root] else { return };
            let mut objects = Objects::default();
            for ask in asks {
                objects.starts.push(objects.all.len());
                if ask.finds == which
                    && let Some(Slot::Row { answer, row }) = self.slot(ask.ask)
                    && self.admits(root, which, Object { answer, row })
                {
                    objects.all.push(Object { answer, row });
                }
            }
            self.begin(found.place, objects);
        }
    }

    /// The items of the page that a root field has found.
    fn root_items(&mut self, root: usize, connection: &[Step<ConnectionField>]) {
        for place in places_of(connection) {
            let RootAsks::Asks(asks) = &self.roots[root] else { return };
            let objects = self.of_pages(asks.iter().map(|ask| ask.ask));
            self.begin(place, objects);
        }
    }

    /// Whether the viewer may see an object that the root field has found.
    pub(super) fn admits(&self, root: usize, which: usize, object: Object) -> bool {
        let program = self.request.program;
        let RootField::Field { root, finds, .. } = &program.roots[root].what else { return true };
        let guard = root.finds.get(which).and_then(|finds| finds.guard);
        guard.is_none_or(|guard| self.is_admitted(guard, finds[which].records, object))
    }

    fn is_admitted(&self, guard: &Guard, records: usize, Object { answer, row }: Object) -> bool {
        let layout = &self.request.program.layouts[records].layout;
        let judged = Judged { answer: &self.answers[answer], layout, row };
        self.request.request.viewer.as_ref().is_some_and(|viewer| (guard.admits)(viewer, judged))
    }

    /// The items of pages, for each of those that asked for one.
    fn of_pages(&self, asks: impl Iterator<Item = Ask>) -> Objects {
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

    /// Whether the viewer may see the object behind an edge.
    pub(super) fn may_see(&self, edge: &Edge, object: Object) -> bool {
        match edge.access {
            Some(Access::Guarded(guard)) => self.is_admitted(guard, edge.records, object),
            _ => true,
        }
    }

    /// The objects of a place are known: those in them are, too, and they ask.
    fn begin(&mut self, place: usize, objects: Objects) {
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

    /// The objects of an edge's place ask.
    fn ask(&mut self, place: usize) {
        let edge = &self.request.program.edges[place];
        let asks = match self.arguments_of(edge) {
            Err(error) => {
                let failure = self.fail(error);
                vec![Ask::Refused(failure); self.objects[edge.place].all.len()]
            }
            Ok(page) => {
                let asked = self.asked_by(edge.route, page, edge.records);
                let mut asks = Vec::with_capacity(self.objects[edge.place].all.len());
                for number in 0..self.objects[edge.place].all.len() {
                    let object = self.objects[edge.place].all[number];
                    asks.push(self.ask_of(edge, object, asked));
                }
                asks
            }
        };
        self.edges[place] = Asks { asks, known: 0, is_asked: true, is_done: false };
    }

    fn ask_of(&mut self, edge: &Edge, object: Object, asked: usize) -> Ask {
        let viewer = self.request.request.viewer.as_ref();
        let is_allowed = match (edge.access, viewer) {
            (None, _) | (Some(Access::Viewer | Access::Guarded(_)), Some(_)) => true,
            (Some(Access::Viewer | Access::Guarded(_)), None) => return Ask::Nothing,
            (Some(Access::SelfOrAdmin(_)), None) => {
                let known = self.unauthenticated;
                let failure = known.unwrap_or_else(|| self.fail(graphql::unauthenticated()));
                self.unauthenticated = Some(failure);
                return Ask::Refused(failure);
            }
            (Some(Access::SelfOrAdmin(_)), Some(viewer)) => {
                let owner = edge.owner.and_then(|owner| self.key(edge, object, owner));
                viewer.is_admin() || owner == Some(viewer.id().as_u128())
            }
        };
        if !is_allowed {
            let known = self.forbidden;
            let failure = known.unwrap_or_else(|| self.fail(graphql::forbidden()));
            self.forbidden = Some(failure);
            return Ask::Refused(failure);
        }
        match self.key(edge, object, edge.key) {
            Some(key) => Ask::Slot { asked, slot: self.asked[asked].put(RouteKey::Id(key)) },
            None => Ask::Nothing,
        }
    }

    /// The id in that member of an object.
    fn key(&self, edge: &Edge, Object { answer, row }: Object, column: usize) -> Option<u128> {
        let rows = self.rows(&self.request.program.places[edge.place], answer);
        key(&self.answers[answer], rows.cell(row, column))
    }

    fn arguments_of(&self, edge: &Edge) -> Result<Option<PageArguments>, Error> {
        let Some(written) = &edge.page else { return Ok(None) };
        let values = self.values(written);
        graphql::page(&Arguments(&values)).map(Some)
    }

    /// The rows of a place's objects in an answer.
    pub(super) fn rows(&self, place: &Place, answer: usize) -> &Rows {
        place.path.iter().fold(&self.answers[answer].rows, |rows, column| rows.below(*column))
    }

    /// The values of arguments.
    pub(super) fn values(&self, written: &Written) -> Vec<(Name, Value)> {
        let value = |(name, value): &(Name, async_graphql_value::Value)| {
            let value = value.clone().into_const_with(|variable| {
                Ok::<_, std::convert::Infallible>(self.request.variables.get(&variable).cloned().unwrap_or_default())
            });
            (name.clone(), value.unwrap_or_else(|never| match never {}))
        };
        written.iter().map(value).collect()
    }

    fn fail(&mut self, error: Error) -> usize {
        self.failures.push(error);
        self.failures.len() - 1
    }
}

/// The cache tags of the objects in an answer.
fn show(of: Kind, answer: &Answer, tag: &mut dyn FnMut(Tag)) {
    let Kind::Objects(Table { tag: Some(tag_of), .. }) = of else { return };
    // The first column is the id.
    let ids = (0..answer.rows.len()).filter_map(|row| key(answer, answer.rows.cell(row, 0)));
    ids.for_each(|id| tag(tag_of(id)));
}

/// The id that stands there, without its prefix: the last 32 characters.
fn key(answer: &Answer, cell: Cell) -> Option<u128> {
    let text = plain(answer.text(cell.range()))?;
    id(text.get(text.len().checked_sub(32)?..)?)
}
