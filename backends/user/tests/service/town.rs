//! A small town: a service with a handful of users and follows, and somebody to ask it.

use std::{ops::Deref, sync::Arc, time::Duration};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD as BASE64};
use chassis::{
    Deadline, ServiceSettings,
    testing::{Grant, Reply, TestDatabase, TestService, sign, with_json},
};
use contract::{Clock, Time, UserId, token::Role};
use reqwest::RequestBuilder;
use serde_json::{Value as Json, json};
use user_service::{
    UserSettings,
    seed::{FollowSeed, UserSeed, seed_follows, seed_users},
};

/// The password of those who sign up here.
pub const PASSWORD: &str = "correct horse";

pub struct Town {
    pub settings: ServiceSettings,
    service: TestService,
}

impl Deref for Town {
    type Target = TestService;

    fn deref(&self) -> &TestService {
        &self.service
    }
}

/// The id of the session's user.
pub fn user_of(session: &Reply) -> UserId {
    session.json["user"]["id"].as_str().unwrap().parse().unwrap()
}

/// The id of the session, from its access token.
pub fn session_id(session: &Reply) -> String {
    let claims = session.text("access_token").split('.').nth(1).unwrap();
    let claims: Json = serde_json::from_slice(&BASE64.decode(claims).unwrap()).unwrap();
    claims["sid"].as_str().unwrap().to_owned()
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
        let settings = home.settings();
        let service = user_service::service(&UserSettings::new(settings.clone()), clock).await.expect("the service");
        Self { settings, service: TestService::start(service, home).await }
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
        let grant = Grant { user, role, at: self.clock.now() };
        sign(grant, &kid, &BASE64.decode(private_key).unwrap())
    }

    pub async fn get_as(&self, token: &str, path: &str) -> Reply {
        self.send(self.request("GET", path).bearer_auth(token)).await
    }

    pub fn command_with(&self, method: &str, path: &str, body: &Json) -> RequestBuilder {
        with_json(self.request(method, path), body)
    }

    /// Signs up as `handle`, at `handle@example.com`.
    pub fn sign_up(&self, handle: &str) -> RequestBuilder {
        self.command_with("POST", "/v1/users", &newcomer(handle))
    }

    pub fn log_in(&self, email: &str, password: &str) -> RequestBuilder {
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
        let metrics = self.request("GET", "/metrics").send().await.unwrap().text().await.unwrap();
        let line = metrics.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' ')).unwrap();
        line.parse().unwrap()
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
