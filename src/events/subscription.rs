//! A subscription for a transport to drive: the next message, once the client has accepted the last one. In: an admitted
//! operation. Out: messages in the order of the events, or why there are no more.

use std::sync::Arc;

use async_graphql::Variables;
use contract::Position;
use parking_lot::Mutex;
use tokio::time::sleep;

use super::{
    Events,
    delivery::{Group, Member, Message},
    subscriber::{Lost, Place, Subscriber},
};
use crate::{auth::Viewer, operations::PreparedOperation, requests::Refused, services::Service};

/// A subscription.
pub(crate) struct Subscription {
    events: Arc<Events>,
    subscriber: Subscriber,
    handle: Handle,
}

/// What a transport needs of a subscription while it waits for a message. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Handle(Arc<Shared>);

struct Shared {
    events: Arc<Events>,
    operation: Arc<PreparedOperation>,
    variables: Variables,
    place: Arc<Place>,
    membership: Mutex<Membership>,
}

/// The group, and who the subscription is in it.
#[derive(Clone)]
struct Membership {
    group: Arc<Group>,
    member: Member,
}

impl Subscription {
    /// A subscription of that operation.
    pub(super) fn new(
        events: &Arc<Events>,
        subscriber: Subscriber,
        member: Member,
        operation: (Arc<PreparedOperation>, Variables),
    ) -> Self {
        let (operation, variables) = operation;
        let group = events.delivery.group(&operation, &variables, member.viewer.as_ref());
        let membership = Mutex::new(Membership { group, member });
        let (events, place) = (Arc::clone(events), Arc::clone(subscriber.place()));
        let shared = Shared { events: Arc::clone(&events), operation, variables, place, membership };
        Self { events, subscriber, handle: Handle(Arc::new(shared)) }
    }

    /// What the transport needs while the subscription waits.
    pub(crate) fn handle(&self) -> Handle {
        self.handle.clone()
    }

    /// The next message; waits for it. May be dropped while it waits: nothing is lost.
    ///
    /// # Errors
    /// There are no more messages: the position is lost, or the execution has panicked.
    pub(crate) async fn next(&mut self) -> Result<Arc<Message>, Refused> {
        loop {
            let occurrence = self.subscriber.next().await.map_err(|lost| match lost {
                Lost::Unknown => Refused::CursorUnknown,
                Lost::Expired => Refused::CursorExpired,
            })?;
            let place = self.subscriber.place();
            // The viewer's rights of this moment: the token may have been renewed.
            let Membership { group, member } = self.handle.0.membership.lock().clone();
            if !(place.topic().may_see)(&occurrence.event, member.viewer.as_ref()) {
                place.advance(&occurrence);
                continue;
            }
            match self.events.delivery.message(&group, &member, &occurrence).await {
                Ok(message) => {
                    place.advance(&occurrence);
                    return message.ok_or(Refused::Internal);
                }
                // Afterwards the rights may be others, or another member of the group has paid.
                Err(exhausted) => sleep(exhausted.retry_after).await,
            }
        }
    }
}

impl Handle {
    /// The service whose events it follows, and the place up to which everything was delivered.
    pub(crate) fn progress(&self) -> (Service, Position) {
        (self.0.place.hub().service, self.0.place.progress())
    }

    /// Its viewer; `None` when anonymous.
    pub(crate) fn viewer(&self) -> Option<Viewer> {
        self.0.membership.lock().member.viewer.clone()
    }

    /// Goes on with the renewed token of its viewer.
    pub(crate) fn renew(&self, viewer: &Viewer) {
        let group = self.0.events.delivery.group(&self.0.operation, &self.0.variables, Some(viewer));
        let mut membership = self.0.membership.lock();
        membership.group = group;
        membership.member.viewer = Some(viewer.clone());
    }
}
