//! What a change tells the other services. Written to the outbox in the change's transaction once there is one; until
//! then it is seen in the log at debug level.

use serde_json::Value;

/// A change.
#[derive(Clone, Debug)]
pub struct Event {
    /// `user.created`, `order.placed`, …
    pub kind: &'static str,
    /// The id of what changed.
    pub subject: String,
    /// The subject's version after the change.
    pub version: i64,
    /// What the event's readers need.
    pub data: Value,
}

/// The place for the outbox.
pub(super) fn record(events: &[Event]) {
    for Event { kind, subject, version, .. } in events {
        tracing::debug!(event.kind = kind, event.subject = subject, event.version = version, "changed");
    }
}
