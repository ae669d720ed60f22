//! What the order service asks others for: posts, from a stub that records its calls and can be silent or say anything;
//! and the keys that tokens are verified with.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
};

use axum::{
    Router,
    extract::State,
    http::{HeaderMap, StatusCode, Uri, header},
    response::{IntoResponse, Response},
    routing::get,
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD as BASE64};
use contract::{Clock, PostId, Time, UserId, token::Claims, token::Role};
use ed25519_dalek::{SigningKey, pkcs8::EncodePrivateKey};
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use serde_json::{Value as Json, json};
use tokio::net::TcpListener;

/// How the stub answers.
#[derive(Clone)]
pub enum Mood {
    /// With the posts that it has.
    Well,
    /// Not at all; the connection stays open.
    Silent,
    /// With that status and body, whatever is asked.
    Says(u16, String),
}

/// A call as it came.
pub struct Call {
    pub path_and_query: String,
    pub headers: HeaderMap,
}

#[derive(Clone)]
pub struct PostStub {
    pub url: String,
    posts: Arc<Mutex<BTreeMap<PostId, Json>>>,
    mood: Arc<Mutex<Mood>>,
    calls: Arc<Mutex<Vec<Call>>>,
}

impl PostStub {
    pub async fn start() -> Self {
        let (listener, url) = listen().await;
        let stub = Self { url, posts: Arc::default(), mood: Arc::new(Mutex::new(Mood::Well)), calls: Arc::default() };
        serve(listener, Router::new().route("/v1/posts", get(answer)).with_state(stub.clone()));
        stub
    }

    /// Publishes (or changes) a post: `offer` is `None` or amount, currency, stock.
    pub fn publish(&self, id: PostId, author: UserId, offer: Option<(i64, &str, i64)>) {
        self.posts.lock().unwrap().insert(id, post(id, author, offer));
    }

    pub fn set(&self, mood: Mood) {
        *self.mood.lock().unwrap() = mood;
    }

    /// The calls since the last time.
    pub fn take_calls(&self) -> Vec<Call> {
        std::mem::take(&mut self.calls.lock().unwrap())
    }
}

/// A post as the post service tells it.
pub fn post(id: PostId, author: UserId, offer: Option<(i64, &str, i64)>) -> Json {
    let offer = offer
        .map(|(amount, currency, stock)| json!({"price": {"amount": amount, "currency": currency}, "stock": stock}));
    let at = Time::from_millis(1_700_000_000_000);
    json!({"id": id, "author_id": author, "title": format!("title of {id}"), "body": "text", "tags": [], "offer": offer,
        "published_at": at, "updated_at": at, "version": 1})
}

async fn answer(State(stub): State<PostStub>, uri: Uri, headers: HeaderMap) -> Response {
    stub.calls.lock().unwrap().push(Call { path_and_query: uri.to_string(), headers });
    let mood = stub.mood.lock().unwrap().clone();
    match mood {
        Mood::Silent => std::future::pending().await,
        Mood::Says(status, body) => {
            (StatusCode::from_u16(status).unwrap(), [(header::CONTENT_TYPE, "application/json")], body).into_response()
        }
        Mood::Well => {
            let asked = uri.query().unwrap_or_default().strip_prefix("ids=").unwrap_or_default().to_owned();
            let posts = stub.posts.lock().unwrap();
            let items: Vec<&Json> = asked.split(',').filter_map(|id| posts.get(&id.parse().ok()?)).collect();
            ([(header::CONTENT_TYPE, "application/json")], json!({"items": items}).to_string()).into_response()
        }
    }
}

/// Whoever signs the tokens, as the user service does.
pub struct Signer {
    pub url: String,
    key: SigningKey,
}

impl Signer {
    pub async fn start() -> Self {
        let key = SigningKey::from_bytes(&[7; 32]);
        let x = BASE64.encode(key.verifying_key().as_bytes());
        let jwk = json!({"kty": "OKP", "crv": "Ed25519", "use": "sig", "alg": "EdDSA", "kid": "k1", "x": x});
        let (listener, url) = listen().await;
        let set = get(async move || json!({"keys": [jwk]}).to_string());
        serve(listener, Router::new().route("/.well-known/jwks.json", set));
        Self { url, key }
    }

    pub fn token(&self, (user, role): (UserId, Role), clock: &Clock) -> String {
        let now = clock.now().as_seconds();
        let claims = Claims {
            iss: "tessera".into(),
            aud: "tessera".into(),
            sub: user,
            roles: vec![role],
            sid: "s".into(),
            iat: now,
            nbf: now,
            exp: now + 900,
        };
        let header = Header { kid: Some("k1".into()), ..Header::new(Algorithm::EdDSA) };
        let key = EncodingKey::from_ed_der(self.key.to_pkcs8_der().unwrap().as_bytes());
        encode(&header, &claims, &key).unwrap()
    }
}

/// A URL at which nobody answers.
pub async fn nobody() -> String {
    listen().await.1
}

async fn listen() -> (TcpListener, String) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    (listener, url)
}

fn serve(listener: TcpListener, router: Router) {
    tokio::spawn(async move { axum::serve(listener, router).await });
}
