//! Access tokens as the user service issues them, and every wrong kind of them; and who a stub's caller says to be.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use contract::{Clock, UserId, headers};
use ed25519_dalek::SigningKey;
use ed25519_dalek::pkcs8::EncodePrivateKey;
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use serde_json::{Value, json};

use crate::stub::Call;

/// An Ed25519 key with its id.
pub struct Signer {
    key: SigningKey,
    id: &'static str,
}

impl Signer {
    /// The key of that id, made of a seed: the same seed, the same key.
    pub fn new(id: &'static str, seed: u8) -> Self {
        Self { key: SigningKey::from_bytes(&[seed; 32]), id }
    }

    /// The public key as a member of a JWKS (RFC 8037).
    pub fn jwk(&self) -> Value {
        json!({"kty": "OKP", "crv": "Ed25519", "use": "sig", "alg": "EdDSA", "kid": self.id,
            "x": BASE64.encode(self.key.verifying_key().as_bytes())})
    }

    /// A token with those claims.
    pub fn sign(&self, claims: &Value) -> String {
        let header = Header { kid: Some(self.id.into()), ..Header::new(Algorithm::EdDSA) };
        let key = EncodingKey::from_ed_der(self.key.to_pkcs8_der().unwrap().as_bytes());
        encode(&header, claims, &key).unwrap()
    }

    /// A token with `alg: none` and no signature (RFC 8725, section 3.1).
    pub fn unsigned(&self, claims: &Value) -> String {
        let part = |value: &Value| BASE64.encode(value.to_string());
        format!("{}.{}.", part(&json!({"alg": "none", "kid": self.id})), part(claims))
    }

    /// A token signed with HS256, with the public key as the secret (RFC 8725, section 2.1).
    pub fn confused(&self, claims: &Value) -> String {
        let header = Header { kid: Some(self.id.into()), ..Header::new(Algorithm::HS256) };
        encode(&header, claims, &EncodingKey::from_secret(self.key.verifying_key().as_bytes())).unwrap()
    }
}

/// The claims of a good token: it began a minute ago and is good for ten.
pub fn claims(user: UserId, roles: &[&str]) -> Value {
    let now = Clock::system().now().as_seconds();
    json!({"iss": "tessera", "aud": "tessera", "sub": user, "roles": roles, "sid": "session",
        "iat": now - 60, "nbf": now - 60, "exp": now + 600})
}

/// The caller of a stub, as the token says; a stub does not check signatures.
#[derive(Clone, Copy)]
pub(crate) struct Bearer {
    pub(crate) id: UserId,
    pub(crate) admin: bool,
}

impl Bearer {
    /// The caller; `None` without a token or without the BFF's key.
    pub(crate) fn of(call: &Call) -> Option<Self> {
        call.header(headers::X_API_KEY)?;
        let token = call.header("authorization")?.strip_prefix("Bearer ")?;
        let claims: Value = serde_json::from_slice(&BASE64.decode(token.split('.').nth(1)?).ok()?).ok()?;
        let admin = claims["roles"].as_array()?.contains(&json!("admin"));
        Some(Self { id: claims["sub"].as_str()?.parse().ok()?, admin })
    }
}
