//! The root of a query: what its fields seek, and the objects that they have found; for an event or a payload, the object that it is.

use async_graphql::Error;

use super::{
    asked::{Asked, Slot},
    program::{ConnectionField, Found, RootField, Step, places_of},
    run::{Ask, Object, Objects, RootAsk, RootAsks, Run},
};
use crate::graphql::{
    roots::{Sought, Target},
    table::Arguments,
};

impl Run<'_> {
    pub(super) fn ask_roots(&mut self) {
        for step in &self.request.program.roots {
            let asks = match &step.what {
                RootField::Typename | RootField::Introspection => Vec::new(),
                RootField::Given(..) => match self.given() {
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

    /// The record that the program runs for.
    fn given(&mut self) -> Option<Object> {
        self.answers.push(self.request.given.take()?);
        Some(Object { answer: self.answers.len() - 1, row: 0 })
    }

    fn root_ask(&mut self, sought: Sought, finds: &[Found]) -> RootAsk {
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

    pub(super) fn is_root_known(&self, place: usize) -> bool {
        match &self.roots[place] {
            RootAsks::Failed(_) => true,
            RootAsks::Asks(asks) => asks.iter().all(|ask| self.slot(ask.ask) != Some(Slot::Due)),
        }
    }

    /// The objects that a root field has found.
    pub(super) fn root_objects(&mut self, root: usize, finds: &[Found]) {
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
    pub(super) fn root_items(&mut self, root: usize, connection: &[Step<ConnectionField>]) {
        for place in places_of(connection) {
            let RootAsks::Asks(asks) = &self.roots[root] else { return };
            let objects = self.of_pages(asks.iter().map(|ask| ask.ask));
            self.begin(place, objects);
        }
    }
}
