//! The events of a service that a subscription delivers, declared once as a value beside the noun's routes: which types, by
//! which ids subscribers ask for them, and who may see one.

use std::{ptr, sync::Arc};

use bytes::Bytes;
use contract::CloudEvent;

use crate::{auth::Viewer, services::Service};

/// The events of one kind of subscription.
pub struct Topic {
    /// The service whose events they are.
    pub service: Service,
    /// The types of the events.
    pub types: &'static [&'static str],
    /// The ids in an event by which subscribers ask for it. The service must index the event by each of them.
    pub keys: fn(&CloudEvent) -> Vec<&str>,
    /// Whether the viewer may see the event. Asked for each message.
    pub may_see: fn(&CloudEvent, Option<&Viewer>) -> bool,
}

/// What one subscription asks for.
#[derive(Clone)]
pub struct Interest {
    /// The topic.
    pub topic: &'static Topic,
    /// Ids, of which an event must have one; `None` for all events of the topic.
    pub keys: Option<Vec<String>>,
    /// The cursor behind which the client wants the events, as it was sent.
    pub after: Option<String>,
}

/// An event as a subscription delivers it.
#[derive(Clone, Debug)]
pub struct Occurrence {
    /// The event.
    pub event: CloudEvent,
    /// The cursor behind it, for clients. No other event has the same.
    pub cursor: Arc<str>,
}

impl Occurrence {
    /// The event as a record: the members of its data, and `cursor` and `subject`. `None` if its data is no object.
    pub fn record(&self) -> Option<Bytes> {
        let mut members = self.event.data.as_object()?.clone();
        members.insert("cursor".to_owned(), (*self.cursor).into());
        members.insert("subject".to_owned(), self.event.subject.as_str().into());
        serde_json::to_vec(&members).ok().map(Bytes::from)
    }
}

impl Topic {
    /// Whether this is the same declaration.
    pub fn is(&self, other: &Self) -> bool {
        ptr::eq(self, other)
    }
}

/// A text member of an event's data; empty if it is absent.
pub fn member<'a>(event: &'a CloudEvent, name: &str) -> &'a str {
    event.data[name].as_str().unwrap_or_default()
}
