//! Metrics for Prometheus. In: events. Out: counters, gauges and histograms in the OpenMetrics text format. Labels have few
//! values: an operation is labelled with its name only if its document is trusted.

use std::{
    sync::{Arc, atomic::AtomicU64},
    time::Duration,
};

use prometheus_client::{
    encoding::{EncodeLabelSet, text::encode},
    metrics::{counter::Counter, family::Family, gauge::Gauge, histogram::Histogram},
    registry::Registry,
};

use super::{
    live::Live,
    log_thread::{COUNTERS, LogCounters},
};

/// The label of all operations whose documents are not trusted.
pub(crate) const OTHERS: &str = "(other)";

/// Buckets of the request durations, in seconds.
const DURATIONS: [f64; 11] = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0];

/// The labels of the request counter.
#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Answered {
    operation: String,
    status: u16,
}

/// All metrics. Cheap to clone; clones share their values.
#[derive(Clone, Debug)]
pub struct Metrics {
    registry: Arc<Registry>,
    requests: Family<Answered, Counter>,
    duration: Histogram,
    trusted: Gauge<u64, AtomicU64>,
    reload_failed: Gauge<u64, AtomicU64>,
    reloads: Counter,
    failed_reloads: Counter,
    unreadable_addresses: Counter,
    live: Live,
}

impl Metrics {
    /// Metrics at zero.
    pub fn new() -> Self {
        let requests = Family::default();
        let duration = Histogram::new(DURATIONS);
        let (trusted, reload_failed) = (Gauge::default(), Gauge::default());
        let (reloads, failed_reloads) = (Counter::default(), Counter::default());
        let mut registry = Registry::with_prefix("tessera");
        registry.register("requests", "Requests by operation and status", Family::clone(&requests));
        registry.register("request_duration_seconds", "Duration of a request", Histogram::clone(&duration));
        registry.register("trusted_documents", "Number of ids of trusted documents", Gauge::clone(&trusted));
        registry.register(
            "trusted_documents_stale",
            "1 if the last reload of trusted documents failed and the previous ones are in use, otherwise 0",
            Gauge::clone(&reload_failed),
        );
        registry.register("trusted_documents_reloads", "Successful reloads of trusted documents", reloads.clone());
        registry.register(
            "trusted_documents_failed_reloads",
            "Failed reloads of trusted documents",
            failed_reloads.clone(),
        );
        let unreadable_addresses = Counter::default();
        registry.register(
            "unreadable_client_addresses",
            "Requests from a trusted proxy with an unreadable entry in X-Forwarded-For",
            unreadable_addresses.clone(),
        );
        let LogCounters { waited, lost } = COUNTERS.clone();
        registry.register("log_lines_waited", "Log lines that waited for room in the log's buffer", waited);
        registry.register("log_lines_lost", "Log lines that found no room in the log's buffer", lost);
        let live = Live::default();
        live.register(&mut registry);
        Self {
            live,
            registry: Arc::new(registry),
            requests,
            duration,
            trusted,
            reload_failed,
            reloads,
            failed_reloads,
            unreadable_addresses,
        }
    }

    /// Counts a request with its status and duration.
    pub(crate) fn answered(&self, operation: &str, status: u16, duration: Duration) {
        self.requests.get_or_create(&Answered { operation: operation.to_owned(), status }).inc();
        self.duration.observe(duration.as_secs_f64());
    }

    /// Sets the number of ids of trusted documents.
    pub(crate) fn trusted_documents(&self, ids: usize) {
        self.trusted.set(ids as u64);
        self.reload_failed.set(0);
    }

    /// Counts a successful reload.
    pub(crate) fn reloaded(&self, ids: usize) {
        self.trusted_documents(ids);
        self.reloads.inc();
    }

    /// Counts a failed reload.
    pub(crate) fn reload_failed(&self) {
        self.reload_failed.set(1);
        self.failed_reloads.inc();
    }

    /// Counts a request of a trusted proxy with an unreadable `X-Forwarded-For`.
    pub(crate) fn unreadable_client_address(&self) {
        self.unreadable_addresses.inc();
    }

    /// The metrics of live updates.
    pub(crate) const fn live(&self) -> &Live {
        &self.live
    }

    /// All metrics in the OpenMetrics text format.
    pub fn text(&self) -> String {
        self.live.refresh();
        let mut text = String::new();
        // Writing to a string does not fail.
        let _ = encode(&mut text, &self.registry);
        text
    }
}

impl Default for Metrics {
    fn default() -> Self {
        Self::new()
    }
}
