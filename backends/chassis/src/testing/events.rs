//! The events of a service under test, held to their schemas. In: a running service, the folder of its crate, the events that
//! a test expects. Out: the events of the feed; a panic for one that is not as expected or as its schema says, where members
//! that the schema does not name are errors.

#![expect(clippy::unwrap_used, clippy::panic, reason = "an event that differs from its schema fails the test")]

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Display,
    path::{Path, PathBuf},
    time::Duration,
};

use contract::{CloudEvent, EventPage};
use reqwest::RequestBuilder;
use serde_json::Value as Json;
use tokio::time::{sleep, timeout};

use super::{TestService, frozen::incompatibilities, openapi::close_objects};
use crate::{Deadline, database::Sql};

/// The API key whose hash the services under test have.
pub const API_KEY: &str = "the tests' key";

const TRACE: &str = "00-0af7651916cd43dd8448eb211c80319c-";
const SPAN: &str = "b7ad6b7169203331";
const STATE: &str = "rojo=1";

/// An event that a test expects.
pub struct ExpectedEvent {
    kind: &'static str,
    subject: String,
    /// Its subject, and the other ids by which readers find it.
    ids: BTreeSet<String>,
}

/// An event of that type and subject, which readers find by `keys` too.
pub fn event(kind: &'static str, subject: &dyn Display, keys: &[&dyn Display]) -> ExpectedEvent {
    let ids = [subject].iter().chain(keys).map(ToString::to_string).collect();
    ExpectedEvent { kind, subject: subject.to_string(), ids }
}

/// The request as part of a trace, which its events must continue: [`EventSchemas::check_feed`].
pub fn traced(request: RequestBuilder) -> RequestBuilder {
    request.header("traceparent", format!("{TRACE}{SPAN}-01")).header("tracestate", STATE)
}

impl TestService {
    /// The events of all finished commands that match `query` (`types=…`, `keys=…`, or empty for all), at most a page.
    pub async fn events(&self, query: &str) -> Vec<CloudEvent> {
        let numbered = async {
            while self.has_events_without_number().await {
                sleep(Duration::from_millis(5)).await;
            }
        };
        timeout(Duration::from_secs(10), numbered).await.unwrap();
        let request = self.request("GET", &format!("/v1/events?first=500&{query}")).header("x-api-key", API_KEY);
        let reply = self.send(request).await;
        assert_eq!(reply.status, 200, "{}", reply.json);
        let page: EventPage = serde_json::from_value(reply.json).unwrap();
        assert!(!page.has_next, "more than a page of events");
        page.items
    }

    /// On PostgreSQL an event gets its number after the command. Not among the recorded statements.
    async fn has_events_without_number(&self) -> bool {
        let mut connection = self.database.beside().read(Deadline::after(Duration::from_secs(10))).await.unwrap();
        let select = Sql::new("SELECT time FROM outbox WHERE sequence IS NULL LIMIT 1");
        connection.optional::<(i64,)>(select).await.unwrap().is_some()
    }
}

/// The JSON Schemas in the folder `events` of a service's crate.
pub struct EventSchemas {
    folder: PathBuf,
    /// By type.
    schemas: BTreeMap<String, Json>,
}

impl EventSchemas {
    /// The schemas of the crate in that folder: `env!("CARGO_MANIFEST_DIR")`.
    ///
    /// # Panics
    /// The folder has a file that is not JSON.
    pub fn of_crate(folder: &str) -> Self {
        let folder = Path::new(folder).join("events");
        Self { schemas: read(&folder), folder }
    }

    /// Checks that the whole feed of `service` is `expected`, in this order; that readers find each event by its type and each
    /// of its ids, and none by an id of another; and each event against its schema. All commands were [`traced`].
    ///
    /// # Panics
    /// The feed differs.
    pub async fn check_feed(&self, service: &TestService, expected: &[ExpectedEvent]) -> Vec<CloudEvent> {
        let events = service.events("").await;
        let found: Vec<_> = events.iter().map(|event| (event.kind.as_str(), event.subject.as_str())).collect();
        let wanted: Vec<_> = expected.iter().map(|event| (event.kind, event.subject.as_str())).collect();
        assert_eq!(found, wanted);
        let sequences: Vec<u64> = events.iter().map(|event| event.sequence.0).collect();
        assert_eq!(sequences, (1..=events.len() as u64).collect::<Vec<_>>());
        for id in expected.iter().flat_map(|event| &event.ids).collect::<BTreeSet<_>>() {
            let with_id = service.events(&format!("keys={id}")).await;
            assert_eq!(with_id, matching(&events, expected, |event| event.ids.contains(id)), "by {id}");
        }
        for kind in self.schemas.keys() {
            let of_type = service.events(&format!("types={kind}")).await;
            assert_eq!(of_type, matching(&events, expected, |event| event.kind == kind), "of type {kind}");
        }
        events.iter().for_each(|event| self.check(event));
        events
    }

    fn check(&self, event: &CloudEvent) {
        let CloudEvent { kind, .. } = event;
        let Some(schema) = self.schemas.get(kind) else { panic!("{kind} has no schema") };
        let mut closed = schema.clone();
        close_objects(&mut closed);
        let options = jsonschema::options().with_draft(jsonschema::Draft::Draft202012).should_validate_formats(true);
        let wrong: Vec<String> =
            options.build(&closed).unwrap().iter_errors(&event.data).map(|e| e.to_string()).collect();
        assert!(wrong.is_empty(), "{kind}: not as its schema says: {}\n{}", wrong.join("; "), event.data);
        assert_eq!((event.specversion.as_str(), &event.dataschema), ("1.0", &format!("/events/{kind}.json")));
        let trace = event.traceparent.as_deref().unwrap_or_default();
        assert!(trace.starts_with(TRACE) && !trace.contains(SPAN), "{kind}: a span of its own in the trace: {trace}");
        assert_eq!(event.tracestate.as_deref(), Some(STATE), "{kind}");
    }

    /// The types of which there is no event among `events`.
    pub fn without(&self, events: &[CloudEvent]) -> Vec<&str> {
        let types = self.schemas.keys().map(String::as_str);
        types.filter(|kind| events.iter().all(|event| event.kind != *kind)).collect()
    }

    /// Checks that the service serves each schema, as it is in its file.
    ///
    /// # Panics
    /// One is missing or differs.
    pub async fn check_served(&self, service: &TestService) {
        for (kind, schema) in &self.schemas {
            let reply = service.get(&format!("/events/{kind}.json")).await;
            assert_eq!((reply.status, reply.header("content-type")), (200, "application/schema+json"), "{kind}");
            assert_eq!(reply.json, *schema, "{kind}");
        }
    }

    /// Checks that each schema is compatible with the one in `events/frozen/`: see [`incompatibilities`].
    ///
    /// # Panics
    /// A schema has no frozen one, or the reverse, or differs in a way that breaks consumers.
    pub fn check_frozen(&self) {
        let frozen = read(&self.folder.join("frozen"));
        assert!(self.schemas.keys().eq(frozen.keys()), "each type has one schema in events/ and one in events/frozen/");
        for (kind, frozen) in &frozen {
            let found = incompatibilities(frozen, &self.schemas[kind]);
            assert!(found.is_empty(), "{kind}: consumers of before cannot read it: {}", found.join("; "));
        }
    }
}

/// The events at the places of the expected ones that `fits` selects.
fn matching(
    events: &[CloudEvent],
    expected: &[ExpectedEvent],
    fits: impl Fn(&ExpectedEvent) -> bool,
) -> Vec<CloudEvent> {
    events.iter().zip(expected).filter(|(_, expected)| fits(expected)).map(|(event, _)| event.clone()).collect()
}

/// The files `TYPE.json` of a folder.
fn read(folder: &Path) -> BTreeMap<String, Json> {
    let paths = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let schemas = paths.filter(|path| path.extension().is_some_and(|extension| extension == "json"));
    schemas
        .map(|path| {
            let kind = path.file_stem().unwrap().to_str().unwrap().to_owned();
            (kind, serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap())
        })
        .collect()
}
