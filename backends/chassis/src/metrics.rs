//! The metrics of a service: requests and their durations by method, route and status. Not global, because three services
//! may share a process. Served at `/metrics` as OpenMetrics text.

use std::time::Duration;

use parking_lot::Mutex;
use prometheus_client::{
    encoding::{EncodeLabelSet, text::encode},
    metrics::{
        counter::Counter,
        family::Family,
        histogram::{Histogram, exponential_buckets},
    },
    registry::Registry,
};

/// The content type of [`Metrics::encode`].
pub(crate) const CONTENT_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// An answered request.
#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
pub(crate) struct RequestLabels {
    pub(crate) method: String,
    /// The route's pattern: the number of paths is unbounded.
    pub(crate) route: String,
    pub(crate) status: u16,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct RouteLabels {
    route: String,
}

/// The counters of one service.
pub(crate) struct Metrics {
    registry: Mutex<Registry>,
    requests: Family<RequestLabels, Counter>,
    durations: Family<RouteLabels, Histogram>,
}

impl Metrics {
    pub(crate) fn new() -> Self {
        let mut registry = Registry::default();
        let requests = Family::default();
        // 0.25 ms to 8 s
        let durations: Family<RouteLabels, Histogram> =
            Family::new_with_constructor(|| Histogram::new(exponential_buckets(0.000_25, 2.0, 16)));
        registry.register("http_requests", "Requests answered", requests.clone());
        registry.register("http_request_duration_seconds", "Time to the answer", durations.clone());
        Self { registry: Mutex::new(registry), requests, durations }
    }

    /// Adds a counter of the service.
    pub(crate) fn register(&self, name: &str, help: &str, counter: Counter) {
        self.registry.lock().register(name, help, counter);
    }

    /// Counts an answered request.
    pub(crate) fn record(&self, request: RequestLabels, duration: Duration) {
        self.requests.get_or_create(&request).inc();
        self.durations.get_or_create(&RouteLabels { route: request.route }).observe(duration.as_secs_f64());
    }

    /// All counters as text.
    pub(crate) fn encode(&self) -> Result<String, std::fmt::Error> {
        let mut text = String::new();
        encode(&mut text, &self.registry.lock())?;
        Ok(text)
    }
}
