//! How many WebSockets and streams there may be: in the process, of a network, of a viewer. In: a connection that begins, and its
//! viewer. Out: a place, which is free again when it is dropped; or that there is none.

use std::{collections::HashMap, hash::Hash, net::IpAddr, sync::Arc};

use contract::UserId;
use parking_lot::Mutex;

use super::EventSettings;
use crate::telemetry::Metrics;

/// The places of a process. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Caps(Arc<Shared>);

struct Shared {
    metrics: Metrics,
    total: Counters<()>,
    by_network: Counters<IpAddr>,
    by_viewer: Counters<UserId>,
}

struct Counters<K> {
    counts: Mutex<HashMap<K, usize>>,
    most: usize,
}

/// A place, until it is dropped.
pub(crate) struct Seat {
    caps: Caps,
    of: Of,
}

enum Of {
    Network(IpAddr),
    Viewer(UserId),
}

/// Why there is no place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Full {
    /// The process has as many as it may have.
    Process,
    /// The network has as many as it may have.
    Network,
    /// The viewer has as many as a viewer may have.
    Viewer,
}

impl Caps {
    /// As many places as the settings say.
    pub(crate) fn new(settings: &EventSettings, metrics: Metrics) -> Self {
        Self(Arc::new(Shared {
            metrics,
            total: Counters::new(settings.max_sockets),
            by_network: Counters::new(settings.max_per_network),
            by_viewer: Counters::new(settings.max_per_viewer),
        }))
    }

    /// A place for a connection of that network.
    pub(crate) fn enter(&self, address: IpAddr) -> Result<Seat, Full> {
        let network = contract::network(address);
        if !self.0.total.add(()) {
            self.0.metrics.live().limit_hit("max_sockets");
            return Err(Full::Process);
        }
        if !self.0.by_network.add(network) {
            self.0.total.remove(&());
            self.0.metrics.live().limit_hit("max_per_network");
            return Err(Full::Network);
        }
        Ok(Seat { caps: self.clone(), of: Of::Network(network) })
    }

    /// A place among the connections of that viewer.
    pub(crate) fn sign_in(&self, viewer: UserId) -> Result<Seat, Full> {
        if !self.0.by_viewer.add(viewer) {
            self.0.metrics.live().limit_hit("max_per_viewer");
            return Err(Full::Viewer);
        }
        Ok(Seat { caps: self.clone(), of: Of::Viewer(viewer) })
    }

    /// WebSockets and streams in the process.
    pub(crate) fn connections(&self) -> usize {
        self.0.total.counts.lock().get(&()).copied().unwrap_or_default()
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        match &self.of {
            Of::Network(network) => {
                self.caps.0.total.remove(&());
                self.caps.0.by_network.remove(network);
            }
            Of::Viewer(viewer) => self.caps.0.by_viewer.remove(viewer),
        }
    }
}

impl<K: Eq + Hash> Counters<K> {
    fn new(most: usize) -> Self {
        Self { counts: Mutex::default(), most }
    }

    fn add(&self, key: K) -> bool {
        let mut counts = self.counts.lock();
        let count = counts.entry(key).or_default();
        let has_room = *count < self.most;
        *count += usize::from(has_room);
        has_room
    }

    fn remove(&self, key: &K) {
        let mut counts = self.counts.lock();
        if let Some(count) = counts.get_mut(key) {
            *count -= 1;
            if *count == 0 {
                counts.remove(key);
            }
        }
    }
}
