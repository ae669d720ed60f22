//! `session.ended`: one event for each session that ends before its time, with its id and the reason; none for a session that
//! was over before.

use std::time::Duration;

use chassis::testing::{EventSchemas, Reply, event, traced};
use contract::{Clock, Time, UserId};
use serde_json::json;

use crate::town::{PASSWORD, Town, session_id, user_of};

/// A town with a fixed clock, and the session of a user who has signed up.
async fn with_session() -> (Town, Reply) {
    let town = Town::standing_at(Clock::fixed(Time::from_millis(1_800_000_000_000)), 0).await;
    let session = town.send(traced(town.sign_up("grace"))).await;
    (town, session)
}

async fn log_in(town: &Town) -> Reply {
    town.send(traced(town.log_in("grace@example.com", PASSWORD))).await
}

async fn refresh(town: &Town, token: &str) -> Reply {
    town.send(traced(town.command_with("POST", "/v1/sessions/refresh", &json!({"refresh_token": token})))).await
}

async fn log_out(town: &Town, token: &str) -> u16 {
    town.send(traced(town.request("DELETE", "/v1/sessions/current")).bearer_auth(token)).await.status
}

/// Checks that after the sign-up exactly these sessions of the user have ended, in this order, for this reason.
async fn check_ended(town: &Town, user: UserId, ended: &[(String, &str)]) {
    let created = [event("user.created", &user, &[])];
    let expected: Vec<_> =
        created.into_iter().chain(ended.iter().map(|(id, _)| event("session.ended", id, &[&user]))).collect();
    let events = EventSchemas::of_crate(env!("CARGO_MANIFEST_DIR")).check_feed(town, &expected).await;
    for (event, (id, reason)) in events.iter().skip(1).zip(ended) {
        assert_eq!(event.data, json!({"user_id": user, "reason": reason}), "{id}");
    }
}

#[tokio::test]
async fn a_log_out_ends_its_session_and_a_repeated_or_refused_one_ends_none() {
    let (town, session) = with_session().await;
    let other = log_in(&town).await;
    let token = session.text("access_token");
    assert_eq!((log_out(&town, "no token").await, log_out(&town, other.text("refresh_token")).await), (401, 401));
    check_ended(&town, user_of(&session), &[]).await;
    assert_eq!((log_out(&town, token).await, log_out(&town, token).await), (204, 204));
    // Its refresh token is unknown now: no second event.
    assert_eq!(refresh(&town, session.text("refresh_token")).await.status, 401);
    town.clock.advance(Duration::from_secs(3600));
    assert_eq!(log_out(&town, other.text("access_token")).await, 401, "the token has expired");
    check_ended(&town, user_of(&session), &[(session_id(&session), "log_out")]).await;
}

#[tokio::test]
async fn a_spent_refresh_token_that_is_used_again_ends_its_session_once() {
    let (town, session) = with_session().await;
    let other = log_in(&town).await;
    let first = session.text("refresh_token");
    let second = refresh(&town, first).await;
    assert_eq!(refresh(&town, first).await.json, second.json, "within the grace time nothing ends");
    check_ended(&town, user_of(&session), &[]).await;
    town.clock.advance(Duration::from_secs(61));
    for token in [first, first, second.text("refresh_token"), "no token"] {
        assert_eq!(refresh(&town, token).await.status, 401);
    }
    assert_eq!(refresh(&town, other.text("refresh_token")).await.status, 200);
    check_ended(&town, user_of(&session), &[(session_id(&session), "reused_token")]).await;
}

#[tokio::test]
async fn a_session_beyond_the_hundredth_ends_the_oldest() {
    let (town, oldest) = with_session().await;
    town.clock.advance(Duration::from_secs(1));
    let second = log_in(&town).await;
    town.clock.advance(Duration::from_secs(1));
    town.fill_sessions(user_of(&oldest), 98).await;
    check_ended(&town, user_of(&oldest), &[]).await;
    log_in(&town).await;
    assert_eq!(refresh(&town, oldest.text("refresh_token")).await.status, 401);
    log_in(&town).await;
    let ended = [&oldest, &second].map(|session| (session_id(session), "too_many_sessions"));
    check_ended(&town, user_of(&oldest), &ended).await;
}
