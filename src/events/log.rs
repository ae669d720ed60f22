//! The newest events of one service in memory, bounded in bytes, each under the topics and keys by which subscribers ask for
//! it. In: events in their order. Out: the next event behind a cursor, for a cost that does not depend on other keys' events.

use std::{
    collections::{HashMap, VecDeque},
    sync::Arc,
};

use contract::{CloudEvent, Position};

use super::cursor;
use crate::{
    clients::{Occurrence, Topic},
    services::Service,
};

/// What an event takes beside the text of its data, about: its other members, and its places in the index.
const OVERHEAD_BYTES: usize = 600;

/// Events in their order.
type Line = VecDeque<Arc<Occurrence>>;

/// The newest events of one service.
pub(super) struct Log {
    service: Service,
    max_bytes: usize,
    bytes: usize,
    /// Complete behind this place up to `head`.
    from: u64,
    /// The last event that was read.
    head: Position,
    events: VecDeque<(Arc<Occurrence>, usize)>,
    /// In the order of the service's topics.
    topics: Vec<TopicIndex>,
}

struct TopicIndex {
    topic: &'static Topic,
    all: Line,
    by_key: HashMap<Box<str>, Line>,
}

/// What is behind a cursor.
pub(super) enum Behind {
    /// The next event that is asked for.
    Event(Arc<Occurrence>),
    /// Nothing: the cursor may move to this place, the head.
    Nothing(Position),
    /// The log begins behind the cursor: older events must be fetched.
    Older,
}

impl Log {
    /// An empty log behind `head`.
    pub(super) fn new(service: Service, topics: &[&'static Topic], head: Position, max_bytes: usize) -> Self {
        let topics = topics.iter().map(|topic| TopicIndex { topic, all: Line::new(), by_key: HashMap::new() });
        let (from, events) = (head.sequence, VecDeque::new());
        Self { service, max_bytes, bytes: 0, from, head, events, topics: topics.collect() }
    }

    /// The last event that was read.
    pub(super) const fn head(&self) -> &Position {
        &self.head
    }

    /// Notes that there is no event before this place that is not in the log.
    pub(super) fn up_to(&mut self, sequence: u64) {
        self.head.sequence = self.head.sequence.max(sequence);
    }

    /// Adds the next event. Only those of the topics are kept.
    pub(super) fn push(&mut self, event: CloudEvent) {
        self.head.sequence = event.sequence.0;
        if !self.topics.iter().any(|index| index.takes(&event)) {
            return;
        }
        let bytes = OVERHEAD_BYTES + event.data.to_string().len();
        let cursor = cursor::of_event(self.service, &self.head).into();
        let occurrence = Arc::new(Occurrence { event, cursor });
        for index in self.topics.iter_mut().filter(|index| index.takes(&occurrence.event)) {
            index.all.push_back(Arc::clone(&occurrence));
            for key in keys(index.topic, &occurrence.event) {
                match index.by_key.get_mut(key) {
                    Some(line) => line.push_back(Arc::clone(&occurrence)),
                    None => drop(index.by_key.insert(key.into(), Line::from([Arc::clone(&occurrence)]))),
                }
            }
        }
        self.events.push_back((occurrence, bytes));
        self.bytes += bytes;
        while self.bytes > self.max_bytes && self.events.len() > 1 {
            self.forget_oldest();
        }
    }

    /// The next event behind `sequence` of that topic, and with one of these keys.
    pub(super) fn next(&self, topic: usize, wanted: Option<&[String]>, sequence: u64) -> Behind {
        if sequence < self.from {
            return Behind::Older;
        }
        let Some(index) = self.topics.get(topic) else { return Behind::Nothing(self.head.clone()) };
        let next = match wanted {
            None => first_behind(&index.all, sequence),
            Some(keys) => {
                let lines = keys.iter().filter_map(|key| index.by_key.get(key.as_str()));
                lines.filter_map(|line| first_behind(line, sequence)).min_by_key(|occurrence| occurrence.event.sequence)
            }
        };
        match next {
            Some(occurrence) => Behind::Event(Arc::clone(occurrence)),
            None => Behind::Nothing(self.head.at(self.head.sequence.max(sequence))),
        }
    }

    fn forget_oldest(&mut self) {
        let Some((oldest, bytes)) = self.events.pop_front() else { return };
        self.bytes -= bytes;
        self.from = oldest.event.sequence.0;
        for index in self.topics.iter_mut().filter(|index| index.takes(&oldest.event)) {
            index.all.pop_front();
            for key in keys(index.topic, &oldest.event) {
                if let Some(line) = index.by_key.get_mut(key) {
                    line.pop_front();
                    if line.is_empty() {
                        index.by_key.remove(key);
                    }
                }
            }
        }
    }
}

impl TopicIndex {
    fn takes(&self, event: &CloudEvent) -> bool {
        self.topic.types.contains(&event.kind.as_str())
    }
}

/// The keys of an event, each once.
pub(super) fn keys<'e>(topic: &Topic, event: &'e CloudEvent) -> Vec<&'e str> {
    let mut keys = (topic.keys)(event);
    keys.sort_unstable();
    keys.dedup();
    keys
}

fn first_behind(line: &Line, sequence: u64) -> Option<&Arc<Occurrence>> {
    line.get(line.partition_point(|occurrence| occurrence.event.sequence.0 <= sequence))
}
