//! An access token as the user service would sign it, and the key set that verifies it. The key is for this benchmark.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD as BASE64};
use contract::{Clock, UserId};
use ed25519_dalek::{SigningKey, pkcs8::EncodePrivateKey};
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use serde_json::{Value, json};

const KEY_ID: &str = "benchmark";
const SEED: [u8; 32] = [7; 32];

/// What `/.well-known/jwks.json` answers.
pub fn key_set() -> Value {
    let key = SigningKey::from_bytes(&SEED).verifying_key();
    json!({"keys": [{"kty": "OKP", "crv": "Ed25519", "use": "sig", "alg": "EdDSA", "kid": KEY_ID,
        "x": BASE64.encode(key.as_bytes())}]})
}

/// A token of `viewer`, good for 15 minutes.
pub fn sign(viewer: UserId) -> String {
    let now = Clock::system().now().as_seconds();
    let claims = json!({"iss": "tessera", "aud": "tessera", "sub": viewer, "roles": ["member"], "sid": "benchmark",
        "iat": now, "nbf": now, "exp": now + 900});
    let header = Header { kid: Some(KEY_ID.into()), ..Header::new(Algorithm::EdDSA) };
    let key = SigningKey::from_bytes(&SEED).to_pkcs8_der().unwrap();
    encode(&header, &claims, &EncodingKey::from_ed_der(key.as_bytes())).unwrap()
}
