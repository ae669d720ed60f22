//! An order: what was bought, from whom, and where it stands. Only its parties and admins ever get one.

mod mutation;
mod query;

use async_graphql::{ComplexObject, Context, Enum, Result, SimpleObject};
use contract::{OrderId, PostId, UserId};

pub use mutation::OrderMutation;
pub use query::OrderQuery;

use super::{
    access,
    answer_size::Counted,
    directives,
    id::GlobalId,
    in_place::InPlace,
    money::Money,
    post::Post,
    resolve::{object, scope},
    scalars::DateTime,
    user::User,
};
use crate::clients::order::{OrderItemRecord, OrderRecord, OrderStatusRecord, OrderStepRecord};

/// An order.
#[derive(SimpleObject)]
#[graphql(complex, directive = directives::call::apply("order".into(), "/v1/orders".into()), directive = directives::cache_control::apply(None, directives::PRIVATE))]
pub struct Order {
    /// Id: `ord_…`.
    pub(super) id: GlobalId<contract::id::Order>,
    /// The human-readable order number.
    number: String,
    /// The order's status.
    status: OrderStatus,
    /// The reason for the rejection; `null` unless the order was rejected.
    rejection_reason: Option<Counted<String>>,
    /// Sum of the items.
    total: Money,
    /// The time at which the order was placed.
    placed_at: DateTime,
    /// The order's status changes, oldest first.
    #[graphql(directive = directives::list_size::apply(Some(4), None, None))]
    history: Vec<OrderStep>,
    /// The ordered items.
    #[graphql(directive = directives::list_size::apply(Some(3), None, None))]
    items: Vec<InPlace<OrderItem>>,
    #[graphql(skip)]
    buyer_id: UserId,
}

/// A change of an order's status.
#[derive(SimpleObject)]
pub struct OrderStep {
    /// The status.
    status: OrderStatus,
    /// The time at which the order reached this status.
    at: DateTime,
}

/// One ordered post, with title and price as they were when the order was placed.
#[derive(SimpleObject)]
#[graphql(complex)]
pub struct OrderItem {
    /// The post's title.
    title: Counted<String>,
    /// How many.
    quantity: i32,
    /// Price per unit.
    unit_price: Money,
    /// Unit price times quantity.
    line_total: Money,
    #[graphql(skip)]
    post_id: PostId,
    #[graphql(skip)]
    seller_id: UserId,
}

/// The status of an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
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

/// The order with this id, if the viewer may see it.
pub async fn by_id(ctx: &Context<'_>, id: OrderId) -> Option<Result<InPlace<Order>>> {
    let loaded = scope(ctx).loaders().orders_by_id.load((), id).await;
    let viewer = access::viewer(ctx);
    object(loaded.map(|order| order.filter(|order| access::party_or_admin(viewer, order))))
}

impl From<OrderRecord> for Order {
    fn from(record: OrderRecord) -> Self {
        Self {
            id: GlobalId(record.id),
            number: record.number,
            status: record.status.into(),
            rejection_reason: record.rejection_reason.map(Counted),
            total: record.total.into(),
            placed_at: DateTime(record.placed_at),
            history: record.history.into_iter().map(OrderStep::from).collect(),
            items: record.items.into_iter().map(|item| InPlace(item.into())).collect(),
            buyer_id: record.buyer_id,
        }
    }
}

impl From<OrderStepRecord> for OrderStep {
    fn from(record: OrderStepRecord) -> Self {
        Self { status: record.status.into(), at: DateTime(record.at) }
    }
}

impl From<OrderItemRecord> for OrderItem {
    fn from(record: OrderItemRecord) -> Self {
        Self {
            title: Counted(record.title),
            quantity: record.quantity,
            unit_price: record.unit_price.into(),
            line_total: record.line_total.into(),
            post_id: record.post_id,
            seller_id: record.seller_id,
        }
    }
}

impl From<OrderStatusRecord> for OrderStatus {
    fn from(status: OrderStatusRecord) -> Self {
        match status {
            OrderStatusRecord::Pending => Self::Pending,
            OrderStatusRecord::Confirmed => Self::Confirmed,
            OrderStatusRecord::Rejected => Self::Rejected,
            OrderStatusRecord::Shipped => Self::Shipped,
            OrderStatusRecord::Delivered => Self::Delivered,
            OrderStatusRecord::Cancelled => Self::Cancelled,
        }
    }
}

#[ComplexObject]
impl Order {
    /// The user who placed the order.
    #[graphql(directive = directives::call::apply("user".into(), "/v1/users".into()))]
    async fn buyer(&self, ctx: &Context<'_>) -> Option<Result<InPlace<User>>> {
        object(scope(ctx).loaders().users_by_id.load((), self.buyer_id).await)
    }
}

#[ComplexObject]
impl OrderItem {
    /// The post as it is now; `null` if it was deleted.
    #[graphql(directive = directives::call::apply("post".into(), "/v1/posts".into()))]
    async fn post(&self, ctx: &Context<'_>) -> Option<Result<InPlace<Post>>> {
        object(scope(ctx).loaders().posts_by_id.load((), self.post_id).await)
    }

    /// The user who sells the item.
    #[graphql(directive = directives::call::apply("user".into(), "/v1/users".into()))]
    async fn seller(&self, ctx: &Context<'_>) -> Option<Result<InPlace<User>>> {
        object(scope(ctx).loaders().users_by_id.load((), self.seller_id).await)
    }
}
