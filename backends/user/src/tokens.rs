//! Access tokens: JWTs (RFC 7519) signed with Ed25519. In: user, role, session and time. Out: a token;
//! the same input gives the same token.

use std::time::Duration;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD as BASE64};
use chassis::{ApiError, database::Connection};
use contract::{
    Time, UserId,
    token::{Claims, Role},
};
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};

use crate::store::signing_keys;

/// The lifetime of a token.
pub(crate) const LIFETIME: Duration = Duration::from_secs(15 * 60);

/// Issues tokens.
pub(crate) struct TokenIssuer {
    pub(crate) issuer: String,
    pub(crate) audience: String,
}

/// The contents of a token.
pub(crate) struct Grant<'a> {
    pub(crate) user: UserId,
    pub(crate) role: Role,
    pub(crate) session: &'a str,
    pub(crate) at: Time,
}

/// A token. Not `Debug`.
pub(crate) struct AccessToken {
    pub(crate) text: String,
    pub(crate) expires_at: Time,
}

impl TokenIssuer {
    /// Signs with the key of the grant's time.
    pub(crate) async fn issue(&self, connection: &mut Connection, grant: Grant<'_>) -> Result<AccessToken, ApiError> {
        let key = signing_keys::signing_at(connection, grant.at).await?;
        let key = key.ok_or_else(|| ApiError::internal("there is no key that signs"))?;
        let now = grant.at.as_seconds();
        let claims = Claims {
            iss: self.issuer.clone(),
            aud: self.audience.clone(),
            sub: grant.user,
            roles: vec![grant.role],
            sid: grant.session.to_owned(),
            iat: now,
            nbf: now,
            exp: now + LIFETIME.as_secs().cast_signed(),
        };
        // These errors describe the form of the key, never its content.
        let private_key = BASE64.decode(&key.private_key).map_err(ApiError::internal)?;
        let header = Header { kid: Some(key.kid), ..Header::new(Algorithm::EdDSA) };
        let text = encode(&header, &claims, &EncodingKey::from_ed_der(&private_key)).map_err(ApiError::internal)?;
        Ok(AccessToken { text, expires_at: Time::from_millis(claims.exp * 1000) })
    }
}
