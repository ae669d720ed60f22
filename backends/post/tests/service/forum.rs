//! A forum: the service on an empty database, a key set that its tokens are verified with, and people by number.

use std::time::Duration;

use axum::{Router, routing};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD as BASE64};
use chassis::{
    Deadline, ServiceSettings,
    database::{Database, Sql},
    testing::{RunningService, TestDatabase, spawn},
};
use contract::{
    Clock, Time, UserId,
    token::{Claims, Role},
};
use ed25519_dalek::{SigningKey, pkcs8::EncodePrivateKey};
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use post_service::PostSettings;
use reqwest::RequestBuilder;
use serde_json::{Value as Json, json};
use tokio::net::TcpListener;

/// Long enough for any of the tests' statements.
const WITHIN: Duration = Duration::from_secs(20);
/// The number of the person who is an admin.
pub const ADMIN: u8 = 99;

pub struct Forum {
    pub service: RunningService,
    pub database: Database,
    pub clock: Clock,
    client: reqwest::Client,
    signer: SigningKey,
    _home: TestDatabase,
}

/// An answer: status, headers by name, body.
#[derive(Debug)]
pub struct Reply {
    pub status: u16,
    pub headers: reqwest::header::HeaderMap,
    pub json: Json,
}

impl Reply {
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    pub fn code(&self) -> &str {
        self.json["error"]["code"].as_str().unwrap_or_default()
    }

    /// The id of the record that it tells.
    pub fn id(&self) -> &str {
        self.json["id"].as_str().unwrap_or_default()
    }

    /// Which members the error is about.
    pub fn fields(&self) -> Vec<&str> {
        let details = self.json["error"]["details"].as_array();
        details.into_iter().flatten().map(|detail| detail["field"].as_str().unwrap()).collect()
    }
}

/// The titles of a page's posts, in its order.
pub fn titles(page: &Json) -> Vec<&str> {
    page["items"].as_array().unwrap().iter().map(|item| item["title"].as_str().unwrap()).collect()
}

/// The id of the person with that number.
pub fn user(number: u8) -> UserId {
    UserId::from_parts(Time::from_millis(1_700_000_000_000), u128::from(number))
}

impl Forum {
    /// Nobody has written anything; the clock stands until it is moved.
    pub async fn open() -> Self {
        chassis::program::install_crypto();
        let (home, signer) = (TestDatabase::create().await, SigningKey::from_bytes(&[7; 32]));
        let settings = PostSettings {
            service: ServiceSettings::new(home.url.clone(), "127.0.0.1:0".parse().unwrap()),
            user_service_url: publish_keys(&signer).await.parse().unwrap(),
        };
        let clock = Clock::fixed(Time::from_millis(1_800_000_000_000));
        let service = post_service::service(&settings, clock.clone()).await.expect("the service");
        let database = service.database().clone();
        Self { service: spawn(service).await, database, clock, client: reqwest::Client::new(), signer, _home: home }
    }

    /// A request of that method and path.
    pub fn request(&self, method: &str, path: &str) -> RequestBuilder {
        self.client.request(method.parse().unwrap(), format!("{}{path}", self.service.url))
    }

    /// The same in somebody's name.
    pub fn by(&self, number: u8, method: &str, path: &str) -> RequestBuilder {
        self.request(method, path).bearer_auth(self.token(number))
    }

    pub async fn send(&self, request: RequestBuilder) -> Reply {
        let response = request.send().await.unwrap();
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let body = response.bytes().await.unwrap();
        Reply { status, headers, json: serde_json::from_slice(&body).unwrap_or(Json::Null) }
    }

    pub async fn get(&self, path: &str) -> Reply {
        self.send(self.request("GET", path)).await
    }

    /// A command without a body.
    pub async fn command(&self, number: u8, method: &str, path: &str) -> Reply {
        self.send(self.by(number, method, path)).await
    }

    /// A command with a body.
    pub async fn tell(&self, number: u8, (method, path): (&str, &str), body: &Json) -> Reply {
        self.send(with(self.by(number, method, path), body)).await
    }

    /// Publishes a post a second after whatever was before; its id.
    pub async fn publish(&self, author: u8, draft: &Json) -> String {
        self.clock.advance(Duration::from_secs(1));
        let reply = self.tell(author, ("POST", "/v1/posts"), draft).await;
        assert_eq!(reply.status, 201, "{}", reply.json);
        reply.id().to_owned()
    }

    /// Publishes a post of which only the title matters.
    pub async fn publish_titled(&self, author: u8, title: &str) -> String {
        self.publish(author, &json!({"title": title, "body": "text"})).await
    }

    /// Comments on a post a second after whatever was before; the comment's id.
    pub async fn comment(&self, author: u8, post: &str, body: &str) -> String {
        self.clock.advance(Duration::from_secs(1));
        let reply = self.tell(author, ("POST", &format!("/v1/posts/{post}/comments")), &json!({"body": body})).await;
        assert_eq!(reply.status, 201, "{}", reply.json);
        reply.id().to_owned()
    }

    pub async fn like(&self, number: u8, post: &str) {
        assert_eq!(self.command(number, "PUT", &format!("/v1/posts/{post}/likes")).await.status, 204);
    }

    /// Posts of an author, as counted.
    pub async fn post_count(&self, author: u8) -> i64 {
        let reply = self.get(&format!("/v1/posts/counts?author_ids={}", user(author))).await;
        reply.json["counts"][user(author).to_string()]["posts"].as_i64().unwrap()
    }

    /// Likes of a post, as counted.
    pub async fn like_count(&self, post: &str) -> i64 {
        let reply = self.get(&format!("/v1/likes/counts?post_ids={post}")).await;
        reply.json["counts"][post]["likes"].as_i64().unwrap()
    }

    /// Comments on a post, as counted.
    pub async fn comment_count(&self, post: &str) -> i64 {
        let reply = self.get(&format!("/v1/comments/counts?post_ids={post}")).await;
        reply.json["counts"][post]["comments"].as_i64().unwrap()
    }

    /// Rows that a statement counts.
    pub async fn rows(&self, count: &'static str) -> i64 {
        let mut connection = self.database.read(Deadline::after(WITHIN)).await.unwrap();
        connection.optional::<(i64,)>(Sql::new(count)).await.unwrap().unwrap().0
    }

    fn token(&self, number: u8) -> String {
        let now = self.clock.now().as_seconds();
        let role = if number == ADMIN { Role::Admin } else { Role::Member };
        let claims = Claims {
            iss: "tessera".into(),
            aud: "tessera".into(),
            sub: user(number),
            roles: vec![role],
            sid: "s".into(),
            iat: now,
            nbf: now,
            exp: now + 900,
        };
        let header = Header { kid: Some("k1".into()), ..Header::new(Algorithm::EdDSA) };
        let key = EncodingKey::from_ed_der(self.signer.to_pkcs8_der().unwrap().as_bytes());
        encode(&header, &claims, &key).unwrap()
    }
}

/// A request with a JSON body.
pub fn with(request: RequestBuilder, body: &Json) -> RequestBuilder {
    request.header("content-type", "application/json").body(body.to_string())
}

/// The part of the user service that others need: its key set.
async fn publish_keys(signer: &SigningKey) -> String {
    let x = BASE64.encode(signer.verifying_key().as_bytes());
    let keys = json!({"keys": [{"kty": "OKP", "crv": "Ed25519", "use": "sig", "alg": "EdDSA", "kid": "k1", "x": x}]});
    let routes = Router::new().route("/.well-known/jwks.json", routing::get(async move || keys.to_string()));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(axum::serve(listener, routes).into_future());
    url
}
