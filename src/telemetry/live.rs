//! The metrics of live updates: what is counted as it happens, and a state that is read when the metrics are asked for.

use std::{
    fmt,
    sync::{Arc, OnceLock, atomic::AtomicU64},
    time::Duration,
};

use prometheus_client::{
    encoding::EncodeLabelSet,
    metrics::{counter::Counter, family::Family, gauge::Gauge},
    registry::Registry,
};

/// The label of a limit's counter.
#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct LimitHit {
    limit: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OfService {
    service: &'static str,
}

/// The state of live updates at one moment.
#[derive(Clone, Debug, Default)]
pub(crate) struct LiveState {
    /// WebSockets and streams.
    pub connections: usize,
    /// Entries in the index of subscribers: one for each key of a subscription.
    pub subscribers: usize,
    /// Groups of subscriptions that share executions.
    pub groups: usize,
    /// How long ago the events of each service were last known to be complete.
    pub lags: Vec<(&'static str, Duration)>,
}

/// Reads the state of live updates.
struct State(Box<dyn Fn() -> LiveState + Send + Sync>);

impl fmt::Debug for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("State")
    }
}

/// Counters and gauges of live updates.
#[derive(Clone, Debug, Default)]
pub(crate) struct Live {
    connections: Gauge<u64, AtomicU64>,
    subscribers: Gauge<u64, AtomicU64>,
    groups: Gauge<u64, AtomicU64>,
    lags: Family<OfService, Gauge<f64, AtomicU64>>,
    executions: Counter,
    messages: Counter,
    limits: Family<LimitHit, Counter>,
    state: Arc<OnceLock<State>>,
}

impl Live {
    /// Adds the metrics to the registry.
    pub(super) fn register(&self, registry: &mut Registry) {
        registry.register("live_connections", "WebSockets and streams", self.connections.clone());
        registry.register("live_subscribers", "Keys that subscriptions ask for", self.subscribers.clone());
        registry.register("live_groups", "Groups of subscriptions that share executions", self.groups.clone());
        let lag = "Time since the events of a service were last known to be complete; 0 while they are";
        registry.register("event_lag_seconds", lag, self.lags.clone());
        registry.register(
            "event_executions",
            "Executions of events, one for each event and group",
            self.executions.clone(),
        );
        registry.register("event_messages", "Messages of subscriptions handed to clients", self.messages.clone());
        registry.register(
            "limits_hit",
            "Connections and operations that a limit of [events] ended",
            self.limits.clone(),
        );
    }

    /// From now on, the gauges are set from this state whenever the metrics are asked for.
    pub(crate) fn observe(&self, read: impl Fn() -> LiveState + Send + Sync + 'static) {
        self.state.get_or_init(|| State(Box::new(read)));
    }

    /// Counts an execution of an event.
    pub(crate) fn executed(&self) {
        self.executions.inc();
    }

    /// Counts a message of a subscription.
    pub(crate) fn sent(&self) {
        self.messages.inc();
    }

    /// Counts what a limit of `[events]` has ended.
    pub(crate) fn limit_hit(&self, limit: &'static str) {
        self.limits.get_or_create(&LimitHit { limit }).inc();
    }

    /// Sets the gauges from the state of now.
    pub(super) fn refresh(&self) {
        let Some(State(read)) = self.state.get() else { return };
        let state = read();
        self.connections.set(state.connections as u64);
        self.subscribers.set(state.subscribers as u64);
        self.groups.set(state.groups as u64);
        for (service, lag) in &state.lags {
            self.lags.get_or_create(&OfService { service }).set(lag.as_secs_f64());
        }
    }
}
