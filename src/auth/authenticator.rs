//! Verifies credentials: a valid bearer token is a viewer, and a caller without credentials is anonymous. Everything else is
//! refused: an invalid or expired token never makes an anonymous caller.

use std::time::Duration;

use contract::{
    Clock,
    key_set::KeySource,
    token::{TokenError, TokenVerifier},
};
use serde::{Deserialize, Serialize};

use super::{Credentials, Viewer};
use crate::settings::not_empty;

/// Interval between two attempts to fetch the first keys.
const WARM_UP_INTERVAL: Duration = Duration::from_secs(1);

/// `[auth]`: which access tokens are accepted. Their keys are those of the user service's `/.well-known/jwks.json`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct AuthSettings {
    /// The `iss` claim.
    #[serde(deserialize_with = "not_empty")]
    pub issuer: String,
    /// The `aud` claim.
    #[serde(deserialize_with = "not_empty")]
    pub audience: String,
}

impl Default for AuthSettings {
    fn default() -> Self {
        Self { issuer: "tessera".into(), audience: "tessera".into() }
    }
}

/// Verifies access tokens.
pub(crate) struct Authenticator {
    verifier: TokenVerifier,
}

/// Why credentials are refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AuthenticationError {
    /// The scheme is not `Bearer`, there is no token, or there are several headers.
    #[error("the request must have one Authorization header, with the scheme `Bearer` and a token")]
    Malformed,
    /// The token is forged, of another issuer or audience, or not valid yet.
    #[error("the access token is not valid")]
    Invalid,
    /// The token has expired.
    #[error("the access token has expired")]
    Expired,
    /// No keys were fetched yet.
    #[error("access tokens cannot be verified; retry later")]
    Unavailable,
}

impl Authenticator {
    /// Verifies tokens with keys from that source.
    pub(crate) fn new(settings: &AuthSettings, keys: KeySource) -> Self {
        Self { verifier: TokenVerifier::new(&settings.issuer, &settings.audience, keys, Clock::system()) }
    }

    /// Fetches the keys ahead of the first token; retries until that succeeds.
    pub(crate) async fn warm_up(&self) {
        while !self.verifier.fetch_keys().await {
            tokio::time::sleep(WARM_UP_INTERVAL).await;
        }
    }

    /// The viewer with these credentials; `None` without credentials.
    ///
    /// # Errors
    /// The credentials are malformed, invalid or expired, or cannot be verified.
    pub(crate) async fn authenticate(&self, credentials: &Credentials) -> Result<Option<Viewer>, AuthenticationError> {
        let authorization = match credentials {
            Credentials::None => return Ok(None),
            Credentials::Malformed => return Err(AuthenticationError::Malformed),
            Credentials::Authorization(value) => value,
        };
        let token = authorization.to_str().ok().and_then(bearer).ok_or(AuthenticationError::Malformed)?;
        match self.verifier.verify(token).await {
            Ok(claims) => Ok(Some(Viewer::new(claims, authorization.clone()))),
            Err(TokenError::Invalid) => Err(AuthenticationError::Invalid),
            Err(TokenError::Expired) => Err(AuthenticationError::Expired),
            Err(TokenError::KeysUnavailable) => Err(AuthenticationError::Unavailable),
        }
    }
}

/// The token of `Bearer <token>`; the scheme's case does not matter (RFC 9110, section 11.1).
fn bearer(header: &str) -> Option<&str> {
    let (scheme, token) = header.split_once(' ')?;
    let token = token.trim_matches(' ');
    (scheme.eq_ignore_ascii_case("bearer") && !token.is_empty()).then_some(token)
}
