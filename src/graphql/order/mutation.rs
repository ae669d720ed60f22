//! Mutations of orders: placing one, and its steps.

use async_graphql::{Context, ID, InputObject, Object, Result, SimpleObject};

use crate::{
    clients::order::{OrderAction, OrderLine},
    graphql::{
        access::{self, AccessRule},
        directives,
        order::Order,
        outcome::{UserError, id_of, outcome},
        resolve::scope,
    },
};

/// Mutations of orders.
#[derive(Default)]
pub struct OrderMutation;

/// Input of `placeOrder`.
#[derive(InputObject)]
pub struct PlaceOrderInput {
    /// Which posts' offers.
    items: Vec<PlaceOrderItemInput>,
    /// Requests repeated with the same idempotency key take effect once.
    idempotency_key: String,
}

/// One post's offer.
#[derive(InputObject)]
pub struct PlaceOrderItemInput {
    /// Id: `pst_…`.
    post_id: ID,
    /// How many.
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
#[derive(SimpleObject)]
pub struct OrderPayload {
    /// The order as it is now.
    order: Option<Order>,
    /// Why nothing changed.
    #[graphql(directive = directives::list_size::apply(Some(1), None, None))]
    user_errors: Vec<UserError>,
}

#[Object]
impl OrderMutation {
    /// Places an order; it is `PENDING` until stock is reserved.
    #[graphql(directive = directives::access::apply(AccessRule::SignedIn))]
    async fn place_order(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The mutation's input.")] input: PlaceOrderInput,
    ) -> Option<Result<OrderPayload>> {
        Some(place(ctx, input).await)
    }

    /// Cancels an order.
    #[graphql(directive = directives::access::apply(AccessRule::BuyerOrAdmin))]
    async fn cancel_order(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The mutation's input.")] input: OrderStepInput,
    ) -> Option<Result<OrderPayload>> {
        Some(step(ctx, input, OrderAction::Cancel).await)
    }

    /// Marks an order as shipped.
    #[graphql(directive = directives::access::apply(AccessRule::SellerOrAdmin))]
    async fn ship_order(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The mutation's input.")] input: OrderStepInput,
    ) -> Option<Result<OrderPayload>> {
        Some(step(ctx, input, OrderAction::Ship).await)
    }

    /// Marks an order as delivered.
    #[graphql(directive = directives::access::apply(AccessRule::PartyOrAdmin))]
    async fn deliver_order(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The mutation's input.")] input: OrderStepInput,
    ) -> Option<Result<OrderPayload>> {
        Some(step(ctx, input, OrderAction::Deliver).await)
    }
}

async fn place(ctx: &Context<'_>, input: PlaceOrderInput) -> Result<OrderPayload> {
    let request = &scope(ctx).forget().request;
    let viewer = access::signed_in(request.viewer.as_ref())?;
    let line = |(index, item): (usize, &PlaceOrderItemInput)| {
        let post_id = id_of(&["items", &index.to_string(), "postId"], &item.post_id)?;
        Ok(OrderLine { post_id, quantity: item.quantity })
    };
    let lines: Result<Vec<OrderLine>, UserError> = input.items.iter().enumerate().map(line).collect();
    let lines = match lines {
        Ok(lines) => lines,
        Err(error) => return Ok(OrderPayload { order: None, user_errors: vec![error] }),
    };
    let answer = request.clients.orders.place(&request.context, (viewer, lines, input.idempotency_key)).await;
    let (order, user_errors) = outcome(answer)?;
    Ok(OrderPayload { order: order.map(Order::from), user_errors })
}

async fn step(ctx: &Context<'_>, input: OrderStepInput, action: OrderAction) -> Result<OrderPayload> {
    let request = &scope(ctx).forget().request;
    let viewer = access::signed_in(request.viewer.as_ref())?;
    let order = match id_of(&["orderId"], &input.order_id) {
        Ok(order) => order,
        Err(error) => return Ok(OrderPayload { order: None, user_errors: vec![error] }),
    };
    let answer = request.clients.orders.step(&request.context, (viewer, order, action), input.idempotency_key).await;
    let (order, user_errors) = outcome(answer)?;
    Ok(OrderPayload { order: order.map(Order::from), user_errors })
}
