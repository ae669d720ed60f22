//! What one route is asked in a request, with the same arguments: each key once. In: keys. Out: chunks of keys to ask for, and what
//! became of each key.

use std::{collections::HashMap, ops::Range, sync::Arc};

use foldhash::fast::RandomState;

use crate::clients::{AnyRoute, Found, MAX_IDS, Parameters, RouteKey};

/// The keys of a route with one set of arguments.
pub(super) struct Asked {
    pub(super) route: &'static dyn AnyRoute,
    /// What a call has once beside its keys.
    pub(super) parameters: Arc<dyn Parameters>,
    /// Items of a page, at most.
    pub(super) first: usize,
    pub(super) records: usize,
    slots: Vec<Slot>,
    places: HashMap<RouteKey, u32, RandomState>,
    /// The keys, in the order of the slots.
    keys: Vec<RouteKey>,
    /// How many of them are sent.
    sent: usize,
}

/// What became of a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Slot {
    /// Not known yet.
    Due,
    /// There is nothing under it.
    Nothing,
    /// A record: the answer and the row.
    Row { answer: usize, row: usize },
    /// A page.
    Page(PageAt),
    /// Whether something is true.
    Flag(bool),
    /// The call failed.
    Failed(usize),
}

/// A page: the answer, and the key's place among the requested ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct PageAt {
    pub(super) answer: usize,
    pub(super) place: usize,
}

impl Asked {
    pub(super) fn new(
        route: &'static dyn AnyRoute,
        parameters: Arc<dyn Parameters>,
        first: usize,
        records: usize,
    ) -> Self {
        let (slots, places, keys) = (Vec::new(), HashMap::default(), Vec::new());
        Self { route, parameters, first, records, slots, places, keys, sent: 0 }
    }

    /// The place of the key among the slots; it is asked for, unless it was.
    pub(super) fn put(&mut self, key: RouteKey) -> u32 {
        let next = u32::try_from(self.slots.len()).unwrap_or(u32::MAX);
        match self.places.get(&key) {
            Some(known) => *known,
            None => {
                self.places.insert(key.clone(), next);
                self.slots.push(Slot::Due);
                self.keys.push(key);
                next
            }
        }
    }

    /// What became of the key at that place.
    pub(super) fn slot(&self, place: u32) -> Slot {
        self.slots.get(place as usize).copied().unwrap_or(Slot::Nothing)
    }

    /// The next keys that are not asked for yet, at most 100 of them.
    pub(super) fn chunk(&mut self) -> Option<Range<usize>> {
        let chunk = self.sent..self.keys.len().min(self.sent + MAX_IDS);
        self.sent = chunk.end;
        (!chunk.is_empty()).then_some(chunk)
    }

    /// The keys of a chunk.
    pub(super) fn keys(&self, chunk: Range<usize>) -> Vec<RouteKey> {
        self.keys[chunk].to_vec()
    }

    /// Notes the answer to a chunk.
    pub(super) fn answered(&mut self, chunk: Range<usize>, answer: usize, found: &[Found]) {
        for (place, (slot, found)) in self.slots[chunk].iter_mut().zip(found).enumerate() {
            *slot = match found {
                Found::Nothing => Slot::Nothing,
                Found::Row(row) => Slot::Row { answer, row: *row },
                Found::Flag(flag) => Slot::Flag(*flag),
                Found::Page(_) => Slot::Page(PageAt { answer, place }),
            };
        }
    }

    /// Notes that the call for a chunk failed.
    pub(super) fn failed(&mut self, chunk: Range<usize>, failure: usize) {
        self.slots[chunk].fill(Slot::Failed(failure));
    }
}
