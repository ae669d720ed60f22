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

/// Something bought.
#[derive(SimpleObject)]
#[graphql(complex, directive = directives::call::apply("order".into(), "/v1/orders".into()), directive = directives::cache_control::apply(None, directives::PRIVATE))]
pub struct Order {
    /// Id: `ord_…`.
    pub(super) id: GlobalId<contract::id::Order>,
    /// The number that people use.
    number: String,
    /// Where it stands.
    status: OrderStatus,
    /// Why it was rejected, if it was.
    rejection_reason: Option<Counted<String>>,
    /// Sum of the items.
    total: Money,
    /// When it was placed.
    placed_at: DateTime,
    /// Each status it had, oldest first.
    #[graphql(directive = directives::list_size::apply(Some(4), None, None))]
    history: Vec<OrderStep>,
    /// What is bought.
    #[graphql(directive = directives::list_size::apply(Some(3), None, None))]
    items: Vec<InPlace<OrderItem>>,
    #[graphql(skip)]
    buyer_id: UserId,
}

/// A status that an order had, and since when.
#[derive(SimpleObject)]
pub struct OrderStep {
    /// The status.
    status: OrderStatus,
    /// Since when.
    at: DateTime,
}

/// One post bought, as it was when the order was placed.
#[derive(SimpleObject)]
#[graphql(complex)]
pub struct OrderItem {
    /// The post's title.
    title: Counted<String>,
    /// How many.
    quantity: i32,
    /// Price of one.
    unit_price: Money,
    /// Price of all.
    line_total: Money,
    #[graphql(skip)]
    post_id: PostId,
    #[graphql(skip)]
    seller_id: UserId,
}

/// Where an order stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub enum OrderStatus {
    /// Placed, not answered yet.
    Pending,
    /// The stock is reserved.
    Confirmed,
    /// There was not enough.
    Rejected,
    /// On its way.
    Shipped,
    /// Arrived.
    Delivered,
    /// Called off.
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
    /// Who buys.
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

    /// Who sells it.
    #[graphql(directive = directives::call::apply("user".into(), "/v1/users".into()))]
    async fn seller(&self, ctx: &Context<'_>) -> Option<Result<InPlace<User>>> {
        object(scope(ctx).loaders().users_by_id.load((), self.seller_id).await)
    }
}
