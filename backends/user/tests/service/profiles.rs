//! Changing a profile: what is absent stays, null clears, and nobody overwrites what they have not seen.

use contract::token::Role;
use futures::future::join_all;
use serde_json::json;

use crate::town::{Town, newcomer, user};

#[tokio::test]
async fn absent_members_stay_and_null_clears() {
    let town = Town::of(2).await;
    let token = town.token(2, Role::Member).await;
    let path = format!("/v1/users/{}", user(2));
    let patch = async |body| town.send(town.command_with("PATCH", &path, &body).bearer_auth(&token)).await;

    let named = patch(json!({"name": "Åda", "avatar_url": "https://example.com/a.png"})).await;
    assert_eq!((named.status, named.header("etag")), (200, "\"v2\""));
    assert_eq!((named.text("name"), named.text("avatar_url")), ("Åda", "https://example.com/a.png"));
    assert_eq!((named.text("bio"), named.json["version"].as_i64()), ("bio 2", Some(2)));
    assert!(named.text("updated_at") > named.text("created_at"));

    let cleared = patch(json!({"bio": null, "avatar_url": null})).await;
    assert_eq!((&cleared.json["bio"], &cleared.json["avatar_url"]), (&json!(null), &json!(null)));
    assert_eq!(cleared.text("name"), "Åda");

    let same = patch(json!({})).await;
    assert_eq!((same.status, same.header("etag")), (200, "\"v3\""));
    assert_eq!(town.get(&path).await.json, same.json);
}

#[tokio::test]
async fn members_that_cannot_be_taken_are_named() {
    let town = Town::of(2).await;
    let token = town.token(2, Role::Member).await;
    for (body, fields) in [
        (json!({"name": null}), ["name"].as_slice()),
        (json!({"name": "", "bio": "b".repeat(501)}), &["name", "bio"]),
        (json!({"avatar_url": "javascript:alert(1)"}), &["avatar_url"]),
        (json!({"avatar_url": "/a.png"}), &["avatar_url"]),
        (json!({"bio": "a\u{0}b"}), &["bio"]),
        (json!({"bio": 7}), &["bio"]),
    ] {
        let path = format!("/v1/users/{}", user(2));
        let reply = town.send(town.command_with("PATCH", &path, &body).bearer_auth(&token)).await;
        assert_eq!((reply.status, reply.fields().as_slice()), (422, fields), "{body}");
    }
}

#[tokio::test]
async fn a_profile_is_changed_by_its_owner_and_by_admins() {
    let town = Town::of(3).await;
    let path = format!("/v1/users/{}", user(2));
    let patch = |path: &str| town.command_with("PATCH", path, &json!({"name": "Changed"}));
    assert_eq!(town.send(patch(&path)).await.status, 401);
    let (member, admin) = (town.token(3, Role::Member).await, town.token(1, Role::Admin).await);
    let refused = town.send(patch(&path).bearer_auth(&member)).await;
    assert_eq!((refused.status, refused.code()), (403, "FORBIDDEN"));
    assert_eq!(town.send(patch(&path).bearer_auth(&admin)).await.status, 200);
    for token in [&member, &admin] {
        let unknown = patch(&format!("/v1/users/{}", user(9))).bearer_auth(token);
        assert_eq!(town.send(unknown).await.status, 404);
    }
}

#[tokio::test]
async fn of_changes_to_the_same_version_at_once_one_is_made() {
    let town = Town::of(2).await;
    let token = town.token(2, Role::Member).await;
    let path = format!("/v1/users/{}", user(2));
    let changes = (0..10).map(|number| {
        let request = town.command_with("PATCH", &path, &json!({"name": format!("Name {number}")}));
        town.send(request.bearer_auth(&token).header("if-match", "\"v1\""))
    });
    let replies = join_all(changes).await;
    assert_eq!(replies.iter().filter(|reply| reply.status == 200).count(), 1);
    assert_eq!(replies.iter().filter(|reply| reply.code() == "PRECONDITION_FAILED").count(), 9);
    let made = replies.iter().find(|reply| reply.status == 200).unwrap();
    assert_eq!(town.get(&path).await.json, made.json);
    let stale = town.command_with("PATCH", &path, &json!({})).bearer_auth(&token).header("if-match", "\"v1\"");
    assert_eq!(town.send(stale).await.status, 412, "even if nothing would change");
}

#[tokio::test]
async fn the_same_change_under_its_key_is_made_once() {
    let town = Town::of(2).await;
    let token = town.token(2, Role::Member).await;
    let path = format!("/v1/users/{}", user(2));
    let change = || {
        let request = town.command_with("PATCH", &path, &json!({"name": "Once"}));
        town.send(request.bearer_auth(&token).header("idempotency-key", "k"))
    };
    let (first, again) = (change().await, change().await);
    assert_eq!((again.header("idempotency-replayed"), &again.json), ("true", &first.json));
    assert_eq!(again.header("etag"), "\"v2\"");
}

#[tokio::test]
async fn invisible_characters_direction_controls_and_line_separators_are_refused() {
    let town = Town::of(2).await;
    let token = town.token(2, Role::Member).await;
    let path = format!("/v1/users/{}", user(2));
    for character in ["\u{200b}", "\u{ad}", "\u{2800}", "\u{feff}", "\u{202e}", "\u{2066}", "\u{200f}"] {
        let text = format!("A{character}da");
        let patch = json!({"name": text, "bio": text});
        let reply = town.send(town.command_with("PATCH", &path, &patch).bearer_auth(&token)).await;
        assert_eq!((reply.status, reply.fields()), (422, vec!["name", "bio"]), "{character:?}");
        let mut newcomer = newcomer("ada");
        newcomer["name"] = text.into();
        let reply = town.send(town.command_with("POST", "/v1/users", &newcomer)).await;
        assert_eq!((reply.status, reply.fields()), (422, vec!["name"]), "{character:?}");
    }
    for separator in ["\n", "\u{85}", "\u{2028}", "\u{2029}"] {
        let patch = json!({"name": format!("A{separator}da")});
        let reply = town.send(town.command_with("PATCH", &path, &patch).bearer_auth(&token)).await;
        assert_eq!((reply.status, reply.fields()), (422, vec!["name"]), "{separator:?}");
    }
    assert_eq!(town.get(&path).await.json["version"], 1);
}
