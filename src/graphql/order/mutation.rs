//! Mutations of orders: placing one, and its steps.

use async_graphql::{Context, ID, InputObject, Object, Result};
use contract::{OrderId, PostId};
use macros::object;
use serde::Serialize;

use super::Order;
use crate::{
    clients::Command,
    graphql::{
        access, directives,
        outcome::{UserError, id_of},
        payload::{Effect, Payload, refused, send},
        rule::AccessRule,
    },
    services::Service,
};

/// Mutations of orders.
#[derive(Default)]
pub struct OrderMutation;

/// Input of `placeOrder`.
#[derive(InputObject)]
pub struct PlaceOrderInput {
    /// The items to order.
    items: Vec<PlaceOrderItemInput>,
    /// Requests repeated with the same idempotency key take effect once.
    idempotency_key: String,
}

/// An item to order.
#[derive(InputObject)]
pub struct PlaceOrderItemInput {
    /// Id: `pst_…`.
    post_id: ID,
    /// Number of units.
    quantity: i32,
}

/// Input of `cancelOrder`, `shipOrder` and `deliverOrder`.
#[derive(InputObject)]
pub struct OrderStepInput {
    /// Id: `ord_…`.
    order_id: ID,
    /// Requests repeated with the same idempotency key take effect once.
    idempotency_key: Option<String>,
}

/// Payload of the mutations of orders.
#[object]
pub struct OrderPayload {
    /// The order as it is now.
    order: Option<Order>,
    /// Reasons why the mutation had no effect.
    #[graphql(directive = directives::list_size::apply(Some(1), None, None))]
    user_errors: Vec<UserError>,
}

/// The body of a new order.
#[derive(Serialize)]
struct NewOrder {
    items: Vec<OrderLine>,
}

#[derive(Serialize)]
struct OrderLine {
    post_id: PostId,
    quantity: i32,
}

#[Object]
impl OrderMutation {
    /// Places an order; it is `PENDING` until stock is reserved.
    #[graphql(directive = directives::access::apply(AccessRule::SignedIn))]
    async fn place_order(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The mutation's input.")] input: PlaceOrderInput,
    ) -> Option<Result<Payload<OrderPayload>>> {
        Some(place(ctx, input).await)
    }

    /// Cancels an order.
    #[graphql(directive = directives::access::apply(AccessRule::BuyerOrAdmin))]
    async fn cancel_order(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The mutation's input.")] input: OrderStepInput,
    ) -> Option<Result<Payload<OrderPayload>>> {
        Some(step(ctx, input, "/v1/orders/{id}/cancel").await)
    }

    /// Marks an order as shipped.
    #[graphql(directive = directives::access::apply(AccessRule::SellerOrAdmin))]
    async fn ship_order(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The mutation's input.")] input: OrderStepInput,
    ) -> Option<Result<Payload<OrderPayload>>> {
        Some(step(ctx, input, "/v1/orders/{id}/ship").await)
    }

    /// Marks an order as delivered.
    #[graphql(directive = directives::access::apply(AccessRule::PartyOrAdmin))]
    async fn deliver_order(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The mutation's input.")] input: OrderStepInput,
    ) -> Option<Result<Payload<OrderPayload>>> {
        Some(step(ctx, input, "/v1/orders/{id}/deliver").await)
    }
}

async fn place(ctx: &Context<'_>, input: PlaceOrderInput) -> Result<Payload<OrderPayload>> {
    let viewer = access::signed_in(ctx)?;
    let line = |(index, item): (usize, &PlaceOrderItemInput)| {
        let post_id = id_of(&["items", &index.to_string(), "postId"], &item.post_id)?;
        Ok(OrderLine { post_id, quantity: item.quantity })
    };
    let items = match input.items.iter().enumerate().map(line).collect() {
        Ok(items) => items,
        Err(error) => return refused(ctx, error),
    };
    let command = Command::post(Service::Order, "/v1/orders", &[]).by(viewer);
    let command = command.json(&NewOrder { items }).once(Some(input.idempotency_key));
    send(ctx, command, Effect::answered("order")).await
}

async fn step(ctx: &Context<'_>, input: OrderStepInput, route: &'static str) -> Result<Payload<OrderPayload>> {
    let viewer = access::signed_in(ctx)?;
    let order: OrderId = match id_of(&["orderId"], &input.order_id) {
        Ok(order) => order,
        Err(error) => return refused(ctx, error),
    };
    let command = Command::post(Service::Order, route, &[&order]).by(viewer);
    send(ctx, command.once(input.idempotency_key), Effect::answered("order")).await
}
