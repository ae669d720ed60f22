//! Telemetry: the log (`logs.rs`), the metrics (`metrics.rs`) and the listener that Prometheus reads them from (`listener.rs`).

mod listener;
mod live;
mod logs;
mod metrics;

pub(crate) use listener::{ListenerSettings, serve};
pub(crate) use live::LiveState;
pub use logs::{Log, LogFormat, install};
pub use metrics::Metrics;
pub(crate) use metrics::OTHERS;
