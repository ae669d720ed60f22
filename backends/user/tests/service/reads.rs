//! Reading users, counts, accounts and flags: who sees what, in which shape, and what may be kept.

use chassis::peer::Peer;
use chassis::testing::members;
use contract::{
    Clock,
    token::{Role, TokenError, TokenVerifier},
};
use serde_json::json;

use crate::town::{Town, user};

#[tokio::test]
async fn users_are_found_by_id_and_unknown_ids_are_left_out() {
    let town = Town::of(3).await;
    let reply = town.get(&format!("/v1/users?ids={},{},{},{}", user(2), user(9), user(1), user(2))).await;
    assert_eq!(reply.status, 200);
    let mut handles = members(&reply.json, "handle");
    handles.sort_unstable();
    assert_eq!(handles, ["User_1", "User_2"]);
}

#[tokio::test]
async fn a_user_record_has_the_members_of_the_contract() {
    let town = Town::of(1).await;
    let reply = town.get(&format!("/v1/users/{}", user(1))).await;
    assert_eq!(
        reply.json,
        json!({"id": user(1), "handle": "User_1", "name": "User No. 1", "avatar_url": null, "bio": "bio 1",
            "created_at": "2023-11-14T22:13:21.000Z", "updated_at": "2023-11-14T22:13:21.000Z", "version": 1})
    );
    assert_eq!(reply.header("etag"), "\"v1\"");
    assert_eq!(town.get(&format!("/v1/users/{}", user(2))).await.status, 404);
}

#[tokio::test]
async fn handles_are_found_in_any_letter_case_and_what_is_no_handle_is_nobodys() {
    let town = Town::of(3).await;
    let reply = town.get("/v1/users?handles=uSER_2,nobody,%00%E2%80%AE,x").await;
    assert_eq!((reply.status, members(&reply.json, "handle")), (200, vec!["User_2"]));
}

#[tokio::test]
async fn counts_are_told_by_id() {
    let town = Town::of(2).await;
    let reply = town.get(&format!("/v1/users/counts?ids={},{}", user(2), user(9))).await;
    assert_eq!(reply.json, json!({"counts": {user(2).to_string(): {"followers": 2, "following": 0}}}));
}

#[tokio::test]
async fn an_account_is_seen_by_its_owner_and_by_admins() {
    let town = Town::of(3).await;
    let path = format!("/v1/accounts?ids={},{}", user(2), user(3));
    let own = town.get_as(&town.token(2, Role::Member).await, &path).await;
    let account = json!({"id": user(2), "email": "User_2@example.com", "role": "member"});
    assert_eq!(own.json, json!({"items": [account]}));
    assert_eq!(own.header("cache-control"), "private, no-store");
    let all = town.get_as(&town.token(1, Role::Admin).await, &path).await;
    assert_eq!(all.json["items"].as_array().unwrap().len(), 2);
    assert_eq!(town.get(&path).await.status, 401);
}

#[tokio::test]
async fn the_viewer_learns_whom_of_some_users_they_follow() {
    let town = Town::of(3).await;
    town.follow(&[(1, 2), (3, 1)]).await;
    let path = format!("/v1/follows?ids={},{}", user(2), user(3));
    let reply = town.get_as(&town.token(1, Role::Member).await, &path).await;
    assert_eq!(reply.json, json!({"ids": [user(2)]}));
    assert_eq!(town.get(&path).await.status, 401);
}

#[tokio::test]
async fn a_public_answer_may_be_kept_and_is_not_sent_twice() {
    let town = Town::of(1).await;
    let path = format!("/v1/users?ids={}", user(1));
    let first = town.get(&path).await;
    assert_eq!(first.header("cache-control"), "public, max-age=10");
    let again = town.send(town.request("GET", &path).header("if-none-match", first.header("etag"))).await;
    assert_eq!((again.status, again.header("etag")), (304, first.header("etag")));
    let changed = town.send(town.request("GET", &path).header("if-none-match", "\"other\"")).await;
    assert_eq!(changed.status, 200);
}

#[tokio::test]
async fn a_bad_token_is_refused_even_where_none_is_needed() {
    let town = Town::of(1).await;
    let reply = town.get_as("not.a.token", &format!("/v1/users?ids={}", user(1))).await;
    assert_eq!((reply.status, reply.header("www-authenticate")), (401, "Bearer"));
}

#[tokio::test]
async fn the_keys_that_verify_tokens_are_published() {
    let town = Town::of(1).await;
    let reply = town.get("/.well-known/jwks.json").await;
    assert_eq!(reply.json["keys"].as_array().unwrap().len(), 1);
    assert_eq!(reply.json["keys"][0]["crv"], "Ed25519");
}

#[tokio::test]
async fn another_service_verifies_tokens_with_the_published_keys() {
    let town = Town::of(1).await;
    let keys = Peer::new(None).unwrap().key_source(format!("{}/.well-known/jwks.json", town.service.url));
    let verifier = TokenVerifier::new("tessera", "tessera", keys, Clock::system());
    let claims = verifier.verify(&town.token(1, Role::Admin).await).await.unwrap();
    assert_eq!((claims.sub, claims.roles.as_slice()), (user(1), [Role::Admin].as_slice()));
    assert_eq!(verifier.verify("not.a.token").await.unwrap_err(), TokenError::Invalid);
}
