//! A forum: the service on an empty database, a key set that its tokens are verified with, and people by number.

use std::{ops::Deref, sync::Arc, time::Duration};

use chassis::testing::{Grant, Reply, Signer, TestDatabase, TestService, with_json};
use contract::{Clock, Time, UserId, token::Role};
use post_service::PostSettings;
use reqwest::RequestBuilder;
use serde_json::{Value as Json, json};

/// The number of the person who is an admin.
pub const ADMIN: u8 = 99;

pub struct Forum {
    signer: Signer,
    service: TestService,
}

impl Deref for Forum {
    type Target = TestService;

    fn deref(&self) -> &TestService {
        &self.service
    }
}

/// The id of the person with that number.
pub fn user(number: u8) -> UserId {
    UserId::from_parts(Time::from_millis(1_700_000_000_000), u128::from(number))
}

impl Forum {
    /// Nobody has written anything; the clock stands until it is moved.
    pub async fn open() -> Self {
        let (home, signer) = (Arc::new(TestDatabase::create().await), Signer::start().await);
        let settings = PostSettings { service: home.settings(), user_service_url: signer.url.parse().unwrap() };
        let clock = Clock::fixed(Time::from_millis(1_800_000_000_000));
        let service = post_service::service(&settings, clock).await.expect("the service");
        Self { signer, service: TestService::start(service, home).await }
    }

    /// A request of the person with that number.
    pub fn by(&self, number: u8, method: &str, path: &str) -> RequestBuilder {
        let role = if number == ADMIN { Role::Admin } else { Role::Member };
        let grant = Grant { user: user(number), role, at: self.clock.now() };
        self.request(method, path).bearer_auth(self.signer.token(grant))
    }

    /// A command without a body.
    pub async fn command(&self, number: u8, method: &str, path: &str) -> Reply {
        self.send(self.by(number, method, path)).await
    }

    /// A command with a body.
    pub async fn tell(&self, request: RequestBuilder, body: &Json) -> Reply {
        self.send(with_json(request, body)).await
    }

    /// Publishes a post a second after whatever was before; its id.
    pub async fn publish(&self, author: u8, draft: &Json) -> String {
        self.clock.advance(Duration::from_secs(1));
        let reply = self.tell(self.by(author, "POST", "/v1/posts"), draft).await;
        assert_eq!(reply.status, 201, "{}", reply.json);
        reply.text("id").to_owned()
    }

    /// Publishes a post of which only the title matters.
    pub async fn publish_titled(&self, author: u8, title: &str) -> String {
        self.publish(author, &json!({"title": title, "body": "text"})).await
    }

    /// Comments on a post a second after whatever was before; the comment's id.
    pub async fn comment(&self, author: u8, post: &str, body: &str) -> String {
        self.clock.advance(Duration::from_secs(1));
        let reply =
            self.tell(self.by(author, "POST", &format!("/v1/posts/{post}/comments")), &json!({"body": body})).await;
        assert_eq!(reply.status, 201, "{}", reply.json);
        reply.text("id").to_owned()
    }

    pub async fn like(&self, number: u8, post: &str) {
        assert_eq!(self.command(number, "PUT", &format!("/v1/posts/{post}/likes")).await.status, 204);
    }

    /// Posts of an author, as counted.
    pub async fn post_count(&self, author: u8) -> i64 {
        self.count("/v1/posts/counts?author_ids", &user(author).to_string(), "posts").await
    }

    /// Likes of a post, as counted.
    pub async fn like_count(&self, post: &str) -> i64 {
        self.count("/v1/likes/counts?post_ids", post, "likes").await
    }

    /// Comments on a post, as counted.
    pub async fn comment_count(&self, post: &str) -> i64 {
        self.count("/v1/comments/counts?post_ids", post, "comments").await
    }

    async fn count(&self, route: &str, id: &str, member: &str) -> i64 {
        self.get(&format!("{route}={id}")).await.json["counts"][id][member].as_i64().unwrap()
    }

    /// Rows that a statement counts.
    pub async fn rows(&self, count: &'static str) -> i64 {
        self.row::<(i64,)>(count).await.0
    }
}
