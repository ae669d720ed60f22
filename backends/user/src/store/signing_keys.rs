//! The keys that sign tokens. The next, the current and the previous are the last three by the time they begin to sign.

use std::time::Duration;

use chassis::{
    Deadline,
    database::{Database, DatabaseError, Sql},
};
use jsonwebtoken::jwk::JwkSet;

/// Reading three rows.
const WITHIN: Duration = Duration::from_secs(2);

/// The public halves as a JWKS (RFC 7517, RFC 8037).
pub(crate) async fn public(database: &Database) -> Result<JwkSet, DatabaseError> {
    let mut connection = database.read(Deadline::after(WITHIN)).await?;
    let sql = Sql::new("SELECT kid, public_key FROM signing_keys ORDER BY signs_from DESC LIMIT 3");
    let rows: Vec<(String, String)> = connection.all(sql).await?;
    let keys = rows.into_iter().filter_map(|(kid, x)| {
        let jwk = serde_json::json!({"kty": "OKP", "crv": "Ed25519", "use": "sig", "alg": "EdDSA", "kid": kid, "x": x});
        serde_json::from_value(jwk).ok()
    });
    Ok(JwkSet { keys: keys.collect() })
}
