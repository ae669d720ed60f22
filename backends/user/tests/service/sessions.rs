//! Sessions: who gets in, who does not and how often they may try, and what a refresh token is good for.

use std::time::Duration;

use chassis::testing::API_KEY;
use contract::{Clock, Time};
use futures::future::join_all;
use serde_json::json;

use crate::town::{PASSWORD, Town, newcomer, user_of};

/// A town in which time stands still, with somebody called ada.
async fn adas() -> Town {
    let town = Town::standing_at(Clock::fixed(Time::from_millis(1_800_000_000_000)), 0).await;
    assert_eq!(town.send(town.sign_up("ada")).await.status, 201);
    town
}

#[tokio::test]
async fn the_right_password_opens_a_session_in_any_letter_case_of_the_address() {
    let town = adas().await;
    let reply = town.send(town.log_in("ADA@example.COM", PASSWORD)).await;
    assert_eq!((reply.status, reply.header("location")), (201, "/v1/sessions/current"));
    assert_eq!(reply.text("expires_at"), town.clock.now().plus(Duration::from_secs(900)).to_string());
    assert_eq!(reply.header("cache-control"), "private, no-store");
    let path = format!("/v1/accounts?ids={}", user_of(&reply));
    let token = reply.text("access_token");
    assert_eq!(town.get_as(token, &path).await.json["items"][0]["email"], "ada@example.com");
    town.clock.advance(Duration::from_secs(15 * 60 + 30));
    assert_eq!(town.get_as(token, &path).await.status, 401, "15 minutes and the leeway later");
}

#[tokio::test]
async fn an_array_of_the_right_values_opens_no_session() {
    let town = adas().await;
    for (path, body) in [
        ("/v1/sessions", json!(["ada@example.com", PASSWORD])),
        ("/v1/users", json!(["grace", "Grace", "grace@example.com", PASSWORD])),
    ] {
        let reply = town.send(town.command_with("POST", path, &body)).await;
        assert_eq!((reply.status, reply.message()), (422, "the body must be an object"), "{path}");
    }
}

/// What an idempotency key would store are secrets.
#[tokio::test]
async fn a_session_is_not_stored_under_a_key() {
    let town = adas().await;
    let log_in = || town.send(town.log_in("ada@example.com", PASSWORD).header("idempotency-key", "k"));
    let (first, second) = (log_in().await, log_in().await);
    assert_ne!(first.text("refresh_token"), second.text("refresh_token"));
    assert_eq!(town.row::<(i64,)>("SELECT COUNT(*) FROM idempotency").await, (0,));
}

#[tokio::test]
async fn who_is_refused_learns_nothing_and_costs_the_same_work() {
    let town = adas().await;
    let mut answers = Vec::new();
    for (email, password) in [
        ("ada@example.com", "wrong horse"),
        ("nobody@example.com", PASSWORD),
        ("no address", PASSWORD),
        ("ada@example.com\0", PASSWORD),
        ("ada@example.com", ""),
    ] {
        let before = town.counter("password_hashes_total").await;
        let reply = town.send(town.log_in(email, password)).await;
        assert_eq!((reply.status, reply.code()), (401, "WRONG_CREDENTIALS"), "{email}");
        assert_eq!(town.counter("password_hashes_total").await, before + 1, "{email}");
        answers.push(reply.message().to_owned());
    }
    answers.dedup();
    assert_eq!(answers.len(), 1);
    let before = town.counter("password_hashes_total").await;
    assert_eq!(town.send(town.log_in("ada@example.com", PASSWORD)).await.status, 201);
    assert_eq!(town.counter("password_hashes_total").await, before + 1);
}

#[tokio::test]
async fn who_guesses_is_stopped_from_there_and_for_that_account_only() {
    let town = adas().await;
    town.send(town.sign_up("grace")).await;
    let from = |address: &str, email: &str, password: &str| {
        let request = town.log_in(email, password).header("x-api-key", API_KEY);
        town.send(request.header("x-client-address", address))
    };
    for _ in 0..10 {
        assert_eq!(from("192.0.2.1", "ada@example.com", "guess").await.status, 401);
    }
    let hashes = town.counter("password_hashes_total").await;
    let stopped = from("192.0.2.1", "Ada@example.com", PASSWORD).await;
    assert_eq!((stopped.status, stopped.code(), stopped.header("retry-after")), (429, "RATE_LIMITED", "60"));
    assert_eq!(town.counter("password_hashes_total").await, hashes, "no work for who is stopped");
    assert_eq!(from("192.0.2.2", "ada@example.com", PASSWORD).await.status, 201, "ada from elsewhere");
    assert_eq!(from("192.0.2.1", "grace@example.com", PASSWORD).await.status, 201, "another account from there");

    town.clock.advance(Duration::from_secs(60));
    assert_eq!(from("192.0.2.1", "ada@example.com", "guess").await.status, 401, "one is forgiven a minute");
    assert_eq!(from("192.0.2.1", "ada@example.com", PASSWORD).await.status, 429);
    town.clock.advance(Duration::from_secs(60));
    assert_eq!(from("192.0.2.1", "ada@example.com", PASSWORD).await.status, 201);
    for _ in 0..10 {
        assert_eq!(from("192.0.2.1", "ada@example.com", "guess").await.status, 401, "all forgiven by the success");
    }
}

#[tokio::test]
async fn guessing_at_what_does_not_exist_is_stopped_alike() {
    let town = adas().await;
    for _ in 0..10 {
        assert_eq!(town.send(town.log_in("nobody@example.com", "guess")).await.status, 401);
    }
    assert_eq!(town.send(town.log_in("nobody@example.com", "guess")).await.status, 429);
}

#[tokio::test]
async fn guesses_all_at_once_are_no_more_than_one_after_the_other() {
    let town = adas().await;
    let replies = join_all((0..40).map(|_| town.send(town.log_in("ada@example.com", "guess")))).await;
    let guessed = replies.iter().filter(|reply| reply.status == 401).count();
    // Those that are being hashed at the same moment, one per two cores, do not know of each other.
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    assert!((10..10 + (cores / 2).max(1)).contains(&guessed), "{guessed}");
    // Not all of one network wait at once.
    assert!(replies.iter().all(|reply| matches!(reply.status, 401 | 429 | 503)));
}

#[tokio::test]
async fn a_refresh_token_is_good_for_one_refresh() {
    let town = adas().await;
    let first = town.send(town.log_in("ada@example.com", PASSWORD)).await;
    town.clock.advance(Duration::from_secs(600));
    let second = town.refresh(first.text("refresh_token")).await;
    assert_eq!((second.status, user_of(&second)), (200, user_of(&first)));
    for name in ["access_token", "refresh_token", "expires_at"] {
        assert_ne!(second.text(name), first.text(name), "{name}");
    }
    let path = format!("/v1/accounts?ids={}", user_of(&first));
    assert_eq!(town.get_as(second.text("access_token"), &path).await.status, 200);
    assert_eq!(town.refresh(second.text("refresh_token")).await.status, 200);
}

#[tokio::test]
async fn a_lost_answer_is_given_again_for_a_minute_while_its_token_is_unused() {
    let town = adas().await;
    let other = town.beside().await;
    let first = town.send(town.log_in("ada@example.com", PASSWORD)).await;
    let token = first.text("refresh_token");
    let second = town.refresh(token).await;
    town.clock.advance(Duration::from_secs(60));
    assert_eq!(other.refresh(token).await.json, second.json, "also elsewhere");
    let third = town.refresh(second.text("refresh_token")).await;
    assert_eq!(third.status, 200, "nothing was revoked");
}

#[tokio::test]
async fn a_spent_token_whose_successor_was_used_ends_the_session_at_once() {
    let town = adas().await;
    let first = town.send(town.log_in("ada@example.com", PASSWORD)).await;
    let second = town.refresh(first.text("refresh_token")).await;
    let third = town.refresh(second.text("refresh_token")).await;
    assert_eq!(town.refresh(second.text("refresh_token")).await.json, third.json, "the last answer may be lost");
    for token in [first.text("refresh_token"), third.text("refresh_token")] {
        let refused = town.refresh(token).await;
        assert_eq!((refused.status, refused.code()), (401, "WRONG_CREDENTIALS"));
    }
}

#[tokio::test]
async fn a_spent_token_later_ends_the_whole_session_and_no_other() {
    let town = adas().await;
    let first = town.send(town.log_in("ada@example.com", PASSWORD)).await;
    let elsewhere = town.send(town.log_in("ada@example.com", PASSWORD)).await;
    let second = town.refresh(first.text("refresh_token")).await;
    town.clock.advance(Duration::from_millis(60_001));
    for token in [first.text("refresh_token"), second.text("refresh_token"), first.text("refresh_token")] {
        let refused = town.refresh(token).await;
        assert_eq!((refused.status, refused.code()), (401, "WRONG_CREDENTIALS"));
    }
    assert_eq!(town.refresh(elsewhere.text("refresh_token")).await.status, 200);
}

#[tokio::test]
async fn twenty_refreshes_at_once_at_two_instances_get_one_answer() {
    let town = adas().await;
    let other = town.beside().await;
    let session = town.send(town.log_in("ada@example.com", PASSWORD)).await;
    let token = session.text("refresh_token");
    let instance = |number: usize| if number.is_multiple_of(2) { &town } else { &other };
    let replies = join_all((0..20).map(|number| instance(number).refresh(token))).await;
    assert!(replies.iter().all(|reply| reply.status == 200 && reply.json == replies[0].json));
    assert_eq!(town.refresh(replies[0].text("refresh_token")).await.status, 200);
}

#[tokio::test]
async fn what_is_no_refresh_token_is_refused() {
    let town = adas().await;
    let session = town.send(town.log_in("ada@example.com", PASSWORD)).await;
    for token in ["", "x", "\0", &"A".repeat(43), session.text("access_token"), &"A".repeat(100_000)] {
        let reply = town.refresh(token).await;
        assert_eq!((reply.status, reply.code()), (401, "WRONG_CREDENTIALS"), "{token:.60}");
    }
}

#[tokio::test]
async fn a_session_ends_a_month_after_its_last_refresh() {
    let town = adas().await;
    let first = town.send(town.log_in("ada@example.com", PASSWORD)).await;
    let month = Duration::from_secs(30 * 24 * 60 * 60);
    town.clock.advance(month - Duration::from_secs(1));
    let second = town.refresh(first.text("refresh_token")).await;
    assert_eq!(second.status, 200);
    town.clock.advance(month);
    assert_eq!(town.refresh(second.text("refresh_token")).await.status, 401);
}

#[tokio::test]
async fn logging_out_ends_the_session_of_the_token_and_no_other() {
    let town = adas().await;
    let here = town.send(town.log_in("ada@example.com", PASSWORD)).await;
    let there = town.send(town.log_in("ada@example.com", PASSWORD)).await;
    let log_out = || town.send(town.request("DELETE", "/v1/sessions/current").bearer_auth(here.text("access_token")));
    assert_eq!(log_out().await.status, 204);
    assert_eq!(log_out().await.status, 204);
    assert_eq!(town.refresh(here.text("refresh_token")).await.status, 401);
    assert_eq!(town.refresh(there.text("refresh_token")).await.status, 200);
    assert_eq!(town.send(town.request("DELETE", "/v1/sessions/current")).await.status, 401);
}

#[tokio::test]
async fn a_log_out_and_refreshes_at_once_end_in_a_session_that_is_over() {
    let town = adas().await;
    let session = town.send(town.log_in("ada@example.com", PASSWORD)).await;
    let token = session.text("refresh_token");
    let log_out = town.send(town.request("DELETE", "/v1/sessions/current").bearer_auth(session.text("access_token")));
    let (replies, log_out) = futures::future::join(join_all((0..10).map(|_| town.refresh(token))), log_out).await;
    assert_eq!(log_out.status, 204);
    assert!(replies.iter().all(|reply| matches!(reply.status, 200 | 401)));
    for reply in replies.iter().filter(|reply| reply.status == 200) {
        assert_eq!(town.refresh(reply.text("refresh_token")).await.status, 401);
    }
}

#[tokio::test]
async fn a_user_has_a_hundred_sessions_and_the_oldest_make_room() {
    let town = adas().await;
    let oldest = town.send(town.log_in("ada@example.com", PASSWORD)).await;
    town.clock.advance(Duration::from_secs(1));
    town.fill_sessions(user_of(&oldest), 99).await;
    let newest = town.send(town.log_in("ada@example.com", PASSWORD)).await;
    assert_eq!(town.row::<(i64,)>("SELECT COUNT(*) FROM sessions").await, (100,));
    assert_eq!(town.refresh(oldest.text("refresh_token")).await.status, 401);
    assert_eq!(town.refresh(newest.text("refresh_token")).await.status, 200);
}

/// Keyboards differ in how they compose letters; both spellings are one password (Unicode NFC).
#[tokio::test]
async fn a_password_logs_in_in_its_composed_and_decomposed_spelling() {
    let town = Town::of(0).await;
    let (composed, decomposed) = ("caf\u{e9} \u{c5}ngstr\u{f6}m", "cafe\u{301} A\u{30a}ngstro\u{308}m");
    for (handle, password) in [("ada", composed), ("grace", decomposed)] {
        let mut newcomer = newcomer(handle);
        newcomer["password"] = password.into();
        assert_eq!(town.send(town.command_with("POST", "/v1/users", &newcomer)).await.status, 201);
        let email = format!("{handle}@example.com");
        for (typed, status) in [(composed, 201), (decomposed, 201), ("cafe Angstrom", 401)] {
            assert_eq!(town.send(town.log_in(&email, typed)).await.status, status, "{handle} {typed}");
        }
    }
}
