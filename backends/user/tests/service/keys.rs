//! Signing keys: one from the first moment, however many instances start; rotated without a token that anybody refuses.

use std::{sync::Arc, time::Duration};

use chassis::{peer::Peer, testing::TestDatabase};
use contract::{Clock, Time, token::TokenVerifier};
use futures::future::join_all;
use user_service::rotate_key;

use crate::town::{PASSWORD, Town, user_of};

const MINUTE: Duration = Duration::from_secs(60);

/// Whose key: what a token says in its header.
fn kid(token: &str) -> String {
    jsonwebtoken::decode_header(token).unwrap().kid.unwrap()
}

async fn listed(town: &Town) -> Vec<String> {
    let keys = town.get("/.well-known/jwks.json").await.json;
    keys["keys"].as_array().unwrap().iter().map(|key| key["kid"].as_str().unwrap().to_owned()).collect()
}

async fn signs_with(town: &Town) -> String {
    kid(town.send(town.log_in("ada@example.com", PASSWORD)).await.text("access_token"))
}

#[tokio::test]
async fn instances_that_start_at_once_agree_on_the_first_key() {
    let home = Arc::new(TestDatabase::create().await);
    let towns = join_all((0..3).map(|_| Town::open(Arc::clone(&home), Clock::system()))).await;
    let session = towns[0].send(towns[0].sign_up("ada")).await;
    for town in &towns {
        assert_eq!(listed(town).await, [kid(session.text("access_token"))]);
        let path = format!("/v1/accounts?ids={}", user_of(&session));
        assert_eq!(town.get_as(session.text("access_token"), &path).await.status, 200);
    }
}

#[tokio::test]
async fn a_key_is_listed_ten_minutes_before_it_signs_and_as_long_as_its_tokens_live() {
    let town = Town::standing_at(Clock::fixed(Time::from_millis(1_800_000_000_000)), 0).await;
    let verifier = || {
        let keys = Peer::new(None).unwrap().key_source(format!("{}/.well-known/jwks.json", town.service.url));
        TokenVerifier::new("tessera", "tessera", keys, town.clock.clone())
    };
    town.send(town.sign_up("ada")).await;
    let first = signs_with(&town).await;
    let settled = verifier();

    let told = town.clock.now();
    let signs_from = rotate_key(&town.settings, town.clock.clone()).await.unwrap();
    assert!(signs_from >= told.plus(10 * MINUTE));
    let next = listed(&town).await[0].clone();
    assert_eq!(listed(&town).await, [next.clone(), first.clone()]);
    let before = town.send(town.log_in("ada@example.com", PASSWORD)).await;
    assert_eq!(kid(before.text("access_token")), first);
    // A verifier that fetched the keys when the next was told needs to fetch nothing when it signs.
    assert!(settled.verify(before.text("access_token")).await.is_ok());

    town.clock.advance(signs_from.since(told) - Duration::from_millis(1));
    let last = town.send(town.log_in("ada@example.com", PASSWORD)).await;
    assert_eq!(kid(last.text("access_token")), first, "up to the last moment");
    town.clock.advance(Duration::from_millis(1));
    let after = town.send(town.log_in("ada@example.com", PASSWORD)).await;
    assert_eq!(kid(after.text("access_token")), next);
    for token in [last.text("access_token"), after.text("access_token")] {
        assert!(settled.verify(token).await.is_ok(), "by who knew the keys before");
        assert!(verifier().verify(token).await.is_ok(), "by who comes new");
    }

    // The first key's last token lives for 15 minutes more: until then it stays listed, whatever is asked for.
    town.clock.advance(15 * MINUTE);
    assert!(rotate_key(&town.settings, town.clock.clone()).await.is_err());
    assert!(verifier().verify(last.text("access_token")).await.is_ok(), "within the leeway");
    town.clock.advance(MINUTE);
    let signs_from = rotate_key(&town.settings, town.clock.clone()).await.unwrap();
    let third = listed(&town).await[0].clone();
    assert_eq!(listed(&town).await, [third.clone(), next.clone(), first.clone()]);
    town.clock.advance(signs_from.since(town.clock.now()) + 16 * MINUTE);
    assert_eq!(signs_with(&town).await, third);
    rotate_key(&town.settings, town.clock.clone()).await.unwrap();
    assert_eq!(listed(&town).await[1..], [third, next]);
}

#[tokio::test]
async fn a_rotation_that_has_not_ended_is_not_begun_again() {
    let town = Town::standing_at(Clock::fixed(Time::from_millis(1_800_000_000_000)), 0).await;
    let rotations = join_all((0..5).map(|_| rotate_key(&town.settings, town.clock.clone()))).await;
    assert_eq!(rotations.iter().filter(|rotation| rotation.is_ok()).count(), 1);
    for refused in rotations.iter().filter_map(|rotation| rotation.as_ref().err()) {
        let sentence = refused.to_string();
        assert!(sentence.starts_with("the keys cannot be rotated now: the next key exists already"), "{sentence}");
    }
    assert_eq!(listed(&town).await.len(), 2);
}

#[tokio::test]
async fn an_answer_given_again_across_a_rotation_is_the_same() {
    let town = Town::standing_at(Clock::fixed(Time::from_millis(1_800_000_000_000)), 0).await;
    let session = town.send(town.sign_up("ada")).await;
    let signs_from = rotate_key(&town.settings, town.clock.clone()).await.unwrap();
    town.clock.advance(signs_from.since(town.clock.now()) - Duration::from_secs(1));
    let first = town.refresh(session.text("refresh_token")).await;
    town.clock.advance(Duration::from_secs(2));
    assert_eq!(town.refresh(session.text("refresh_token")).await.json, first.json);
    assert_ne!(
        kid(town.refresh(first.text("refresh_token")).await.text("access_token")),
        kid(first.text("access_token"))
    );
}

/// A key that will not sign again is worth nothing to a thief.
#[tokio::test]
async fn the_private_half_of_a_previous_key_is_erased_with_the_next_rotation() {
    let town = Town::standing_at(Clock::fixed(Time::from_millis(1_800_000_000_000)), 0).await;
    for _ in 0..2 {
        let signs_from = rotate_key(&town.settings, town.clock.clone()).await.unwrap();
        town.clock.advance(signs_from.since(town.clock.now()) + 16 * MINUTE);
    }
    let private = "SELECT private_key FROM signing_keys ORDER BY signs_from LIMIT 1";
    assert_eq!(town.row::<(String,)>(private).await, (String::new(),));
}
