//! Telemetry: the log (`logs.rs`), the metrics (`metrics.rs`) and the listener that Prometheus reads them from (`listener.rs`).

mod listener;
mod logs;
mod metrics;

pub(crate) use listener::{ListenerSettings, serve};
pub use logs::{Log, LogFormat, install};
pub(crate) use metrics::LiveState;
pub use metrics::Metrics;
pub(crate) use metrics::OTHERS;
