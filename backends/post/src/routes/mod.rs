//! The service's HTTP routes, a file per noun, each described for `/openapi.json` where it is written. In: requests that
//! the chassis has admitted. Out: records. The signature of a handler shows its permissions and its input.

#![expect(unused_qualifications, reason = "utoipa's `params(…)` writes the types' traits out in full")]

mod comments;
mod likes;
mod posts;
mod publishing;

use chassis::{ApiError, Ledger};
use contract::id::Post;
use utoipa_axum::{router::OpenApiRouter, routes};

/// The lifetime of public responses in caches, in seconds.
const MAX_AGE: u32 = 10;

/// Posts whose comments or likes are requested.
#[derive(serde::Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
struct OfPosts {
    /// 1 to 100 ids of posts separated by commas.
    #[param(value_type = String)]
    post_ids: chassis::Ids<Post>,
}

/// All routes.
pub(crate) fn all(ledger: Ledger) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(posts::list, publishing::publish))
        .routes(routes!(posts::by_author))
        .routes(routes!(posts::counts))
        .routes(routes!(posts::one, publishing::edit, publishing::delete))
        .routes(routes!(comments::by_ids))
        .routes(routes!(comments::by_post))
        .routes(routes!(comments::counts))
        .routes(routes!(comments::add))
        .routes(routes!(likes::liked_by_viewer))
        .routes(routes!(likes::counts))
        .routes(routes!(likes::like, likes::unlike))
        .with_state(ledger)
}

/// 404.
fn no_such_post() -> ApiError {
    ApiError::not_found("there is no post of this id")
}
