//! Who waits for which events: an index by topic and key, so that an event costs its own subscribers and not all. In: what
//! subscribers ask for. Out: wake-ups. An event wakes its subscribers in another order each time: the first one pays for it.

use std::{collections::HashMap, sync::Arc};

use contract::CloudEvent;
use indexmap::IndexMap;
use tokio::sync::Notify;

use super::log::keys;
use crate::clients::Topic;

/// The number of a subscriber within its service.
pub(super) type Number = u64;

type Wakers = IndexMap<Number, Arc<Notify>>;

/// The subscribers of one service's topics.
pub(super) struct Subscribers {
    topics: Vec<TopicSubscribers>,
    next: Number,
    turn: usize,
}

struct TopicSubscribers {
    topic: &'static Topic,
    of_all: Wakers,
    by_key: HashMap<Box<str>, Wakers>,
}

impl Subscribers {
    /// Nobody.
    pub(super) fn new(topics: &[&'static Topic]) -> Self {
        let topics =
            topics.iter().map(|topic| TopicSubscribers { topic, of_all: Wakers::new(), by_key: HashMap::new() });
        Self { topics: topics.collect(), next: 0, turn: 0 }
    }

    /// Adds a subscriber to the events of a topic with one of these keys, or to all of them.
    pub(super) fn add(&mut self, topic: usize, wanted: Option<&[String]>, wake: &Arc<Notify>) -> Number {
        self.next += 1;
        if let Some(subscribers) = self.topics.get_mut(topic) {
            match wanted {
                None => drop(subscribers.of_all.insert(self.next, Arc::clone(wake))),
                Some(keys) => {
                    for key in keys {
                        let wakers = subscribers.by_key.entry(key.as_str().into()).or_default();
                        wakers.insert(self.next, Arc::clone(wake));
                    }
                }
            }
        }
        self.next
    }

    /// Removes a subscriber, with the keys that nobody asks for any more.
    pub(super) fn remove(&mut self, topic: usize, wanted: Option<&[String]>, number: Number) {
        let Some(subscribers) = self.topics.get_mut(topic) else { return };
        match wanted {
            None => drop(subscribers.of_all.swap_remove(&number)),
            Some(keys) => {
                for key in keys {
                    if let Some(wakers) = subscribers.by_key.get_mut(key.as_str()) {
                        wakers.swap_remove(&number);
                        if wakers.is_empty() {
                            subscribers.by_key.remove(key.as_str());
                        }
                    }
                }
            }
        }
    }

    /// Wakes those that asked for the event.
    pub(super) fn wake(&mut self, event: &CloudEvent) {
        self.turn = self.turn.wrapping_add(1);
        for subscribers in self.topics.iter().filter(|index| index.topic.types.contains(&event.kind.as_str())) {
            notify(&subscribers.of_all, self.turn);
            for key in keys(subscribers.topic, event) {
                if let Some(wakers) = subscribers.by_key.get(key) {
                    notify(wakers, self.turn);
                }
            }
        }
    }

    /// Wakes everybody: the events began a new epoch.
    pub(super) fn wake_all(&self) {
        for subscribers in &self.topics {
            subscribers.of_all.values().for_each(|wake| wake.notify_one());
            subscribers.by_key.values().flat_map(Wakers::values).for_each(|wake| wake.notify_one());
        }
    }

    /// Entries in the index.
    pub(super) fn entries(&self) -> usize {
        let of_topic =
            |topic: &TopicSubscribers| topic.of_all.len() + topic.by_key.values().map(Wakers::len).sum::<usize>();
        self.topics.iter().map(of_topic).sum()
    }
}

fn notify(wakers: &Wakers, turn: usize) {
    let first = turn.checked_rem(wakers.len()).unwrap_or_default();
    let in_turn = (first..wakers.len()).chain(0..first);
    in_turn.filter_map(|place| wakers.get_index(place)).for_each(|(_, wake)| wake.notify_one());
}
