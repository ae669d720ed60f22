//! Verifies bearer tokens: JWTs (RFC 7519) signed by the user service with Ed25519 (`EdDSA`, the only accepted
//! algorithm). In: a token's text. Out: its claims, or the reason why it is invalid. Verified tokens are cached until
//! they expire, because a verification costs tens of microseconds; the cache key is the whole token, not a hash.

use std::{sync::Arc, time::Duration};

use jsonwebtoken::{Algorithm, Validation, decode, decode_header};
use moka::sync::Cache;
use serde::{Deserialize, Serialize};

use crate::{
    Clock, Time, UserId,
    key_set::{KeySet, KeySource, Lookup},
};

/// The accepted difference of clocks.
pub const LEEWAY: Duration = Duration::from_secs(30);
/// The longest token: tokens of the user service have about 400 bytes.
const MAX_TOKEN_BYTES: usize = 4096;
/// The capacity of the cache, in bytes of token text.
const MEMORY_BYTES: u64 = 8 * 1024 * 1024;

/// A role; its permissions are defined by the routes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Hash)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// A user who signed up.
    Member,
    /// An administrator.
    Admin,
}

/// The claims of a token of the user service.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claims {
    /// Issuer.
    pub iss: String,
    /// Audience.
    pub aud: String,
    /// The signed-in user.
    pub sub: UserId,
    /// The user's roles.
    pub roles: Vec<Role>,
    /// The session it belongs to.
    pub sid: String,
    /// Issued at, in epoch seconds.
    pub iat: i64,
    /// Not valid before, in epoch seconds.
    pub nbf: i64,
    /// Expiry, in epoch seconds.
    pub exp: i64,
}

/// The reason why a token is rejected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// Malformed, forged, signed by an unknown key, of another issuer or for another audience, or not valid yet.
    #[error("the token is not valid")]
    Invalid,
    /// Its expiry has passed.
    #[error("the token has expired")]
    Expired,
    /// No key set was fetched yet: the token cannot be verified.
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
        // Times are checked in `check_times`, by the given clock and also for cached tokens.
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

    /// The token's claims, if it is valid now.
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
