//! Live updates: subscriptions, and the events of the services that they deliver. In: asks of any transport. Out: the result of a
//! query or mutation, or a [`Subscription`].
//!
//! `reading` reads each service's feed into its `log` at the `hub`; `subscriber` is a cursor in it, woken by the index in
//! `subscribers`; `older` reads what is no longer in the log; `delivery` executes each event once for a group.

mod caps;
pub(crate) mod cursor;
mod delivery;
mod hub;
mod log;
mod older;
mod reading;
mod settings;
mod shared_work;
mod subscriber;
mod subscribers;
mod subscription;

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use contract::Position;
use feed::{PageError, Source};
use tokio::time::{Instant, timeout_at};

pub(crate) use self::{
    caps::{Caps, Full, Seat},
    delivery::Message,
    settings::EventSettings,
    subscription::{Handle, Subscription},
};

use self::{
    delivery::{Delivery, Member},
    hub::Hub,
    subscriber::Subscriber,
};
use crate::{
    clients::Interest,
    graphql::{Execution, TOPICS},
    loaders::Scope,
    operations::OperationKind,
    requests::{Admitted, Ask, Executed, OperationRecord, Pipeline, Refused},
    services::Service,
    telemetry::{LiveState, Metrics},
};

/// How long an answer with a position waits for feeds that were never open.
const FIRST_OPENED_WITHIN: Duration = Duration::from_secs(1);

/// The events of all services, and the subscriptions to them.
pub(crate) struct Events {
    pipeline: Arc<Pipeline>,
    /// In the order of [`Service::ALL`].
    hubs: Vec<Arc<Hub>>,
    delivery: Arc<Delivery>,
}

/// What the events are built of, besides the feeds.
pub(crate) struct Parts<'a> {
    /// The stages of an operation.
    pub pipeline: Arc<Pipeline>,
    /// `[events]`
    pub settings: &'a EventSettings,
    /// Timeout of an execution.
    pub timeout: Duration,
    /// Counts executions.
    pub metrics: Metrics,
}

/// What became of an ask.
pub(crate) enum Answer {
    /// A query or mutation was executed.
    Executed(Box<Executed>),
    /// A subscription has begun.
    Subscribed(Box<Subscription>),
}

impl Events {
    /// The events of the services, from the feeds that `source` names. Reads nothing before [`Self::read`].
    pub(crate) fn new(parts: Parts<'_>, source: impl Fn(Service) -> Source) -> Self {
        let bytes = parts.settings.log_bytes / Service::ALL.len();
        let hub = |service: &Service| Arc::new(Hub::new(*service, source(*service), &TOPICS, bytes));
        let hubs = Service::ALL.iter().map(hub).collect();
        Self { pipeline: Arc::clone(&parts.pipeline), delivery: Arc::new(Delivery::new(parts)), hubs }
    }

    /// What the metrics show, without the connections.
    pub(crate) fn state(&self) -> LiveState {
        LiveState {
            connections: 0,
            subscribers: self.hubs.iter().map(|hub| hub.entries()).sum(),
            groups: self.delivery.groups(),
            lags: self.lags().map(|(service, lag)| (service.name(), lag)).collect(),
        }
    }

    /// Reads the feeds until the future is dropped.
    pub(crate) async fn read(&self) {
        futures::future::join_all(self.hubs.iter().map(|hub| reading::read(Arc::clone(hub)))).await;
    }

    /// Runs a query or mutation, or begins a subscription.
    ///
    /// # Errors
    /// The operation is refused.
    pub(crate) async fn answer(self: &Arc<Self>, ask: Ask, record: &mut OperationRecord) -> Result<Answer, Refused> {
        let before = match ask.parameters.wants_position {
            true => {
                ask.context.ledger().collect_positions();
                Some(self.positions().await)
            }
            false => None,
        };
        let admitted = self.pipeline.admit(ask, record).await?;
        if admitted.kind() == OperationKind::Subscription {
            return self.subscribe(admitted).await.map(|subscription| Answer::Subscribed(Box::new(subscription)));
        }
        let ledger = admitted.context.ledger().clone();
        let mut executed = self.pipeline.run(admitted, record).await?;
        if let Some(mut positions) = before {
            positions.extend(ledger.positions());
            executed.position = Some(cursor::of_all(&positions));
        }
        Ok(Answer::Executed(Box::new(executed)))
    }

    /// The newest event of each service that this process knows of. Right after the start it waits a moment for the feeds to be
    /// opened; a service that does not answer is left out.
    pub(crate) async fn positions(&self) -> BTreeMap<Service, Position> {
        let until = Instant::now() + FIRST_OPENED_WITHIN;
        futures::future::join_all(self.hubs.iter().map(|hub| hub.newest(until))).await;
        self.known_positions()
    }

    /// [`Self::positions`], as far as they are known already.
    pub(crate) fn known_positions(&self) -> BTreeMap<Service, Position> {
        self.hubs.iter().filter_map(|hub| Some((hub.service, hub.known_newest()?))).collect()
    }

    /// How long ago the events of each service were last known to be complete here.
    pub(crate) fn lags(&self) -> impl Iterator<Item = (Service, Duration)> {
        self.hubs.iter().map(|hub| (hub.service, hub.lag()))
    }

    async fn subscribe(self: &Arc<Self>, admitted: Admitted) -> Result<Subscription, Refused> {
        let deadline = admitted.context.deadline();
        let resumed = admitted.resume_behind;
        let Admitted { viewer, payer, prepared, charge, registration, slot, context, client_address, .. } = admitted;
        let scope = Scope::new(context, viewer.clone(), self.pipeline.clients.clone());
        let (operation, variables) = (prepared.operation, prepared.variables);
        let (document, values) = (operation.document().clone(), variables.clone());
        let asked = self.pipeline.schema.subscribe(Execution { document, variables: values, scope, payloads: None });
        let asked = timeout_at(deadline, asked).await.map_err(|_| Refused::DeadlineExceeded);
        // What follows may wait for pages of events, of which each client reads a few at a time.
        drop(slot);
        let begun = match asked {
            Ok(Ok(interest)) => {
                let after = resumed.or_else(|| interest.after.clone());
                self.begin(Interest { after, ..interest }, payer, deadline).await
            }
            Ok(Err(mut response)) => {
                operation.write_failures(&mut response);
                Err(Refused::BySubscription(Box::new(response)))
            }
            Err(refused) => Err(refused),
        };
        match begun {
            Ok(subscriber) => {
                charge.settle(prepared.cost.saturating_add(registration));
                let member = Member { viewer, payer, address: client_address };
                Ok(Subscription::new(self, subscriber, member, (operation, variables)))
            }
            Err(refused) => {
                charge.settle(registration);
                Err(refused)
            }
        }
    }

    async fn begin(
        &self,
        interest: Interest,
        payer: crate::budgets::Payer,
        deadline: Instant,
    ) -> Result<Subscriber, Refused> {
        let service = interest.topic.service;
        let hub = Arc::clone(&self.hubs[service as usize]);
        let Some(after) = &interest.after else {
            let newest = hub.newest(deadline).await.ok_or(Refused::FeedUnavailable(service))?;
            return Ok(Subscriber::new(hub, interest, newest, payer));
        };
        let after = cursor::place(after, service).ok_or(Refused::CursorUnknown)?;
        let mut subscriber = Subscriber::new(hub, interest, after, payer);
        let checked = timeout_at(deadline, subscriber.check()).await;
        match checked.unwrap_or_else(|_| Err(PageError::Failed("timed out".into()))) {
            Ok(()) => Ok(subscriber),
            Err(PageError::Unknown) => Err(Refused::CursorUnknown),
            Err(PageError::Expired) => Err(Refused::CursorExpired),
            Err(PageError::Failed(_)) => Err(Refused::FeedUnavailable(service)),
        }
    }
}
