//! Verifying a bearer token: a JWT (RFC 7519) signed by the user service with Ed25519 (`EdDSA`, the only algorithm taken).
//! In: the token's text. Out: its claims, or why it is no good. Verified tokens are kept until they end, because a
//! verification costs tens of microseconds; the key of that memory is the whole token, never a hash of it.

use std::{sync::Arc, time::Duration};

use jsonwebtoken::{Algorithm, Validation, decode, decode_header};
use moka::sync::Cache;
use serde::{Deserialize, Serialize};

use crate::{
    Clock, Time, UserId,
    key_set::{KeySet, KeySource, Lookup},
};

/// How far clocks may differ.
pub const LEEWAY: Duration = Duration::from_secs(30);
/// Longer tokens are not ours: a token of the user service has about 400 bytes.
const MAX_TOKEN_BYTES: usize = 4096;
/// How much memory verified tokens may take, in bytes of token text.
const MEMORY_BYTES: u64 = 8 * 1024 * 1024;

/// What a role lets its holder do is decided where it is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Everybody who signed up.
    Member,
    /// Sees and does all.
    Admin,
}

/// The claims of a token of the user service.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claims {
    /// Who issued it.
    pub iss: String,
    /// For whom.
    pub aud: String,
    /// Who is signed in.
    pub sub: UserId,
    /// Their roles.
    pub roles: Vec<Role>,
    /// The session it belongs to.
    pub sid: String,
    /// Issued at, in epoch seconds.
    pub iat: i64,
    /// Not good before, in epoch seconds.
    pub nbf: i64,
    /// Not good from then on, in epoch seconds.
    pub exp: i64,
}

/// Why a token is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// Malformed, forged, signed by an unknown key, of another issuer or for another audience, or not good yet.
    #[error("the token is not valid")]
    Invalid,
    /// It was good once.
    #[error("the token has expired")]
    Expired,
    /// No key set was ever fetched: neither good nor bad.
    #[error("tokens cannot be verified at the moment")]
    KeysUnavailable,
}

/// Verifies tokens of one issuer for one audience.
pub struct TokenVerifier {
    keys: KeySet,
    clock: Clock,
    validation: Validation,
    verified: Cache<String, Arc<Claims>>,
}

impl TokenVerifier {
    /// A verifier of `issuer`'s tokens for `audience`.
    pub fn new(issuer: &str, audience: &str, source: KeySource, clock: Clock) -> Self {
        let mut validation = Validation::new(Algorithm::EdDSA);
        validation.set_issuer(&[issuer]);
        validation.set_audience(&[audience]);
        validation.set_required_spec_claims(&["exp", "nbf", "iss", "aud", "sub"]);
        // Times are checked below, by our clock, and again on each use of a token that is kept.
        validation.validate_exp = false;
        validation.validate_nbf = false;
        let verified = Cache::builder()
            .max_capacity(MEMORY_BYTES)
            .weigher(|token: &String, _| u32::try_from(token.len()).unwrap_or(u32::MAX))
            .time_to_live(Duration::from_secs(15 * 60) + LEEWAY)
            .build();
        Self { keys: KeySet::new(source), clock, validation, verified }
    }

    /// Fetches the keys if there are none yet; whether tokens can be verified then.
    pub async fn fetch_keys(&self) -> bool {
        self.keys.ensure().await
    }

    /// The token's claims, if everything about it is in order now.
    pub async fn verify(&self, token: &str) -> Result<Arc<Claims>, TokenError> {
        if let Some(claims) = self.verified.get(token) {
            check_times(&claims, self.clock.now())?;
            return Ok(claims);
        }
        if token.len() > MAX_TOKEN_BYTES {
            return Err(TokenError::Invalid);
        }
        let header = decode_header(token).map_err(|_| TokenError::Invalid)?;
        if header.alg != Algorithm::EdDSA {
            return Err(TokenError::Invalid);
        }
        let key = match self.keys.key(&header.kid.ok_or(TokenError::Invalid)?).await {
            Lookup::Known(key) => key,
            Lookup::Unknown => return Err(TokenError::Invalid),
            Lookup::Unavailable => return Err(TokenError::KeysUnavailable),
        };
        let claims = decode::<Claims>(token, &key, &self.validation).map_err(|_| TokenError::Invalid)?.claims;
        check_times(&claims, self.clock.now())?;
        let claims = Arc::new(claims);
        self.verified.insert(token.to_owned(), Arc::clone(&claims));
        Ok(claims)
    }
}

fn check_times(claims: &Claims, now: Time) -> Result<(), TokenError> {
    let leeway = i64::try_from(LEEWAY.as_secs()).unwrap_or(0);
    if now.as_seconds() >= claims.exp.saturating_add(leeway) {
        Err(TokenError::Expired)
    } else if now.as_seconds() < claims.nbf.saturating_sub(leeway) {
        Err(TokenError::Invalid)
    } else {
        Ok(())
    }
}

#[cfg(test)]
mod tests;
