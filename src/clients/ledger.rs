//! What is noted of a request's calls: how many, how long they took, the cache tags of public answers, and the positions of all
//! answers among the services' events. Out: the request's log line, `Server-Timing`, the tags of a public response, and the
//! position of a response.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    sync::{
        Arc, OnceLock,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use contract::{Position, headers::X_FEED_POSITION};
use http::HeaderMap;
use parking_lot::Mutex;
use tokio::time::Instant;

use crate::{cache::Tag, services::Service};

/// The ledger of one request. Clones share it.
#[derive(Clone, Default)]
pub struct Ledger(Arc<Entries>);

#[derive(Default)]
struct Entries {
    calls: Mutex<Calls>,
    /// Absent unless the response may become public.
    tags: OnceLock<Mutex<BTreeSet<Tag>>>,
    /// Absent unless the client wants the answer's position.
    positions: OnceLock<Mutex<BTreeMap<Service, Position>>>,
    /// Whether a command that must not be repeated took effect, or may have.
    effect: AtomicBool,
}

/// How often each service was called, in the order of [`Service::ALL`], and how long the request waited for them.
#[derive(Clone, Copy, Debug, Default)]
pub struct Calls {
    /// Calls sent.
    pub count: [u32; Service::ALL.len()],
    /// Calls without a usable answer; a refusal is usable.
    pub failed: u32,
    /// Time in which one call or more were under way.
    pub waited: Duration,
    under_way: u32,
    since: Option<Instant>,
}

/// A call that is under way; ends when dropped.
pub(super) struct UnderWay<'a> {
    ledger: &'a Ledger,
    /// Whether it brought a usable answer.
    pub(super) answered: bool,
}

/// `user=1 post=2`: the services that were called, and how often.
impl fmt::Display for Calls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let called = Service::ALL.iter().zip(self.count).filter(|(_, count)| *count > 0);
        for (index, (service, count)) in called.enumerate() {
            write!(f, "{}{service}={count}", if index == 0 { "" } else { " " })?;
        }
        Ok(())
    }
}

impl Ledger {
    /// The calls so far.
    pub fn calls(&self) -> Calls {
        *self.0.calls.lock()
    }

    /// Collects cache tags from now on.
    pub fn collect_tags(&self) {
        self.0.tags.get_or_init(Mutex::default);
    }

    /// The cache tags since [`collect_tags`](Self::collect_tags).
    pub fn tags(&self) -> BTreeSet<Tag> {
        self.0.tags.get().map(|tags| tags.lock().clone()).unwrap_or_default()
    }

    /// Adds cache tags, if they are collected.
    pub(super) fn note_tags(&self, add: impl FnOnce(&mut BTreeSet<Tag>)) {
        if let Some(tags) = self.0.tags.get() {
            add(&mut tags.lock());
        }
    }

    /// Collects the positions of the services' answers from now on.
    pub fn collect_positions(&self) {
        self.0.positions.get_or_init(Mutex::default);
    }

    /// The smallest position of each service's answers since [`collect_positions`](Self::collect_positions).
    pub fn positions(&self) -> BTreeMap<Service, Position> {
        self.0.positions.get().map(|positions| positions.lock().clone()).unwrap_or_default()
    }

    /// Notes the position that an answer carries, if positions are collected. One of another epoch counts as the smallest.
    pub(super) fn note_position(&self, service: Service, headers: &HeaderMap) {
        let Some(positions) = self.0.positions.get() else { return };
        let position = headers.get(X_FEED_POSITION).and_then(|value| value.to_str().ok()?.parse::<Position>().ok());
        let Some(position) = position else { return };
        let mut positions = positions.lock();
        match positions.get_mut(&service) {
            Some(known) if known.epoch == position.epoch && known.sequence <= position.sequence => {}
            Some(known) => *known = position,
            None => drop(positions.insert(service, position)),
        }
    }

    /// Notes that a command took effect, or may have, that would take effect again if it were repeated.
    pub(super) fn note_effect(&self) {
        self.0.effect.store(true, Ordering::Relaxed);
    }

    /// Whether a repetition of the operation would have a second effect.
    pub(super) fn has_effect(&self) -> bool {
        self.0.effect.load(Ordering::Relaxed)
    }

    /// Notes that a call begins.
    pub(super) fn begin(&self, service: Service) -> UnderWay<'_> {
        let mut calls = self.0.calls.lock();
        calls.count[service as usize] += 1;
        calls.under_way += 1;
        calls.since.get_or_insert_with(Instant::now);
        UnderWay { ledger: self, answered: false }
    }
}

impl Drop for UnderWay<'_> {
    fn drop(&mut self) {
        let mut calls = self.ledger.0.calls.lock();
        calls.failed += u32::from(!self.answered);
        calls.under_way -= 1;
        if calls.under_way == 0 {
            let waited = calls.since.take().map(|since| since.elapsed());
            calls.waited += waited.unwrap_or_default();
        }
    }
}
