//! The events of commands: one for each change, none for a command that changes nothing, as their schemas say, found by the
//! ids of all users concerned.

use chassis::testing::{EventSchemas, Reply, event, traced, with_json};
use reqwest::RequestBuilder;
use serde_json::json;

use crate::town::{PASSWORD, Town, session_id, user, user_of};

fn schemas() -> EventSchemas {
    EventSchemas::of_crate(env!("CARGO_MANIFEST_DIR"))
}

#[tokio::test]
async fn every_change_has_an_event_and_nothing_else_has() {
    let town = Town::of(2).await;
    let send = async |request: RequestBuilder| -> Reply { town.send(traced(request)).await };
    let session = send(town.sign_up("Grace").header("idempotency-key", "k")).await;
    // Again: a second session of the same user, and a refused sign-up.
    assert_eq!(send(town.sign_up("Grace").header("idempotency-key", "k")).await.status, 201);
    assert_eq!(send(town.sign_up("Grace")).await.status, 409);
    assert_eq!(send(town.log_in("grace@example.com", PASSWORD)).await.status, 201);
    let (grace, token, other) = (user_of(&session), session.text("access_token"), user(1));
    let refresh = json!({"refresh_token": session.text("refresh_token")});
    assert_eq!(send(town.command_with("POST", "/v1/sessions/refresh", &refresh)).await.status, 200);
    let profile = format!("/v1/users/{grace}");
    for patch in [json!({"name": "Hopper", "bio": "Nanoseconds"}), json!({})] {
        let request = town.request("PATCH", &profile).bearer_auth(token);
        assert_eq!(send(with_json(request, &patch)).await.status, 200);
    }
    for method in ["PUT", "PUT", "DELETE", "DELETE"] {
        let request = town.request(method, &format!("{profile}/following/{other}"));
        assert_eq!(send(request.bearer_auth(token)).await.status, 204);
    }
    assert_eq!(send(town.request("DELETE", "/v1/sessions/current").bearer_auth(token)).await.status, 204);
    let expected = [
        event("user.created", &grace, &[]),
        event("user.updated", &grace, &[]),
        event("user.followed", &grace, &[&other]),
        event("user.unfollowed", &grace, &[&other]),
        event("session.ended", &session_id(&session), &[&grace]),
    ];

    let events = schemas().check_feed(&town, &expected).await;

    assert_eq!(schemas().without(&events), [""; 0]);
    let data: Vec<_> = events.iter().map(|event| &event.data).collect();
    let follow = json!({"follower_id": grace, "followed_id": other});
    let ended = json!({"user_id": grace, "reason": "log_out"});
    assert_eq!(data, [&json!({"version": 1}), &json!({"version": 2}), &follow, &follow, &ended]);
    let text = serde_json::to_string(&events).unwrap();
    for of_users in ["Grace", "Newcomer", "Hopper", "Nanoseconds", "@", "example.com", PASSWORD] {
        assert!(!text.contains(of_users), "{of_users}: {text}");
    }
    assert!(events.iter().all(|event| event.source == "user-service"));
}

#[tokio::test]
async fn the_schemas_are_served() {
    let town = Town::of(0).await;
    schemas().check_served(&town).await;
}

#[test]
fn the_schemas_are_compatible_with_the_frozen_ones() {
    schemas().check_frozen();
}
