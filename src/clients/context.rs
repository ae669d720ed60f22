//! What a call needs to know of the request it serves: until when, under which ids, for which client address; and what
//! the request later wants to know of its calls. A value, handed from stage to stage: batches run in tasks of their own.

use std::{
    collections::BTreeSet,
    net::IpAddr,
    sync::{Arc, Mutex, OnceLock, PoisonError},
    time::Duration,
};

use contract::{RequestId, TraceContext};
use http::HeaderValue;
use tokio::time::Instant;

use super::{Service, Tag};

/// Cheap to clone; clones share the record of calls.
#[derive(Clone)]
pub struct CallContext(Arc<Inner>);

struct Inner {
    deadline: Instant,
    request_id: RequestId,
    trace: TraceContext,
    client_address: Option<HeaderValue>,
    calls: Mutex<CallRecord>,
    /// What public answers showed; absent while nobody wants to know.
    tags: OnceLock<Mutex<BTreeSet<Tag>>>,
}

/// How often each service was called, by [`Service::index`], and how long the request waited for them.
#[derive(Clone, Copy, Debug, Default)]
pub struct CallRecord {
    /// Calls sent.
    pub count: [u32; Service::ALL.len()],
    /// Calls that brought no usable answer; a refusal is usable.
    pub failed: u32,
    /// Time in which one call or more were under way.
    pub waited: Duration,
    under_way: u32,
    since: Option<Instant>,
}

/// A call that is under way; ends when dropped.
pub(super) struct UnderWay<'a> {
    context: &'a CallContext,
    /// Whether it brought a usable answer.
    pub(super) answered: bool,
}

impl CallContext {
    /// The context of a request that ends at `deadline`.
    pub fn new(deadline: Instant, request_id: RequestId, trace: TraceContext, client_address: IpAddr) -> Self {
        let client_address = HeaderValue::from_str(&client_address.to_string()).ok();
        Self::of(deadline, (request_id, trace), client_address)
    }

    /// The context of a call that the BFF makes for itself.
    pub fn own(timeout: Duration) -> Self {
        let ids = (RequestId::generate(), TraceContext::accept(None));
        Self::of(Instant::now() + timeout, ids, None)
    }

    fn of(
        deadline: Instant,
        (request_id, trace): (RequestId, TraceContext),
        client_address: Option<HeaderValue>,
    ) -> Self {
        let (calls, tags) = (Mutex::default(), OnceLock::new());
        Self(Arc::new(Inner { deadline, request_id, trace, client_address, calls, tags }))
    }

    /// When the request must be answered.
    pub fn deadline(&self) -> Instant {
        self.0.deadline
    }

    /// The request's id.
    pub fn request_id(&self) -> &RequestId {
        &self.0.request_id
    }

    /// The request's place in its trace.
    pub fn trace(&self) -> TraceContext {
        self.0.trace
    }

    /// The address of the client, as text; `None` for the BFF's own calls.
    pub fn client_address(&self) -> Option<HeaderValue> {
        self.0.client_address.clone()
    }

    /// What was called so far.
    pub fn calls(&self) -> CallRecord {
        *self.0.calls.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// From now on, notes what public answers show.
    pub fn collect_tags(&self) {
        self.0.tags.get_or_init(Mutex::default);
    }

    /// What public answers showed since [`collect_tags`](Self::collect_tags).
    pub fn tags(&self) -> BTreeSet<Tag> {
        let tags = self.0.tags.get().map(|tags| tags.lock().unwrap_or_else(PoisonError::into_inner).clone());
        tags.unwrap_or_default()
    }

    /// Adds to what public answers show, if anybody wants to know.
    pub(super) fn note(&self, add: impl FnOnce(&mut BTreeSet<Tag>)) {
        if let Some(tags) = self.0.tags.get() {
            add(&mut tags.lock().unwrap_or_else(PoisonError::into_inner));
        }
    }

    /// Notes that a call begins.
    pub(super) fn begin(&self, service: Service) -> UnderWay<'_> {
        let mut calls = self.0.calls.lock().unwrap_or_else(PoisonError::into_inner);
        calls.count[service.index()] += 1;
        calls.under_way += 1;
        calls.since.get_or_insert_with(Instant::now);
        UnderWay { context: self, answered: false }
    }
}

impl Drop for UnderWay<'_> {
    fn drop(&mut self) {
        let mut calls = self.context.0.calls.lock().unwrap_or_else(PoisonError::into_inner);
        calls.failed += u32::from(!self.answered);
        calls.under_way -= 1;
        if calls.under_way == 0 {
            let waited = calls.since.take().map(|since| since.elapsed());
            calls.waited += waited.unwrap_or_default();
        }
    }
}
