//! The route that places an order: validates the basket, reads the posts, then writes the order in a transaction. A repeated
//! request gets the stored answer without a call of the post service.

use axum::extract::State;
use chassis::{Answer, ApiError, Command, Ledger, Outcome, Viewer, peer::CallContext};
use contract::OrderId;

use super::accepted;
use crate::{
    basket::Basket,
    events,
    lifecycle::OrderStatus,
    number,
    posts::PostService,
    records::{OrderRecord, OrderStepRecord},
    store::insert,
};

/// The state of the route: the ledger of orders and the source of posts.
#[derive(Clone)]
pub(super) struct Placing {
    pub(super) ledger: Ledger,
    pub(super) posts: PostService,
}

/// Places an order. It is `pending` until its stock is reserved; titles, prices and sellers are copied from the posts.
#[utoipa::path(
    post, path = "/v1/orders", tag = "orders", security(("bearer" = [])), request_body = Basket,
    params(
        ("Idempotency-Key" = String, Header, min_length = 1, max_length = 255, description = "Makes a repeated request take effect once"),
    ),
    responses(
        (status = 202, body = OrderRecord, headers(
            ("Location" = String, description = "Where the order is read"),
            ("ETag" = String, description = "Its version"),
        )),
        (status = 400, description = "No key, or no JSON"),
        (status = 404, description = "A post does not exist"),
        (status = 409, description = "`STOCK_EXHAUSTED`, `IDEMPOTENCY_KEY_IN_USE`"),
        (status = 422, description = "`VALIDATION_FAILED`, `NOT_FOR_SALE`, `OWN_POST`, `CURRENCY_MISMATCH`, `IDEMPOTENCY_KEY_REUSED`"),
        (status = 503, description = "`DEPENDENCY_UNAVAILABLE`, `DEPENDENCY_TIMEOUT`, `DEPENDENCY_BAD_RESPONSE`: the post service failed, and no order is stored"),
    ),
)]
pub(super) async fn place(
    State(Placing { ledger, posts }): State<Placing>,
    viewer: Viewer,
    context: CallContext,
    Command { input: basket, envelope }: Command<Basket>,
) -> Result<Answer, ApiError> {
    envelope.require_key()?;
    let post_ids = basket.checked()?;
    if let Some(answer) = ledger.answered(&envelope).await? {
        return Ok(answer);
    }
    let priced = basket.priced(viewer.id(), &posts.by_ids(&post_ids, &context).await?)?;

    let now = ledger.clock().now();
    let id = OrderId::new(now);
    let order = OrderRecord {
        id,
        number: number::of(id),
        status: OrderStatus::Pending,
        rejection_reason: None,
        total: priced.total,
        placed_at: now,
        buyer_id: viewer.id(),
        history: vec![OrderStepRecord { status: OrderStatus::Pending, at: now }],
        items: priced.items,
        version: 1,
    };
    ledger
        .write(&envelope, async |connection| {
            insert::order(connection, &order).await?;
            Ok(Outcome::with_event(accepted(&order)?, events::of_order("order.placed", &order, now)))
        })
        .await
}
