//! The event of a change, as a command returns it; and the types of event that a service has, each with its JSON Schema.

use axum::{Router, routing::get};
use http::header;
use serde_json::Value;

/// An event.
#[derive(Clone, Debug)]
pub struct Event {
    /// `user.created`, `order.placed`, …: the name of one of the service's [`EventType`]s.
    pub kind: &'static str,
    /// The id of the changed object.
    pub subject: String,
    /// Ids of users, posts and orders by which the event can be asked for, besides its subject.
    pub keys: Vec<String>,
    /// An object that fits the type's schema: ids, the version after the change, statuses, counts; no texts of users.
    pub data: Value,
}

/// A type of event.
#[derive(Clone, Copy, Debug)]
pub struct EventType {
    /// `post.published`
    pub name: &'static str,
    /// The JSON Schema of the events' data, served at `/events/NAME.json`.
    pub schema: &'static str,
}

/// `/events/NAME.json`: the schemas, for authors of consumers.
pub(crate) fn schemas(types: &'static [EventType]) -> Router {
    types.iter().fold(Router::new(), |router, EventType { name, schema }| {
        let answer = || async { ([(header::CONTENT_TYPE, "application/schema+json")], *schema) };
        router.route(&format!("/events/{name}.json"), get(answer))
    })
}

/// The event types of a service; each has its schema in the file `events/NAME.json` of the service's crate.
#[macro_export]
macro_rules! event_types {
    ($($name:literal),+ $(,)?) => {
        &[$($crate::EventType {
            name: $name,
            schema: include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/events/", $name, ".json")),
        }),+]
    };
}
