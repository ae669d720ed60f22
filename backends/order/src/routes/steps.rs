//! Routes of steps: cancel, ship, deliver. 404 for users without a part in the order, 403 for parties that may not take the
//! step, 409 if the order's status does not allow it.

use axum::extract::State;
use chassis::{Answer, ApiError, Envelope, IdempotencyKey, IfMatch, Ledger, Outcome, Path, Viewer};
use contract::OrderId;

use super::accepted;
use crate::{
    events,
    lifecycle::Step,
    parties::Party,
    records::{OrderRecord, OrderStepRecord},
    store::steps,
};

/// Cancels a pending or confirmed order. For the buyer and admins.
#[utoipa::path(
    post, path = "/v1/orders/{id}/cancel", tag = "orders", security(("bearer" = [])),
    params(("id" = String, Path, pattern = "^ord_[0-9a-f]{32}$"), IdempotencyKey, IfMatch),
    responses(
        (status = 202, body = OrderRecord, headers(("Location" = String), ("ETag" = String))),
        (status = 403),
        (status = 409, description = "`WRONG_STATE`"),
    ),
)]
pub(super) async fn cancel(
    State(ledger): State<Ledger>,
    viewer: Viewer,
    Path(id): Path<OrderId>,
    envelope: Envelope,
) -> Result<Answer, ApiError> {
    take(&ledger, StepRequest { step: Step::Cancel, viewer, id, envelope }).await
}

/// Marks a confirmed order as shipped. For sellers of its items and admins.
#[utoipa::path(
    post, path = "/v1/orders/{id}/ship", tag = "orders", security(("bearer" = [])),
    params(("id" = String, Path, pattern = "^ord_[0-9a-f]{32}$"), IdempotencyKey, IfMatch),
    responses(
        (status = 202, body = OrderRecord, headers(("Location" = String), ("ETag" = String))),
        (status = 403),
        (status = 409, description = "`WRONG_STATE`"),
    ),
)]
pub(super) async fn ship(
    State(ledger): State<Ledger>,
    viewer: Viewer,
    Path(id): Path<OrderId>,
    envelope: Envelope,
) -> Result<Answer, ApiError> {
    take(&ledger, StepRequest { step: Step::Ship, viewer, id, envelope }).await
}

/// Marks a shipped order as delivered. For the buyer, sellers of its items and admins.
#[utoipa::path(
    post, path = "/v1/orders/{id}/deliver", tag = "orders", security(("bearer" = [])),
    params(("id" = String, Path, pattern = "^ord_[0-9a-f]{32}$"), IdempotencyKey, IfMatch),
    responses(
        (status = 202, body = OrderRecord, headers(("Location" = String), ("ETag" = String))),
        (status = 409, description = "`WRONG_STATE`"),
    ),
)]
pub(super) async fn deliver(
    State(ledger): State<Ledger>,
    viewer: Viewer,
    Path(id): Path<OrderId>,
    envelope: Envelope,
) -> Result<Answer, ApiError> {
    take(&ledger, StepRequest { step: Step::Deliver, viewer, id, envelope }).await
}

/// A request for a step of an order.
struct StepRequest {
    step: Step,
    viewer: Viewer,
    id: OrderId,
    envelope: Envelope,
}

async fn take(ledger: &Ledger, request: StepRequest) -> Result<Answer, ApiError> {
    let StepRequest { step, viewer, id, envelope } = request;
    let missing = || ApiError::not_found("there is no order of this id");
    ledger
        .write(&envelope, async |connection| {
            let mut order = steps::lock(connection, id).await?.ok_or_else(missing)?;
            let party = Party::of(&order, &viewer);
            if !party.may_read() {
                return Err(missing());
            }
            party.check_step(step)?;
            envelope.check_version(order.version)?;
            let status = step.from(order.status)?;
            let at = ledger.clock().now();
            steps::take(connection, &mut order, OrderStepRecord { status, at }).await?;
            Ok(Outcome::with_event(accepted(&order)?, events::of_order(step.event(), &order, at)))
        })
        .await
}
