//! The events of one service in this process: the log, its subscribers, and how far behind the service it is. In: news of the
//! feed. Out: the next event behind a cursor, and wake-ups.

use std::{sync::Arc, time::Duration};

use contract::{CloudEvent, Position};
use feed::Source;
use parking_lot::Mutex;
use tokio::{
    sync::{Notify, watch},
    time::{Instant, timeout_at},
};

use super::{
    log::{Behind, Log},
    older::Older,
    subscribers::{Number, Subscribers},
};
use crate::{clients::Topic, services::Service};

/// The events of one service.
pub(super) struct Hub {
    pub(super) service: Service,
    pub(super) source: Source,
    pub(super) older: Older,
    topics: Vec<&'static Topic>,
    max_bytes: usize,
    state: Mutex<State>,
    /// The newest event that the service is known to have; `None` until the feed was opened once.
    newest: watch::Sender<Option<Position>>,
}

struct State {
    /// `None` until the feed has told of an event or a heartbeat.
    log: Option<Log>,
    subscribers: Subscribers,
    /// When the log was last known to be complete.
    complete_at: Instant,
    is_connected: bool,
}

/// What a subscriber finds behind its cursor.
pub(super) enum Found {
    /// Something, or nothing yet.
    Behind(Behind),
    /// The cursor is of another epoch than the events.
    OtherEpoch,
    /// The log has not begun.
    NotYet,
}

impl Hub {
    pub(super) fn new(service: Service, source: Source, topics: &[&'static Topic], max_bytes: usize) -> Self {
        let topics: Vec<_> = topics.iter().copied().filter(|topic| topic.service == service).collect();
        let subscribers = Subscribers::new(&topics);
        let state = State { log: None, subscribers, complete_at: Instant::now(), is_connected: false };
        Self {
            service,
            older: Older::new(source.clone()),
            source,
            topics,
            max_bytes,
            state: Mutex::new(state),
            newest: watch::Sender::new(None),
        }
    }

    /// The place of a topic among those of the service.
    pub(super) fn topic(&self, topic: &Topic) -> usize {
        self.topics.iter().position(|known| known.is(topic)).unwrap_or(usize::MAX)
    }

    /// The newest event that the service is known to have. Waits for the feed to be opened once, until the deadline.
    pub(super) async fn newest(&self, deadline: Instant) -> Option<Position> {
        let mut newest = self.newest.subscribe();
        let known = timeout_at(deadline, newest.wait_for(Option::is_some)).await;
        known.ok()?.ok()?.clone()
    }

    /// [`Self::newest`], if it is known already.
    pub(super) fn known_newest(&self) -> Option<Position> {
        self.newest.borrow().clone()
    }

    /// The time since the log was last known to be complete; zero while it is.
    pub(super) fn lag(&self) -> Duration {
        let state = self.state.lock();
        let head = state.log.as_ref().map(Log::head);
        let is_complete = state.is_connected && head.is_some_and(|head| self.newest.borrow().as_ref() == Some(head));
        if is_complete { Duration::ZERO } else { state.complete_at.elapsed() }
    }

    /// Entries in the index of subscribers.
    pub(super) fn entries(&self) -> usize {
        self.state.lock().subscribers.entries()
    }

    pub(super) fn subscribe(&self, topic: usize, keys: Option<&[String]>, wake: &Arc<Notify>) -> Number {
        self.state.lock().subscribers.add(topic, keys, wake)
    }

    pub(super) fn unsubscribe(&self, topic: usize, keys: Option<&[String]>, number: Number) {
        self.state.lock().subscribers.remove(topic, keys, number);
    }

    /// What is behind the cursor of a subscriber.
    pub(super) fn find(&self, topic: usize, keys: Option<&[String]>, cursor: &Position) -> Found {
        let state = self.state.lock();
        match &state.log {
            None => Found::NotYet,
            Some(log) if log.head().epoch != cursor.epoch => Found::OtherEpoch,
            Some(log) => Found::Behind(log.next(topic, keys, cursor.sequence)),
        }
    }

    /// The feed was opened.
    pub(super) fn opened(&self, newest: Position) {
        self.state.lock().is_connected = true;
        self.saw(newest);
    }

    /// The feed broke.
    pub(super) fn broke(&self) {
        let mut state = self.state.lock();
        if std::mem::take(&mut state.is_connected) {
            state.complete_at = Instant::now();
        }
    }

    /// The next event.
    pub(super) fn event(&self, event: CloudEvent, position: &Position) {
        self.saw(position.clone());
        let mut state = self.state.lock();
        let before = position.at(position.sequence.saturating_sub(1));
        let State { log, subscribers, .. } = &mut *state;
        let log = self.log(log, subscribers, &before);
        // A feed that began anew tells of the last minutes again.
        if log.head().sequence < event.sequence.0 {
            subscribers.wake(&event);
            log.push(event);
        }
        self.note_if_complete(&mut state);
    }

    /// There is no event before this place that was not told of.
    pub(super) fn up_to(&self, position: &Position) {
        self.saw(position.clone());
        let mut state = self.state.lock();
        let State { log, subscribers, .. } = &mut *state;
        self.log(log, subscribers, position).up_to(position.sequence);
        self.note_if_complete(&mut state);
    }

    fn note_if_complete(&self, state: &mut State) {
        if state.log.as_ref().map(Log::head) == self.newest.borrow().as_ref() {
            state.complete_at = Instant::now();
        }
    }

    /// The log that continues behind `position`: a new one at the start, and where the events have begun a new epoch or some
    /// are missing.
    fn log<'l>(&self, log: &'l mut Option<Log>, subscribers: &Subscribers, position: &Position) -> &'l mut Log {
        let continues = |log: &Log| log.head().epoch == position.epoch && log.head().sequence >= position.sequence;
        if log.as_ref().is_none_or(|log| !continues(log)) {
            // Those behind another epoch learn it, and those that waited for the start go on.
            subscribers.wake_all();
            *log = None;
        }
        log.get_or_insert_with(|| Log::new(self.service, &self.topics, position.clone(), self.max_bytes))
    }

    fn saw(&self, position: Position) {
        self.newest.send_if_modified(|newest| {
            let is_newer = newest
                .as_ref()
                .is_none_or(|newest| newest.epoch != position.epoch || newest.sequence < position.sequence);
            if is_newer {
                *newest = Some(position);
            }
            is_newer
        });
    }
}
