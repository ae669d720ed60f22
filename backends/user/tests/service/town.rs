//! A small town: a service with a handful of users and follows, and somebody to ask it.

use std::{sync::Arc, time::Duration};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD as BASE64};
use chassis::{
    Deadline, ServiceSettings,
    caller::ApiKeyHash,
    database::{Database, Sql},
    testing::{RunningService, TestDatabase, openapi::Description, spawn},
};
use contract::{
    Clock, Time, UserId,
    token::{Claims, Role},
};
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use serde_json::{Value as Json, json};
use user_service::seed::{FollowSeed, UserSeed, seed_follows, seed_users};

/// The key that the tests show as the BFF.
pub const API_KEY: &str = "the tests' key";
/// The password of those who sign up here.
pub const PASSWORD: &str = "correct horse";

pub struct Town {
    pub service: RunningService,
    pub database: Database,
    pub settings: ServiceSettings,
    pub clock: Clock,
    client: reqwest::Client,
    home: Arc<TestDatabase>,
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

    pub fn code(&self) -> &str {
        self.json["error"]["code"].as_str().unwrap_or_default()
    }

    /// The fields that `details` name.
    pub fn fields(&self) -> Vec<&str> {
        let details = self.json["error"]["details"].as_array().unwrap();
        details.iter().map(|detail| detail["field"].as_str().unwrap()).collect()
    }

    /// A text member of the body.
    pub fn text(&self, name: &str) -> &str {
        self.json[name].as_str().unwrap_or_else(|| panic!("no {name} in {}: {}", self.status, self.json))
    }

    /// What an error says.
    pub fn text_of_error(&self) -> &str {
        self.json["error"]["message"].as_str().unwrap()
    }

    /// The id of the session's user.
    pub fn user(&self) -> UserId {
        self.json["user"]["id"].as_str().unwrap().parse().unwrap()
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
        Self::standing_at(Clock::system(), count).await
    }

    /// The same with a clock of its own.
    pub async fn standing_at(clock: Clock, count: u8) -> Self {
        let town = Self::open(Arc::new(TestDatabase::create().await), clock).await;
        seed_users(&town.database, "", (1..=count).map(seed)).await.unwrap();
        town
    }

    /// Another instance on the same database, with the same clock.
    pub async fn beside(&self) -> Self {
        Self::open(Arc::clone(&self.home), self.clock.clone()).await
    }

    pub async fn open(home: Arc<TestDatabase>, clock: Clock) -> Self {
        chassis::program::install_crypto();
        let mut settings = ServiceSettings::new(home.url.clone(), "127.0.0.1:0".parse().unwrap());
        settings.api_key_hashes = vec![ApiKeyHash::of(API_KEY)];
        let service = user_service::service(&user_service::UserSettings::new(settings.clone()), clock.clone())
            .await
            .expect("the service");
        let database = service.database().clone();
        Self { service: spawn(service).await, database, settings, clock, client: reqwest::Client::new(), home }
    }

    pub async fn add_user(&self, number: u8) {
        seed_users(&self.database, "", std::iter::once(seed(number))).await.unwrap();
    }

    /// `(follower, followed)`, each follow a second after the one before. The counts stay as they are.
    pub async fn follow(&self, pairs: &[(u8, u8)]) {
        let follow = |(second, (follower, followed)): (usize, &(u8, u8))| {
            let created_at = Time::from_millis(1_700_001_000_000 + i64::try_from(second).unwrap() * 1000);
            FollowSeed { follower_id: user(*follower), followed_id: user(*followed), created_at }
        };
        seed_follows(&self.database, pairs.iter().enumerate().map(follow)).await.unwrap();
    }

    /// A token of that user, good now, signed with the first of the service's keys.
    pub async fn token(&self, number: u8, role: Role) -> String {
        self.token_of(user(number), role).await
    }

    pub async fn token_of(&self, user: UserId, role: Role) -> String {
        let key = "SELECT kid, private_key FROM signing_keys ORDER BY signs_from LIMIT 1";
        let (kid, private_key) = self.row::<(String, String)>(key).await;
        let now = self.clock.now().as_seconds();
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
        let header = Header { kid: Some(kid), ..Header::new(Algorithm::EdDSA) };
        encode(&header, &claims, &EncodingKey::from_ed_der(&BASE64.decode(private_key).unwrap())).unwrap()
    }

    /// The first row of a statement of the test's own.
    pub async fn row<T>(&self, sql: &'static str) -> T
    where
        T: for<'r> sqlx::FromRow<'r, sqlx::any::AnyRow> + Send + Unpin,
    {
        let mut connection = self.database.read(Deadline::after(Duration::from_secs(10))).await.unwrap();
        connection.optional(Sql::new(sql)).await.unwrap().unwrap()
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

    pub fn command(&self, method: &str, path: &str) -> reqwest::RequestBuilder {
        self.client.request(method.parse().unwrap(), format!("{}{path}", self.service.url))
    }

    pub fn command_with(&self, method: &str, path: &str, body: &Json) -> reqwest::RequestBuilder {
        self.command(method, path).header("content-type", "application/json").body(body.to_string())
    }

    pub async fn send(&self, request: reqwest::RequestBuilder) -> Reply {
        let response = request.send().await.unwrap();
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let body = response.bytes().await.unwrap();
        Reply { status, headers, json: serde_json::from_slice(&body).unwrap_or(Json::Null) }
    }

    /// Signs up as `handle`, at `handle@example.com`.
    pub fn sign_up(&self, handle: &str) -> reqwest::RequestBuilder {
        self.command_with("POST", "/v1/users", &newcomer(handle))
    }

    pub fn log_in(&self, email: &str, password: &str) -> reqwest::RequestBuilder {
        self.command_with("POST", "/v1/sessions", &json!({"email": email, "password": password}))
    }

    pub async fn refresh(&self, token: &str) -> Reply {
        self.send(self.command_with("POST", "/v1/sessions/refresh", &json!({"refresh_token": token}))).await
    }

    /// Opens sessions of a user that nobody has the tokens of.
    pub async fn fill_sessions(&self, id: UserId, count: usize) {
        let insert = "INSERT INTO sessions (id, user_id, created_at, ends_at) VALUES ";
        let now = self.clock.now();
        let row = |number: usize| {
            let ends_at = now.plus(Duration::from_secs(60));
            vec![format!("session {number}").into(), id.into(), now.into(), ends_at.into()]
        };
        let deadline = Deadline::after(Duration::from_secs(10));
        self.database.insert_bulk(insert, (0..count).map(row), deadline).await.unwrap();
    }

    /// Followers and followed of a user.
    pub async fn counts(&self, id: UserId) -> (i64, i64) {
        let reply = self.get(&format!("/v1/users/counts?ids={id}")).await;
        let counts = &reply.json["counts"][id.to_string()];
        (counts["followers"].as_i64().unwrap(), counts["following"].as_i64().unwrap())
    }

    /// The value of a counter in `/metrics`.
    pub async fn counter(&self, name: &str) -> u64 {
        let metrics = self.request("/metrics").send().await.unwrap().text().await.unwrap();
        let line = metrics.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' ')).unwrap();
        line.parse().unwrap()
    }

    pub async fn description(&self) -> Description {
        Description::new(self.get("/openapi.json").await.json)
    }
}

/// What somebody who signs up sends.
pub fn newcomer(handle: &str) -> Json {
    json!({"handle": handle, "name": "Newcomer", "email": format!("{handle}@example.com"), "password": PASSWORD})
}

fn seed(number: u8) -> UserSeed {
    UserSeed {
        id: user(number),
        handle: format!("User_{number}"),
        name: format!("User No. {number}"),
        email: format!("User_{number}@example.com"),
        role: if number == 1 { Role::Admin } else { Role::Member },
        avatar_url: None,
        bio: Some(format!("bio {number}")),
        created_at: at(number),
        follower_count: i64::from(number),
        following_count: 0,
    }
}
