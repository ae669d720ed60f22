//! Telemetry: the log (`logs.rs`, written by `log_thread.rs`), the metrics (`metrics.rs`) and the listener that Prometheus reads them
//! from (`listener.rs`).

mod listener;
mod live;
mod log_thread;
mod logs;
mod metrics;

pub(crate) use listener::{ListenerSettings, serve};
pub(crate) use live::LiveState;
pub use log_thread::LogThread;
pub use logs::{Log, LogFormat, install};
pub use metrics::Metrics;
pub(crate) use metrics::OTHERS;
