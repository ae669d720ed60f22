//! The signing keys of access tokens, in the service's database: created at the first start, rotated on request, published at
//! `/.well-known/jwks.json`. A key is published before it signs, so that verifiers know it when they see its first token.

use std::time::Duration;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD as BASE64};
use chassis::{
    Answer, ApiError, Deadline, Envelope, Ledger, Outcome,
    database::{Connection, Database},
};
use contract::{
    Time,
    key_set::{JwkSet, KeySource},
    token::LEEWAY,
};
use ed25519_dalek::{SigningKey, pkcs8::EncodePrivateKey};
use sha2::{Digest, Sha256};

use crate::{
    store::signing_keys::{self, SigningKeyRow},
    tokens,
};

/// The time between publication and the first signature: 10 minutes, and one for caches of the key set.
const PUBLISHED_BEFORE: Duration = Duration::from_secs(11 * 60);
/// The timeout of creating a key.
const WITHIN: Duration = Duration::from_secs(10);

/// The key set for this service's own verifier: read from its own database, not over HTTP.
pub fn source(database: Database) -> KeySource {
    Box::new(move || {
        let database = database.clone();
        Box::pin(async move {
            let keys = signing_keys::public(&database).await.map_err(|error| error.to_string())?;
            let keys = serde_json::to_value(keys).and_then(serde_json::from_value::<JwkSet>);
            keys.map_err(|error| error.to_string())
        })
    })
}

/// Creates the first key if there is none. It signs at once, because no verifier has a key set yet. Instances that start
/// together agree on one key: only one can sign from time 0.
pub(crate) async fn make_first(ledger: &Ledger) -> Result<(), ApiError> {
    let now = ledger.clock().now();
    let effect = async |connection: &mut Connection| {
        if signing_keys::signing_at(connection, now).await?.is_none() {
            signing_keys::insert(connection, &new_key(Time::from_millis(0))?, now).await?;
        }
        Ok(Outcome::silent(Answer::no_content()))
    };
    ledger.write(&Envelope::internal(Deadline::after(WITHIN)), effect).await.map(drop)
}

/// Creates the next key; returns the time from which it signs. 409 while the last rotation has not ended.
pub(crate) async fn rotate(ledger: &Ledger) -> Result<Time, ApiError> {
    let now = ledger.clock().now();
    let signs_from = now.plus(PUBLISHED_BEFORE);
    let effect = async |connection: &mut Connection| {
        let current = signing_keys::hold_signing_at(connection, now).await?;
        let current = current.ok_or_else(|| ApiError::internal("there is no key to rotate"))?;
        if let Some(next) = signing_keys::next_signs_from(connection, now).await? {
            return Err(not_yet(format!("the next key exists already and signs from {next}")));
        }
        let settled = current.signs_from.plus(tokens::LIFETIME + LEEWAY);
        if now < settled {
            return Err(not_yet(format!("tokens of the previous key are valid until {settled}")));
        }
        signing_keys::retire_before(connection, current.signs_from).await?;
        if !signing_keys::insert(connection, &new_key(signs_from)?, now).await? {
            return Err(ApiError::internal("a key with this start time exists already"));
        }
        Ok(Outcome::silent(Answer::no_content()))
    };
    ledger.write(&Envelope::internal(Deadline::after(WITHIN)), effect).await?;
    Ok(signs_from)
}

fn not_yet(why: String) -> ApiError {
    ApiError::conflict("WRONG_STATE", format!("the keys cannot be rotated now: {why}"))
}

fn new_key(signs_from: Time) -> Result<SigningKeyRow, ApiError> {
    let key = SigningKey::from_bytes(&rand::random());
    let private_key = key.to_pkcs8_der().map_err(ApiError::internal)?;
    let public_key = key.verifying_key();
    Ok(SigningKeyRow {
        kid: BASE64.encode(&Sha256::digest(public_key.as_bytes())[..12]),
        public_key: BASE64.encode(public_key.as_bytes()),
        private_key: BASE64.encode(private_key.as_bytes()),
        signs_from,
    })
}

#[cfg(test)]
mod tests {
    use chassis::{
        ServiceSettings,
        database::{Database, plans::slow_plans},
        testing::TestDatabase,
    };
    use contract::Clock;

    use super::*;

    #[tokio::test]
    async fn no_statement_of_a_rotation_scans_a_table_or_sorts() {
        let home = TestDatabase::create().await;
        let settings = ServiceSettings::new(home.url.clone(), ([127, 0, 0, 1], 0).into());
        let database = Database::open(&settings.database(), crate::MIGRATIONS, Clock::system()).await.unwrap();
        let ledger = Ledger::open(database.clone()).await.unwrap();
        make_first(&ledger).await.unwrap();
        rotate(&ledger).await.unwrap();
        assert!(database.statements().all().len() >= 5);
        let slow = slow_plans(&database, &[]).await.unwrap();
        assert!(slow.is_empty(), "{slow:#?}");
    }
}
