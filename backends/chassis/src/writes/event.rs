//! Events of changes, for other services. The outbox will store them in the transaction of the change; until then they are
//! logged at debug level.

use serde_json::Value;

/// An event.
#[derive(Clone, Debug)]
pub struct Event {
    /// `user.created`, `order.placed`, …
    pub kind: &'static str,
    /// The id of the changed object.
    pub subject: String,
    /// The version of the object after the change.
    pub version: i64,
    /// The data for consumers of the event.
    pub data: Value,
}

/// Records events; the outbox replaces this function.
pub(super) fn record(events: &[Event]) {
    for Event { kind, subject, version, .. } in events {
        tracing::debug!(event.kind = kind, event.subject = subject, event.version = version, "changed");
    }
}
