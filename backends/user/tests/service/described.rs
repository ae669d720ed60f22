//! `/openapi.json` says what the routes really answer: every answer that it describes is asked for here, and is as
//! described.

use chassis::testing::{openapi::Description, with_json};
use contract::{Clock, Time, token::Role};
use reqwest::RequestBuilder;
use serde_json::{Value as Json, json};

use crate::town::{PASSWORD, Town, newcomer, user};

/// Asks, and holds the answers against the description.
struct Reader {
    town: Town,
    description: Description,
}

impl Reader {
    async fn get(&self, path: &str, token: &str) -> u16 {
        self.command(&format!("GET {path}"), &Json::Null, token).await
    }

    /// A request with a body unless it is null, with a token unless it is empty.
    fn request(&self, route: &str, body: &Json, token: &str) -> RequestBuilder {
        let (method, path) = route.split_once(' ').unwrap();
        let request = self.town.request(method, path);
        let request = if body.is_null() { request } else { with_json(request, body) };
        if token.is_empty() { request } else { request.bearer_auth(token) }
    }

    async fn command(&self, route: &str, body: &Json, token: &str) -> u16 {
        self.check(self.request(route, body, token)).await
    }

    async fn check(&self, request: RequestBuilder) -> u16 {
        let reply = self.town.send(request).await;
        self.description.check(&reply);
        reply.status
    }
}

/// A town with somebody called ada, and who reads it.
async fn reader() -> Reader {
    let town = Town::standing_at(Clock::fixed(Time::from_millis(1_800_000_000_000)), 3).await;
    town.follow(&[(2, 3), (3, 1)]).await;
    let description = town.description().await;
    Reader { town, description }
}

async fn walk_reads(reader: &Reader) {
    let ids = format!("{},{}", user(1), user(3));
    for path in [
        "/v1/users?first=2".to_owned(),
        format!("/v1/users?ids={ids}"),
        format!("/v1/users/{}", user(1)),
        format!("/v1/users/counts?ids={ids}"),
        format!("/v1/followers/by-user?user_ids={ids}"),
        format!("/v1/following/by-user?user_ids={ids}"),
        "/.well-known/jwks.json".to_owned(),
    ] {
        assert_eq!(reader.get(&path, "").await, 200, "{path}");
    }
    for path in [
        "/v1/users?first=0",
        "/v1/users/usr_1",
        "/v1/users/counts",
        "/v1/followers/by-user?user_ids=x",
        "/v1/following/by-user?user_ids=x",
    ] {
        assert_eq!(reader.get(path, "").await, 400, "{path}");
    }
    assert_eq!(reader.get(&format!("/v1/users/{}", user(9)), "").await, 404);
    let token = reader.town.token(1, Role::Admin).await;
    for path in ["/v1/accounts", "/v1/follows"] {
        let with_ids = format!("{path}?ids={ids}");
        assert_eq!(reader.get(&with_ids, &token).await, 200);
        assert_eq!(reader.get(path, &token).await, 400);
        assert_eq!(reader.get(&with_ids, "").await, 401);
    }
}

/// Each body that a route cannot take: no JSON, of another media type, of another shape.
async fn walk_bad_bodies(reader: &Reader, route: &str, token: &str) {
    let json = "application/json";
    for (media_type, body, status) in [(json, "{", 400), ("text/plain", "{}", 415), (json, "[7]", 422)] {
        let request = reader.request(route, &Json::Null, token).header("content-type", media_type).body(body);
        assert_eq!(reader.check(request).await, status, "{route} {body}");
    }
}

async fn walk_sessions(reader: &Reader) {
    assert_eq!(reader.command("POST /v1/users", &newcomer("ada"), "").await, 201);
    assert_eq!(reader.command("POST /v1/users", &newcomer("ada"), "").await, 409);
    let credentials = |password: &str| json!({"email": "ada@example.com", "password": password});
    assert_eq!(reader.command("POST /v1/sessions", &credentials(PASSWORD), "").await, 201);
    for status in std::iter::repeat_n(401, 10).chain([429]) {
        assert_eq!(reader.command("POST /v1/sessions", &credentials("guess"), "").await, status);
    }
    let session = reader.town.send(reader.town.sign_up("grace")).await;
    let refresh = json!({"refresh_token": session.text("refresh_token")});
    assert_eq!(reader.command("POST /v1/sessions/refresh", &refresh, "").await, 200);
    assert_eq!(reader.command("POST /v1/sessions/refresh", &json!({"refresh_token": "x"}), "").await, 401);
    let log_out = "DELETE /v1/sessions/current";
    assert_eq!(reader.command(log_out, &Json::Null, session.text("access_token")).await, 204);
    assert_eq!(reader.command(log_out, &Json::Null, "").await, 401);
    for path in ["/v1/users", "/v1/sessions", "/v1/sessions/refresh"] {
        walk_bad_bodies(reader, &format!("POST {path}"), "").await;
    }
}

async fn walk_profiles(reader: &Reader, token: &str) {
    let path = |number: u8| format!("PATCH /v1/users/{}", user(number));
    let name = json!({"name": "Changed", "bio": null});
    for (path, token, status) in
        [(path(2), token, 200), (path(2), "", 401), (path(3), token, 403), (path(9), token, 404)]
    {
        assert_eq!(reader.command(&path, &name, token).await, status, "{path}");
    }
    let stale = reader.request(&path(2), &name, token).header("if-match", "\"v1\"");
    assert_eq!(reader.check(stale).await, 412);
    walk_bad_bodies(reader, &path(2), token).await;
}

async fn walk_follows(reader: &Reader, token: &str) {
    let path = |follower: u8, followed: u8| format!("/v1/users/{}/following/{}", user(follower), user(followed));
    for method in ["PUT", "DELETE"] {
        for (path, token, status) in [
            (path(2, 1), token, 204),
            (path(2, 1).replace("following/usr", "following/pst"), token, 400),
            (path(2, 1), "", 401),
            (path(3, 1), token, 403),
            (path(2, 9), token, 404),
            (path(2, 2), token, 422),
        ] {
            assert_eq!(
                reader.command(&format!("{method} {path}"), &Json::Null, token).await,
                status,
                "{method} {path}"
            );
        }
    }
}

#[tokio::test]
async fn every_answer_of_every_route_is_as_described() {
    let reader = reader().await;
    let token = reader.town.token(2, Role::Member).await;
    walk_reads(&reader).await;
    walk_sessions(&reader).await;
    walk_profiles(&reader, &token).await;
    walk_follows(&reader, &token).await;
    let unseen = reader.description.unseen();
    assert!(unseen.is_empty(), "described, but never asked for: {unseen:#?}");
}
