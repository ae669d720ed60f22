//! What is counted, for Prometheus. In: what happened. Out: `GET /metrics` at an address of its own, in the OpenMetrics text
//! format. Labels have few values: an operation has its name only if its document is trusted.

use std::{
    sync::{Arc, atomic::AtomicU64},
    time::Duration,
};

use prometheus_client::{
    encoding::{EncodeLabelSet, text::encode},
    metrics::{counter::Counter, family::Family, gauge::Gauge, histogram::Histogram},
    registry::Registry,
};

/// The operations of documents that are not trusted, together.
pub const OTHERS: &str = "(other)";

/// Upper bounds of the histogram of durations, in seconds.
const DURATIONS: [f64; 11] = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0];

/// An operation and how it ended.
#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Answered {
    operation: String,
    status: u16,
}

/// Everything that is counted. Cheap to clone; clones count together.
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
}

impl Metrics {
    /// Nothing counted yet.
    pub fn new() -> Self {
        let requests = Family::default();
        let duration = Histogram::new(DURATIONS);
        let (trusted, reload_failed) = (Gauge::default(), Gauge::default());
        let (reloads, failed_reloads) = (Counter::default(), Counter::default());
        let mut registry = Registry::with_prefix("tessera");
        registry.register("requests", "Requests by operation and status", Family::clone(&requests));
        registry.register("request_duration_seconds", "Time to answer a request", Histogram::clone(&duration));
        registry.register("trusted_documents", "Ids of trusted documents", Gauge::clone(&trusted));
        registry.register(
            "trusted_documents_stale",
            "1 while the files of trusted documents are no good, and those from before are used",
            Gauge::clone(&reload_failed),
        );
        registry.register("trusted_documents_reloads", "Times that trusted documents were replaced", reloads.clone());
        registry.register(
            "trusted_documents_failed_reloads",
            "Times that the files of trusted documents were found no good",
            failed_reloads.clone(),
        );
        let unreadable_addresses = Counter::default();
        registry.register(
            "unreadable_client_addresses",
            "Requests of a trusted proxy whose X-Forwarded-For has an unreadable entry",
            unreadable_addresses.clone(),
        );
        Self {
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

    /// A request is answered.
    pub fn answered(&self, operation: &str, status: u16, duration: Duration) {
        self.requests.get_or_create(&Answered { operation: operation.to_owned(), status }).inc();
        self.duration.observe(duration.as_secs_f64());
    }

    /// There are that many ids of trusted documents now.
    pub fn trusted_documents(&self, ids: usize) {
        self.trusted.set(ids as u64);
        self.reload_failed.set(0);
    }

    /// Trusted documents were replaced by so many.
    pub fn reloaded(&self, ids: usize) {
        self.trusted_documents(ids);
        self.reloads.inc();
    }

    /// The files of trusted documents are no good.
    pub fn reload_failed(&self) {
        self.reload_failed.set(1);
        self.failed_reloads.inc();
    }

    /// A trusted proxy sent an unreadable `X-Forwarded-For`.
    pub fn unreadable_client_address(&self) {
        self.unreadable_addresses.inc();
    }

    /// All of it, in the OpenMetrics text format.
    pub fn text(&self) -> String {
        let mut text = String::new();
        // Writing into a string does not fail.
        let _ = encode(&mut text, &self.registry);
        text
    }
}

impl Default for Metrics {
    fn default() -> Self {
        Self::new()
    }
}
