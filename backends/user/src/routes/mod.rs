//! The service's HTTP routes, a file per noun, each described for `/openapi.json` where it is written. In: requests that
//! the chassis has admitted. Out: records. A handler says in its signature who may call it and what it reads.

#![expect(unused_qualifications, reason = "utoipa's `params(…)` writes the types' traits out in full")]

mod accounts;
mod follows;
mod key_set;
mod users;

use chassis::database::Database;
use utoipa_axum::{router::OpenApiRouter, routes};

/// For how long anybody may keep a public answer, in seconds.
const MAX_AGE: u32 = 10;

/// All of them.
pub(crate) fn all(database: Database) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(users::list))
        .routes(routes!(users::counts))
        .routes(routes!(users::one))
        .routes(routes!(follows::followers_by_user))
        .routes(routes!(follows::following_by_user))
        .routes(routes!(follows::followed_by_viewer))
        .routes(routes!(accounts::by_ids))
        .routes(routes!(key_set::jwks))
        .with_state(database)
}
