//! The public keys that this service's tokens are verified with. In: nothing. Out: a JWKS (RFC 7517) that caches may
//! store.

use axum::extract::State;
use chassis::{ApiError, Public, database::Database};

use crate::{records::KeySetRecord, store::signing_keys};

/// Less than a key is listed before it signs (10 minutes).
const MAX_AGE: u32 = 60;

/// The next, the current and the previous key (RFC 7517).
#[utoipa::path(
    get, path = "/.well-known/jwks.json", tag = "keys",
    responses((status = 200, description = "The public keys", body = KeySetRecord)),
)]
pub(super) async fn jwks(State(database): State<Database>) -> Result<Public<KeySetRecord>, ApiError> {
    Ok(Public::new(signing_keys::public(&database).await?, MAX_AGE))
}
