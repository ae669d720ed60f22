//! An order with its items and status. Only its parties and admins ever get one.

mod mutation;
mod query;
pub(super) mod routes;
mod subscription;

use async_graphql::{Context, Enum, Result};
use contract::{OrderId, PostId, UserId};
use macros::object;
use serde::Deserialize;

pub use mutation::{OrderMutation, OrderPayload};
pub use query::{ORDER, OrderQuery, PARTIES};
pub use subscription::{ORDER_STATUSES, OrderStatusEvent, OrderSubscription};

use super::{
    access::{Guard, party_or_admin},
    directives,
    edge::{self, scope},
    id::GlobalId,
    money::Money,
    post::{Post, routes::POSTS},
    scalars::DateTime,
    text::Text,
    user::{User, routes::USERS},
};
use routes::ORDERS;

/// An order.
#[object(route = ORDERS)]
pub struct Order {
    /// Id: `ord_…`.
    pub(super) id: GlobalId<contract::id::Order>,
    /// The human-readable order number.
    number: String,
    /// The order's status.
    status: OrderStatus,
    /// The reason for the rejection; `null` unless the order was rejected.
    rejection_reason: Option<Text>,
    /// Sum of the items.
    total: Money,
    /// The time at which the order was placed.
    placed_at: DateTime,
    /// The order's status changes, oldest first.
    #[graphql(directive = directives::list_size::apply(Some(4), None, None))]
    history: Vec<OrderStep>,
    /// The ordered items.
    #[graphql(directive = directives::list_size::apply(Some(3), None, None))]
    items: Vec<OrderItem>,
    #[hidden]
    buyer_id: UserId,
    /// The user who placed the order.
    #[one(USERS, key = buyer_id)]
    buyer: User,
}

/// A change of an order's status.
#[object]
pub struct OrderStep {
    /// The status.
    status: OrderStatus,
    /// The time at which the order reached this status.
    at: DateTime,
}

/// One ordered post, with title and price as they were when the order was placed.
#[object]
pub struct OrderItem {
    /// The post's title.
    title: Text,
    /// Number of units.
    quantity: i32,
    /// Price per unit.
    unit_price: Money,
    /// Unit price times quantity.
    line_total: Money,
    #[hidden]
    post_id: PostId,
    #[hidden]
    seller_id: UserId,
    /// The post as it is now; `null` if it was deleted.
    #[one(POSTS, key = post_id)]
    post: Post,
    /// The user who sells the item.
    #[one(USERS, key = seller_id)]
    seller: User,
}

/// The status of an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Enum)]
#[serde(rename_all = "snake_case")]
pub enum OrderStatus {
    /// The order was placed; stock is not reserved yet.
    Pending,
    /// The stock is reserved.
    Confirmed,
    /// The stock was not sufficient.
    Rejected,
    /// The order was shipped.
    Shipped,
    /// The order was delivered.
    Delivered,
    /// The buyer cancelled the order.
    Cancelled,
}

impl Order {
    /// The order with this id, if the viewer may see it.
    pub async fn by_id(ctx: &Context<'_>, id: OrderId) -> Option<Result<Self>> {
        let scope = scope(ctx);
        let viewer = match Guard::Viewer.admit(scope.request.viewer.as_ref()) {
            Ok(viewer) => viewer,
            Err(denied) => return denied.map(Err),
        };
        let order = scope.load_for(viewer, &ORDERS, ((), id)).await;
        edge::object(order.map(|order| order.filter(|order| party_or_admin(viewer, order.parties()))))
    }

    /// The buyer and the sellers.
    fn parties(&self) -> impl Iterator<Item = UserId> {
        let sellers = self.items.iter().map(|item| item.seller_id);
        std::iter::once(self.buyer_id).chain(sellers)
    }
}
