//! The service's HTTP routes, each described for `/openapi.json` where it is written. In: requests that the chassis has
//! admitted, all of signed-in users. Out: orders, for their parties and admins; for other users they do not exist.

#![expect(unused_qualifications, reason = "utoipa's `params(…)` writes the types' traits out in full")]

mod orders;
mod place;
mod steps;

use chassis::{Answer, ApiError, Ledger};
use utoipa_axum::{router::OpenApiRouter, routes};

use self::place::Placing;
use crate::{posts::PostService, records::OrderRecord};

/// All routes.
pub(crate) fn all(ledger: Ledger, posts: PostService) -> OpenApiRouter {
    let state = Placing { ledger: ledger.clone(), posts };
    let placing = OpenApiRouter::new().routes(routes!(place::place)).with_state(state);
    OpenApiRouter::new()
        .routes(routes!(orders::by_ids))
        .routes(routes!(orders::by_buyer))
        .routes(routes!(orders::by_seller))
        .routes(routes!(steps::cancel))
        .routes(routes!(steps::ship))
        .routes(routes!(steps::deliver))
        .with_state(ledger)
        .merge(placing)
}

/// 202 with the order and its path.
fn accepted(order: &OrderRecord) -> Result<Answer, ApiError> {
    Ok(Answer::accepted(order, format!("/v1/orders?ids={}", order.id))?.version(order.version))
}
