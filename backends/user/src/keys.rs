//! The public keys of this service's tokens, out of its own database: what others fetch as `/.well-known/jwks.json`.

use chassis::database::Database;
use contract::key_set::KeySource;

use crate::store::signing_keys;

/// The key set for this service's own verifier: read from its own database, not over HTTP.
pub fn source(database: Database) -> KeySource {
    Box::new(move || {
        let database = database.clone();
        Box::pin(async move { signing_keys::public(&database).await.map_err(|error| error.to_string()) })
    })
}
