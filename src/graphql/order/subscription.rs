//! The subscription to the statuses of orders. In: the arguments of the root field, then events of the order service. Out: which
//! events are asked for, and the object of each.

use async_graphql::{Context, ID, Result, Subscription};
use contract::{CloudEvent, OrderId};
use futures::Stream;
use macros::object;

use super::{Order, OrderStatus, PARTIES, routes::ORDERS};
use crate::{
    auth::Viewer,
    clients::{Topic, member},
    graphql::{
        access::{party_or_admin, signed_in},
        directives, errors, id,
        rule::AccessRule,
        scalars::{Cursor, DateTime},
        subscription::{Asked, events},
    },
    services::Service,
};

/// The statuses of orders, by order, buyer and seller.
pub static ORDER_STATUSES: Topic = Topic {
    service: Service::Order,
    types: &[
        "order.placed",
        "order.confirmed",
        "order.rejected",
        "order.cancelled",
        "order.shipped",
        "order.delivered",
    ],
    keys: |event| [event.subject.as_str()].into_iter().chain(parties(event)).collect(),
    may_see,
};

/// Root fields of subscriptions to orders.
#[derive(Default)]
pub struct OrderSubscription;

/// An order has reached a status.
#[object]
pub struct OrderStatusEvent {
    /// The position behind the event, for `after`.
    cursor: Cursor,
    /// The status that the order reached; the order itself may be further by now.
    status: OrderStatus,
    /// The time at which the order reached the status.
    at: DateTime,
    #[hidden]
    subject: OrderId,
    /// The order as it is now.
    #[one(ORDERS, key = subject, access = PartyOrAdmin(PARTIES))]
    order: Order,
}

#[Subscription]
impl OrderSubscription {
    /// The statuses of orders as they are reached, beginning with `PENDING`: of one order, or of all orders in which the viewer
    /// is the buyer or a seller.
    #[graphql(
        directive = directives::access::apply(AccessRule::SignedIn),
        directive = directives::cache_control::apply(None, directives::PRIVATE)
    )]
    async fn order_status_changed(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            desc = "Id of an order: `ord_…`. Other users' orders, and ids that do not exist, are `FORBIDDEN`; admins may follow \
                    any order."
        )]
        order_id: Option<ID>,
        #[graphql(desc = "Only events behind this cursor: the cursor of an event, or a position.")] after: Option<
            Cursor,
        >,
    ) -> Result<impl Stream<Item = OrderStatusEvent>> {
        let viewer = signed_in(ctx)?;
        let key = match order_id {
            None => viewer.id().to_string(),
            Some(id) => {
                let id = id::parse("orderId", &id)?;
                if Order::by_id(ctx, id).await.transpose()?.is_none() {
                    return Err(errors::forbidden());
                }
                id.to_string()
            }
        };
        Ok(events(ctx, &ORDER_STATUSES, Asked { keys: Some(vec![key]), after }))
    }
}

fn may_see(event: &CloudEvent, viewer: Option<&Viewer>) -> bool {
    let ids = parties(event).into_iter().filter_map(|id| id.parse().ok());
    viewer.is_some_and(|viewer| party_or_admin(viewer, ids))
}

/// The ids of the buyer and the sellers.
fn parties(event: &CloudEvent) -> Vec<&str> {
    let sellers = event.data["seller_ids"].as_array().into_iter().flatten().filter_map(|id| id.as_str());
    sellers.chain([member(event, "buyer_id")]).collect()
}
