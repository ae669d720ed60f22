//! A small town: a service with a handful of users and follows, and somebody to ask it.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD as BASE64};
use chassis::{
    Deadline, ServiceSettings,
    caller::ApiKeyHash,
    database::{Database, Value},
    testing::{RunningService, TestDatabase, spawn},
};
use contract::{
    Clock, Time, UserId,
    token::{Claims, Role},
};
use ed25519_dalek::{SigningKey, pkcs8::EncodePrivateKey};
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use serde_json::Value as Json;

/// The key that the tests show as the BFF.
pub const API_KEY: &str = "the tests' key";
const INSERT_USER: &str = "INSERT INTO users (id, handle, handle_key, name, email, email_key, password_hash, role, \
                           avatar_url, bio, created_at, updated_at, version, follower_count, following_count) VALUES ";
const INSERT_FOLLOW: &str = "INSERT INTO follows (follower_id, followed_id, created_at) VALUES ";
const INSERT_KEY: &str = "INSERT INTO signing_keys (kid, public_key, private_key, created_at, signs_from) VALUES ";

pub struct Town {
    pub service: RunningService,
    pub database: Database,
    client: reqwest::Client,
    signer: SigningKey,
    _home: TestDatabase,
}

/// An answer: status, headers by name, body.
pub struct Reply {
    pub status: u16,
    pub headers: reqwest::header::HeaderMap,
    pub json: Json,
}

impl Reply {
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// The handles of `items`, in their order.
    pub fn handles(&self) -> Vec<&str> {
        handles(&self.json)
    }
}

pub fn handles(page: &Json) -> Vec<&str> {
    page["items"].as_array().unwrap().iter().map(|item| item["handle"].as_str().unwrap()).collect()
}

/// The id of the user with that number; higher numbers signed up later.
pub fn user(number: u8) -> UserId {
    UserId::from_parts(at(number), u128::from(number))
}

fn at(number: u8) -> Time {
    Time::from_millis(1_700_000_000_000 + i64::from(number) * 1000)
}

impl Town {
    /// Users `User_1` to `User_<count>`.
    pub async fn of(count: u8) -> Self {
        chassis::program::install_crypto();
        let home = TestDatabase::create().await;
        let mut settings = ServiceSettings::new(home.url.clone(), "127.0.0.1:0".parse().unwrap());
        settings.api_key_hashes = vec![ApiKeyHash::of(API_KEY)];
        let service = user_service::service(&settings, Clock::system()).await.expect("the service");
        let database = service.database().clone();
        let signer = SigningKey::from_bytes(&[7; 32]);
        let town =
            Self { service: spawn(service).await, database, client: reqwest::Client::new(), signer, _home: home };
        town.insert(INSERT_USER, (1..=count).map(user_row)).await;
        let public = BASE64.encode(town.signer.verifying_key().as_bytes());
        town.insert(INSERT_KEY, [vec!["k1".into(), public.into(), "".into(), 0.into(), 0.into()]]).await;
        town
    }

    pub async fn insert(&self, insert: &'static str, rows: impl IntoIterator<Item = Vec<Value>>) {
        self.database.insert_bulk(insert, rows, Deadline::after(std::time::Duration::from_secs(10))).await.unwrap();
    }

    pub async fn add_user(&self, number: u8) {
        self.insert(INSERT_USER, [user_row(number)]).await;
    }

    /// `(follower, followed)`, each follow a second after the one before.
    pub async fn follow(&self, pairs: &[(u8, u8)]) {
        let row = |(second, (follower, followed)): (usize, &(u8, u8))| {
            let when = Time::from_millis(1_700_001_000_000 + i64::try_from(second).unwrap() * 1000);
            vec![user(*follower).into(), user(*followed).into(), when.into()]
        };
        self.insert(INSERT_FOLLOW, pairs.iter().enumerate().map(row)).await;
    }

    pub fn token(&self, number: u8, role: Role) -> String {
        let now = Clock::system().now().as_seconds();
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

    pub async fn get(&self, path: &str) -> Reply {
        self.send(self.request(path)).await
    }

    pub async fn get_as(&self, token: &str, path: &str) -> Reply {
        self.send(self.request(path).bearer_auth(token)).await
    }

    pub fn request(&self, path: &str) -> reqwest::RequestBuilder {
        self.client.get(format!("{}{path}", self.service.url))
    }

    pub async fn send(&self, request: reqwest::RequestBuilder) -> Reply {
        let response = request.send().await.unwrap();
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let body = response.bytes().await.unwrap();
        Reply { status, headers, json: serde_json::from_slice(&body).unwrap_or(Json::Null) }
    }
}

fn user_row(number: u8) -> Vec<Value> {
    let email = format!("User_{number}@example.com");
    vec![
        user(number).into(),
        format!("User_{number}").into(),
        format!("user_{number}").into(),
        format!("User No. {number}").into(),
        email.clone().into(),
        email.to_lowercase().into(),
        "".into(),
        if number == 1 { "admin" } else { "member" }.into(),
        Value::NoText,
        Some(format!("bio {number}")).into(),
        at(number).into(),
        at(number).into(),
        1.into(),
        i64::from(number).into(),
        0.into(),
    ]
}
