//! The token issuer of the services' tests: a key set on a port of its own, and tokens signed with its key. In: user,
//! role and time. Out: a bearer token that services accept which fetch their keys from the issuer's URL.

#![expect(clippy::unwrap_used, reason = "a test without its token has failed")]

use axum::{Router, routing::get};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD as BASE64};
use contract::{
    Time, UserId,
    token::{Claims, Role},
};
use ed25519_dalek::{SigningKey, pkcs8::EncodePrivateKey};
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use serde_json::json;
use tokio::net::TcpListener;

/// A token issuer.
pub struct Signer {
    /// The base URL of its key set.
    pub url: String,
    key: SigningKey,
}

/// Whose token.
#[derive(Clone, Copy, Debug)]
pub struct Grant {
    /// The signed-in user.
    pub user: UserId,
    /// The user's one role.
    pub role: Role,
    /// When the token is issued; it is valid for 15 minutes.
    pub at: Time,
}

impl Signer {
    /// Publishes a key set of one key.
    pub async fn start() -> Self {
        let key = SigningKey::from_bytes(&[7; 32]);
        let x = BASE64.encode(key.verifying_key().as_bytes());
        let keys =
            json!({"keys": [{"kty": "OKP", "crv": "Ed25519", "use": "sig", "alg": "EdDSA", "kid": "k1", "x": x}]});
        let url = serve(Router::new().route("/.well-known/jwks.json", get(async move || keys.to_string()))).await;
        Self { url, key }
    }

    /// A token signed with the key.
    pub fn token(&self, grant: Grant) -> String {
        sign(grant, "k1", self.key.to_pkcs8_der().unwrap().as_bytes())
    }
}

/// A token signed with a private key in PKCS #8.
pub fn sign(grant: Grant, key_id: &str, private_key: &[u8]) -> String {
    let now = grant.at.as_seconds();
    let claims = Claims {
        iss: "tessera".into(),
        aud: "tessera".into(),
        sub: grant.user,
        roles: vec![grant.role],
        sid: "s".into(),
        iat: now,
        nbf: now,
        exp: now + 900,
    };
    let header = Header { kid: Some(key_id.into()), ..Header::new(Algorithm::EdDSA) };
    encode(&header, &claims, &EncodingKey::from_ed_der(private_key)).unwrap()
}

/// Serves a stub on a free port; its URL.
pub async fn serve(routes: Router) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(axum::serve(listener, routes).into_future());
    url
}
