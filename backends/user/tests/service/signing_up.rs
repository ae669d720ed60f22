//! Signing up: one user a handle and an e-mail address, however many try at once; a session from the first moment; done
//! again under its key, no second user.

use chassis::testing::members;
use contract::token::Role;
use futures::future::join_all;
use serde_json::{Value as Json, json};

use crate::town::{PASSWORD, Town, newcomer, user_of};

fn with(name: &str, value: impl Into<Json>) -> Json {
    let mut body = newcomer("ada");
    body[name] = value.into();
    body
}

#[tokio::test]
async fn a_new_user_is_there_and_signed_in() {
    let town = Town::of(0).await;
    let reply = town.send(town.sign_up("Ada_L")).await;
    assert_eq!((reply.status, reply.json["user"]["handle"].as_str()), (201, Some("Ada_L")));
    let path = format!("/v1/users/{}", user_of(&reply));
    assert_eq!(reply.header("location"), path);
    assert_eq!(reply.header("cache-control"), "private, no-store");
    assert_eq!(town.get(&path).await.json, reply.json["user"]);
    let account = town.get_as(reply.text("access_token"), &format!("/v1/accounts?ids={}", user_of(&reply))).await;
    assert_eq!(account.json["items"][0]["email"], "Ada_L@example.com");
    assert_eq!(account.json["items"][0]["role"], "member");
    assert_eq!(town.counts(user_of(&reply)).await, (0, 0));
}

#[tokio::test]
async fn members_that_cannot_be_taken_are_all_named() {
    let town = Town::of(0).await;
    for (body, fields) in [
        (with("handle", "ab"), ["handle"].as_slice()),
        (with("handle", "ada\u{202e}"), &["handle"]),
        (with("handle", "ada\u{0}"), &["handle"]),
        (with("handle", 7), &["handle"]),
        (with("name", ""), &["name"]),
        (with("name", "a".repeat(81)), &["name"]),
        (with("name", "a\u{0}"), &["name"]),
        (with("name", Json::Null), &["name"]),
        (with("email", "ada"), &["email"]),
        (with("email", format!("{}@example.com", "a".repeat(250))), &["email"]),
        (with("password", "1234567"), &["password"]),
        (with("password", "a".repeat(257)), &["password"]),
        (json!({"handle": "a", "name": " ", "email": "a@b", "password": ""}), &["handle", "name", "email", "password"]),
    ] {
        let reply = town.send(town.command_with("POST", "/v1/users", &body)).await;
        assert_eq!(
            (reply.status, reply.code(), reply.fields().as_slice()),
            (422, "VALIDATION_FAILED", fields),
            "{body}"
        );
        assert!(!reply.json.to_string().contains(PASSWORD));
    }
    assert_eq!(members(&town.get("/v1/users").await.json, "handle").len(), 0);
}

#[tokio::test]
async fn a_handle_or_address_that_is_taken_in_any_letter_case_is_refused() {
    let town = Town::of(0).await;
    town.send(town.sign_up("ada")).await;
    for (handle, email, fields) in [
        ("ADA", "other@example.com", ["handle"].as_slice()),
        ("other", "ADA@EXAMPLE.com", &["email"]),
        ("aDa", "aDa@example.com", &["handle", "email"]),
    ] {
        let body = json!({"handle": handle, "name": "A", "email": email, "password": PASSWORD});
        let reply = town.send(town.command_with("POST", "/v1/users", &body)).await;
        assert_eq!((reply.status, reply.code(), reply.fields().as_slice()), (409, "TAKEN", fields));
    }
}

#[tokio::test]
async fn of_twenty_who_want_one_handle_at_once_one_gets_it() {
    let town = Town::of(0).await;
    let other = town.beside().await;
    let sign_up = |number: usize| {
        let email = format!("ada{number}@example.com");
        let body = json!({"handle": "ada", "name": "Ada", "email": email, "password": PASSWORD});
        let town = if number.is_multiple_of(2) { &town } else { &other };
        town.send(town.command_with("POST", "/v1/users", &body))
    };
    let replies = join_all((0..20).map(sign_up)).await;
    assert_eq!(replies.iter().filter(|reply| reply.status == 201).count(), 1);
    assert_eq!(replies.iter().filter(|reply| reply.code() == "TAKEN").count(), 19);
    assert_eq!(members(&town.get("/v1/users").await.json, "handle"), ["ada"]);
}

#[tokio::test]
async fn under_its_key_a_sign_up_makes_one_user_and_each_answer_a_session_that_is_good() {
    let town = Town::of(0).await;
    let other = town.beside().await;
    let sign_up = |number: usize| {
        let town = if number.is_multiple_of(2) { &town } else { &other };
        town.send(town.sign_up("ada").header("idempotency-key", "k"))
    };
    let replies = join_all((0..6).map(sign_up)).await;
    for reply in &replies {
        assert_eq!((reply.status, user_of(reply)), (201, user_of(&replies[0])), "{}", reply.json);
        assert_eq!(reply.header("location"), format!("/v1/users/{}", user_of(reply)));
        assert_eq!(town.refresh(reply.text("refresh_token")).await.status, 200);
    }
    assert_eq!(replies.iter().filter(|reply| reply.header("idempotency-replayed").is_empty()).count(), 1);
    assert_eq!(members(&town.get("/v1/users").await.json, "handle"), ["ada"]);
}

#[tokio::test]
async fn a_key_used_with_another_body_opens_nothing() {
    let town = Town::of(0).await;
    town.send(town.sign_up("ada").header("idempotency-key", "k")).await;
    for (name, value) in [("password", "another horse"), ("name", "Somebody"), ("email", "else@example.com")] {
        let request = town.command_with("POST", "/v1/users", &with(name, value)).header("idempotency-key", "k");
        let reply = town.send(request).await;
        assert_eq!((reply.status, reply.code()), (422, "IDEMPOTENCY_KEY_REUSED"), "{name}");
    }
    assert_eq!(members(&town.get("/v1/users").await.json, "handle"), ["ada"]);
}

/// The stored answer and the stored hash of the body would otherwise be worth stealing.
#[tokio::test]
async fn neither_tokens_nor_anything_of_the_password_are_stored_under_the_key() {
    let town = Town::of(0).await;
    let reply = town.send(town.sign_up("ada").header("idempotency-key", "k")).await;
    let (stored, first_hash) = town.row::<(String, String)>("SELECT body, request_hash FROM idempotency LIMIT 1").await;
    assert_eq!(stored, json!({"id": user_of(&reply)}).to_string());
    let other = Town::of(0).await;
    let body = with("password", "another horse");
    other.send(other.command_with("POST", "/v1/users", &body).header("idempotency-key", "k")).await;
    let (hash,) = other.row::<(String,)>("SELECT request_hash FROM idempotency LIMIT 1").await;
    assert_eq!(hash, first_hash, "whatever the password");
    let (token, password) =
        town.row::<(String, String)>("SELECT r.hash, u.password_hash FROM refresh_tokens r, users u LIMIT 1").await;
    assert_ne!(token, reply.text("refresh_token"));
    assert!(password.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{password}");
}

#[tokio::test]
async fn a_new_users_token_opens_nothing_of_others() {
    let town = Town::of(2).await;
    let reply = town.send(town.sign_up("ada")).await;
    let others = town.get_as(reply.text("access_token"), &format!("/v1/accounts?ids={}", crate::town::user(1))).await;
    assert_eq!(others.json, json!({"items": []}));
    let claims: Json = {
        use base64::Engine;
        let claims = reply.text("access_token").split('.').nth(1).unwrap();
        serde_json::from_slice(&base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(claims).unwrap()).unwrap()
    };
    assert_eq!(claims["roles"], json!([Role::Member]));
}
