//! One execution and one encoding for each event and group. A group are the subscriptions that receive the same messages: the
//! same operation with the same values, and the same viewer where anything depends on the viewer. In: an event, and the member
//! that asks first. Out: the message, whose bytes all members share, kept a few seconds for those that come behind.

use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Arc, Weak},
    time::Duration,
};

use async_graphql::Variables;
use bytes::Bytes;
use contract::{RequestId, TraceContext};
use moka::sync::Cache;
use parking_lot::Mutex;
use tokio::{sync::Semaphore, time::Instant};

use super::{Parts, shared_work::SharedWork};
use crate::{
    auth::{Identity, Viewer},
    budgets::{Charge, Exhausted, Payer},
    clients::{Answer, CallContext, Occurrence},
    execution::{Outcome, Request},
    loaders::Scope,
    operations::PreparedOperation,
    requests::{
        Pipeline,
        body::{Body, Extensions},
    },
    telemetry::Metrics,
};

/// How long a message is kept: after a deployment thousands of subscriptions catch up on the same events.
const KEPT: Duration = Duration::from_secs(10);
/// Bytes of the messages kept at most.
const KEPT_BYTES: u64 = 16 * 1024 * 1024;
/// What a message takes beside its body, about.
const OVERHEAD_BYTES: usize = 300;

/// A message for all members of a group.
#[derive(Debug)]
pub(crate) struct Message {
    /// The GraphQL response as JSON: `{"data", "errors", "extensions": {"cursor"}}`.
    pub(crate) body: Bytes,
    /// The cursor behind the event.
    pub(crate) cursor: Arc<str>,
    /// Errors in the response.
    pub(crate) errors: usize,
}

/// The subscriptions that receive the same messages.
pub(super) struct Group {
    number: u64,
    operation: Arc<PreparedOperation>,
    variables: Variables,
    estimate: u64,
}

/// A subscription as a member of its group: who pays, and in whose name services are called.
#[derive(Clone)]
pub(super) struct Member {
    pub(super) viewer: Option<Viewer>,
    pub(super) payer: Payer,
    pub(super) address: IpAddr,
}

/// An execution that is paid for.
struct Due {
    group: Arc<Group>,
    member: Member,
    event: Arc<Occurrence>,
    charge: Charge,
}

#[derive(Clone, PartialEq, Eq, Hash)]
struct GroupKey {
    operation: Arc<str>,
    viewer: Option<Identity>,
}

type MessageCell = Arc<SharedWork<Arc<Message>>>;

/// The groups of this process and their messages.
pub(super) struct Delivery {
    pipeline: Arc<Pipeline>,
    slots: Semaphore,
    timeout: Duration,
    metrics: Metrics,
    groups: Mutex<Groups>,
    /// By group and by the event's cursor: numbers begin anew with an epoch.
    messages: Cache<(u64, Arc<str>), MessageCell>,
}

#[derive(Default)]
struct Groups {
    by_key: HashMap<GroupKey, Weak<Group>>,
    made: u64,
}

impl Delivery {
    /// No groups yet.
    pub(super) fn new(parts: Parts<'_>) -> Self {
        let Parts { pipeline, settings, timeout, metrics } = parts;
        let messages = Cache::builder().max_capacity(KEPT_BYTES).weigher(weight).time_to_live(KEPT).build();
        Self {
            pipeline,
            slots: Semaphore::new(settings.max_running),
            timeout,
            metrics,
            groups: Mutex::default(),
            messages,
        }
    }

    /// The group of these subscriptions; a new one, if they are the first.
    pub(super) fn group(
        &self,
        operation: &Arc<PreparedOperation>,
        variables: &Variables,
        viewer: Option<&Viewer>,
    ) -> Arc<Group> {
        let viewer = viewer.filter(|_| operation.depends_on_viewer()).map(Viewer::identity);
        let key = GroupKey { operation: operation.identity(variables).into(), viewer };
        let mut groups = self.groups.lock();
        if let Some(group) = groups.by_key.get(&key).and_then(Weak::upgrade) {
            return group;
        }
        // Now and then, those without members.
        if groups.by_key.len() >= 64 && groups.by_key.len().is_power_of_two() {
            groups.by_key.retain(|_, group| group.strong_count() > 0);
        }
        groups.made += 1;
        let estimate = operation.plan.estimate(variables);
        let (operation, variables) = (Arc::clone(operation), variables.clone());
        let group = Arc::new(Group { number: groups.made, operation, variables, estimate });
        groups.by_key.insert(key, Arc::downgrade(&group));
        group
    }

    /// Groups with members.
    pub(super) fn groups(&self) -> usize {
        self.groups.lock().by_key.values().filter(|group| group.strong_count() > 0).count()
    }

    /// The message of an event; `None` if the execution has panicked. The member that comes first pays.
    ///
    /// # Errors
    /// The member's budget is exhausted: others may be first while it waits.
    pub(super) async fn message(
        self: &Arc<Self>,
        group: &Arc<Group>,
        member: &Member,
        event: &Arc<Occurrence>,
    ) -> Result<Option<Arc<Message>>, Exhausted> {
        let key = (group.number, Arc::clone(&event.cursor));
        let cell = self.messages.get_with(key.clone(), MessageCell::default);
        let start = || {
            let charge = self.pipeline.budgets.charge(member.payer, group.estimate)?;
            let (group, member, event) = (Arc::clone(group), member.clone(), Arc::clone(event));
            let (delivery, due) = (Arc::clone(self), Due { group, member, event, charge });
            Ok(async move { delivery.execute(due).await })
        };
        let messages = self.messages.clone();
        let then = move |cell: &MessageCell| match cell.get() {
            // Weighed again, now that there is a body.
            Some(_) => messages.insert(key, Arc::clone(cell)),
            None => messages.invalidate(&key),
        };
        cell.result(start, then).await
    }

    async fn execute(&self, due: Due) -> Arc<Message> {
        let Due { group, member, event, charge } = due;
        let Group { operation, variables, .. } = &*group;
        // The semaphore is never closed.
        let _slot = self.slots.acquire().await.ok();
        self.metrics.live().executed();
        let (parent, state) = (event.event.traceparent.as_deref(), event.event.tracestate.as_deref());
        let (id, trace) = (RequestId::generate(), TraceContext::continued(parent, state));
        let context = CallContext::new(Instant::now() + self.timeout, id, trace, member.address);
        let viewer = member.viewer.filter(|_| operation.depends_on_viewer());
        let scope = Scope::new(context.clone(), viewer, self.pipeline.clients.clone());
        let (max_text, event) = (self.pipeline.schema.max_text(), &*event);
        let request = &*scope.request;
        let outcome = match operation.program() {
            Some(program) => {
                let given = event.record().zip(program.given());
                let given = given.and_then(|(record, layout)| Answer::record(&record, layout).ok());
                Request { program, variables, given, introspected: None, request, max_text, text: 0 }.run().await
            }
            None => Outcome::defect("a field of the event is in no table"),
        };
        charge.settle(outcome.cost);
        let response = operation.with_failures(outcome.response);
        let extensions = Extensions { cursor: Some(&event.cursor), ..Extensions::default() };
        let body = Body::executed(&response, extensions, context.request_id()).to_json();
        let (body, errors) = (body.unwrap_or_default().into(), response.errors.len());
        Arc::new(Message { body, cursor: Arc::clone(&event.cursor), errors })
    }
}

/// What a message takes, in bytes.
fn weight(_: &(u64, Arc<str>), cell: &MessageCell) -> u32 {
    let body = cell.get().map_or(0, |message| message.body.len());
    u32::try_from(body + OVERHEAD_BYTES).unwrap_or(u32::MAX)
}
