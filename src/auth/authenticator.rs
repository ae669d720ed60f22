//! Verifies credentials: none is an anonymous caller, a valid bearer token is a viewer, everything else is refused. A bad or
//! expired token never makes an anonymous caller.

use std::time::Duration;

use contract::{
    Clock,
    key_set::KeySource,
    token::{TokenError, TokenVerifier},
};
use serde::{Deserialize, Serialize};

use super::{Credentials, Viewer};
use crate::settings::not_empty;

/// Between two attempts to get the first keys.
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
pub struct Authenticator {
    verifier: TokenVerifier,
}

/// Why credentials do not make a viewer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AuthenticationError {
    /// Another scheme than `Bearer`, or no token behind it.
    #[error("there must be one Authorization header, `Bearer` and a token")]
    Malformed,
    /// The token is forged, foreign or not good yet.
    #[error("the access token is not valid")]
    Invalid,
    /// The token was good once.
    #[error("the access token has expired")]
    Expired,
    /// No key to verify with was ever had.
    #[error("access tokens cannot be verified at the moment")]
    Unavailable,
}

impl Authenticator {
    /// Verifies tokens with keys from that source.
    pub(crate) fn new(settings: &AuthSettings, keys: KeySource) -> Self {
        Self { verifier: TokenVerifier::new(&settings.issuer, &settings.audience, keys, Clock::system()) }
    }

    /// Fetches the keys ahead of the first token, as often as it takes: without them no token can be judged.
    pub async fn warm_up(&self) {
        while !self.verifier.fetch_keys().await {
            tokio::time::sleep(WARM_UP_INTERVAL).await;
        }
    }

    /// The viewer that the credentials prove; `None` without credentials.
    ///
    /// # Errors
    /// The credentials are malformed, invalid or expired, or cannot be verified.
    pub async fn authenticate(&self, credentials: &Credentials) -> Result<Option<Viewer>, AuthenticationError> {
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
