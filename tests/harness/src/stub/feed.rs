//! The feed of a stub service: events that a test writes, served as pages and as a stream, like the services' own
//! (`backends/chassis/src/events/feed.rs`).

use std::collections::HashMap;
use std::convert::Infallible;
use std::sync::{Arc, Mutex};

use axum::body::{Body, Bytes};
use axum::response::Response;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD as BASE64};
use contract::{CloudEvent, Position, RequestId, Time, event::Sequence};
use http::{HeaderMap, Uri};
use serde_json::{Value, json};
use tokio::sync::watch;

/// The events of one service. Clones share them.
#[derive(Clone)]
pub struct Feed(Arc<Shared>);

struct Shared {
    service: &'static str,
    state: Mutex<State>,
    changed: watch::Sender<()>,
}

struct State {
    epoch: String,
    events: Vec<CloudEvent>,
    /// How many of the oldest events are no longer stored.
    forgotten: usize,
    /// Streams end when it changes.
    cut: u64,
    requests: Vec<String>,
}

impl Feed {
    pub(super) fn new(service: &'static str) -> Self {
        let epoch = RequestId::generate().as_str()[..12].to_owned();
        let state = State { epoch, events: Vec::new(), forgotten: 0, cut: 0, requests: Vec::new() };
        Self(Arc::new(Shared { service, state: Mutex::new(state), changed: watch::Sender::new(()) }))
    }

    /// Adds an event; returns its number.
    pub fn emit(&self, kind: &str, subject: &str, data: Value) -> u64 {
        let mut state = self.0.state.lock().unwrap();
        let sequence = state.events.len() as u64 + 1;
        state.events.push(CloudEvent {
            specversion: "1.0".into(),
            id: RequestId::generate().to_string(),
            source: format!("{}-service", self.0.service),
            kind: kind.into(),
            subject: subject.into(),
            time: Time::from_millis(1_800_000_000_000),
            dataschema: format!("/events/{kind}.json"),
            data,
            sequence: Sequence(sequence),
            traceparent: None,
            tracestate: None,
        });
        drop(state);
        self.0.changed.send_replace(());
        sequence
    }

    /// The position behind the newest event.
    pub fn head(&self) -> Position {
        let state = self.0.state.lock().unwrap();
        Position { epoch: state.epoch.as_str().into(), sequence: state.events.len() as u64 }
    }

    /// [`Self::head`] as the BFF's clients write it.
    pub fn cursor(&self) -> String {
        BASE64.encode(format!("{}:{}", self.0.service, self.head()))
    }

    /// Forgets the oldest events, so that this many are left.
    pub fn keep(&self, left: usize) {
        let mut state = self.0.state.lock().unwrap();
        state.forgotten = state.events.len().saturating_sub(left);
    }

    /// Begins a new epoch without events, as after a restored backup; streams end.
    pub fn begin_epoch(&self) {
        {
            let mut state = self.0.state.lock().unwrap();
            state.epoch = RequestId::generate().as_str()[..12].to_owned();
            (state.events, state.forgotten) = (Vec::new(), 0);
        }
        self.cut();
    }

    /// Ends all streams.
    pub fn cut(&self) {
        self.0.state.lock().unwrap().cut += 1;
        self.0.changed.send_replace(());
    }

    /// The query strings of the pages that were read so far.
    pub fn pages_read(&self) -> Vec<String> {
        self.0.state.lock().unwrap().requests.clone()
    }

    pub(super) fn answer(&self, uri: &Uri, headers: &HeaderMap) -> Response {
        let query = uri.query().unwrap_or_default();
        let parameters: HashMap<&str, &str> = query.split('&').filter_map(|pair| pair.split_once('=')).collect();
        let is_stream = headers.get("accept").is_some_and(|accept| accept == "text/event-stream");
        let head = self.head();
        let state = self.0.state.lock().unwrap();
        let after = match parameters.get("after").map(|after| after.parse::<Position>().unwrap()) {
            Some(after) if after.epoch != head.epoch || after.sequence > head.sequence => return status(409, &head),
            Some(after) if after.sequence < state.forgotten as u64 => return status(410, &head),
            Some(after) => after.sequence,
            None if is_stream && !parameters.contains_key("age") => head.sequence,
            None => state.forgotten as u64,
        };
        let cut = state.cut;
        drop(state);
        if is_stream {
            return self.stream(after, cut);
        }
        self.0.state.lock().unwrap().requests.push(query.to_owned());
        let list = |name: &str| -> Vec<&str> {
            parameters.get(name).map(|list| list.split(',').collect()).unwrap_or_default()
        };
        let (types, keys) = (list("types"), list("keys"));
        let first: usize = parameters.get("first").map_or(100, |first| first.parse().unwrap());
        let wanted = |event: &CloudEvent| {
            let text = format!("{} {}", event.subject, event.data);
            (types.is_empty() || types.contains(&event.kind.as_str()))
                && (keys.is_empty() || keys.iter().any(|key| text.contains(key)))
        };
        let events = self.behind(after);
        let items: Vec<_> = events.into_iter().filter(wanted).take(first).collect();
        let last = items.last().map(|event| event.sequence.0).filter(|_| items.len() == first);
        let position = head.at(last.unwrap_or(head.sequence));
        let page = json!({"items": items, "position": position, "has_next": position.sequence < head.sequence});
        let response = Response::builder().header("x-feed-position", head.to_string());
        response.header("content-type", "application/json").body(Body::from(page.to_string())).unwrap()
    }

    fn behind(&self, after: u64) -> Vec<CloudEvent> {
        self.0.state.lock().unwrap().events.iter().skip(after as usize).cloned().collect()
    }

    fn stream(&self, after: u64, cut: u64) -> Response {
        let head = self.head();
        let (feed, changed) = (self.clone(), self.0.changed.subscribe());
        let first = format!("id: {}\n: heartbeat\n\n", head.at(after));
        let chunks = futures::stream::unfold((feed, changed, after, Some(first)), move |state| async move {
            let (feed, mut changed, after, first) = state;
            if let Some(first) = first.filter(|_| after == feed.head().sequence) {
                return Some((Ok::<_, Infallible>(Bytes::from(first)), (feed, changed, after, None)));
            }
            loop {
                changed.borrow_and_update();
                if feed.0.state.lock().unwrap().cut != cut {
                    return None;
                }
                let (head, events) = (feed.head(), feed.behind(after));
                if !events.is_empty() {
                    let text: String = events
                        .iter()
                        .map(|event| {
                            let data = serde_json::to_string(event).unwrap();
                            format!("id: {}\nevent: {}\ndata: {data}\n\n", head.at(event.sequence.0), event.kind)
                        })
                        .collect();
                    let after = events.last().unwrap().sequence.0;
                    return Some((Ok(Bytes::from(text)), (feed, changed, after, None)));
                }
                changed.changed().await.ok()?;
            }
        });
        let response = Response::builder().header("x-feed-position", head.to_string());
        response.header("content-type", "text/event-stream").body(Body::from_stream(chunks)).unwrap()
    }
}

fn status(status: u16, head: &Position) -> Response {
    Response::builder().status(status).header("x-feed-position", head.to_string()).body(Body::empty()).unwrap()
}
