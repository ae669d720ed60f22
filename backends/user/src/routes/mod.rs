//! The service's HTTP routes, a file per noun, each described for `/openapi.json` where it is written. In: requests that
//! the chassis has admitted. Out: records. The signature of a handler shows its permissions and its input.

#![expect(unused_qualifications, reason = "utoipa's `params(…)` writes the types' traits out in full")]

mod accounts;
mod follows;
mod key_set;
mod profiles;
mod sessions;
mod sign_up;
mod users;

use axum::extract::FromRef;
use chassis::{ApiError, Detail, Ledger, database::Database};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::sessions::IdentityProvider;

/// The lifetime of public responses in caches, in seconds.
const MAX_AGE: u32 = 10;

/// All routes.
pub(crate) fn all(provider: IdentityProvider) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(users::list))
        .routes(routes!(users::counts))
        .routes(routes!(users::one))
        .routes(routes!(follows::followers_by_user))
        .routes(routes!(follows::following_by_user))
        .routes(routes!(follows::followed_by_viewer))
        .routes(routes!(accounts::by_ids))
        .routes(routes!(key_set::jwks))
        .routes(routes!(sign_up::sign_up))
        .routes(routes!(profiles::update))
        .routes(routes!(follows::follow, follows::unfollow))
        .routes(routes!(sessions::log_in))
        .routes(routes!(sessions::refresh))
        .routes(routes!(sessions::log_out))
        .with_state(provider)
}

impl FromRef<IdentityProvider> for Database {
    fn from_ref(provider: &IdentityProvider) -> Self {
        provider.ledger.database().clone()
    }
}

impl FromRef<IdentityProvider> for Ledger {
    fn from_ref(provider: &IdentityProvider) -> Self {
        provider.ledger.clone()
    }
}

/// 422 that names every invalid member.
fn check_all<const N: usize>(members: [(&str, Result<(), &str>); N]) -> Result<(), ApiError> {
    let wrong = |(field, verdict): (&str, Result<(), &str>)| {
        verdict.err().map(|issue| Detail { field: field.to_owned(), issue: issue.to_owned() })
    };
    let details: Vec<Detail> = members.into_iter().filter_map(wrong).collect();
    if details.is_empty() { Ok(()) } else { Err(ApiError::invalid(details)) }
}
