//! A command takes effect once per caller, route and key, however often, however fast, whatever fails.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use chassis::database::Engine;
use futures::future::join_all;

use crate::notes::Notebook;

#[tokio::test]
async fn the_same_key_twice_is_one_effect_and_one_answer() {
    let book = Notebook::open().await;
    let first = book.send(book.note(1, "one").header("idempotency-key", "k")).await;
    let again = book.send(book.note(1, "one").header("idempotency-key", "k")).await;
    assert_eq!((first.status, first.header("idempotency-replayed")), (201, ""));
    assert_eq!((again.status, again.header("idempotency-replayed")), (201, "true"));
    assert_eq!(first.json, again.json);
    for header in ["location", "etag", "cache-control"] {
        assert_eq!(first.header(header), again.header(header));
        assert!(!first.header(header).is_empty());
    }
    assert_eq!(book.count().await, 1);
}

#[tokio::test]
async fn twenty_at_once_are_one_effect() {
    let book = Notebook::open().await;
    let requests = (0..20).map(|_| book.send(book.note(1, "one").header("idempotency-key", "k")));
    let replies = join_all(requests).await;
    assert!(replies.iter().all(|reply| reply.status == 201 && reply.json == replies[0].json));
    assert_eq!(replies.iter().filter(|reply| reply.header("idempotency-replayed").is_empty()).count(), 1);
    assert_eq!(book.count().await, 1);
}

#[tokio::test]
async fn twenty_at_once_at_two_instances_are_one_effect() {
    let book = Notebook::open().await;
    let other = book.beside().await;
    let instance = |number: usize| if number.is_multiple_of(2) { &book } else { &other };
    let requests = (0..20).map(instance).map(|book| book.send(book.note(1, "one").header("idempotency-key", "k")));
    let replies = join_all(requests).await;
    assert!(replies.iter().all(|reply| reply.status == 201 && reply.json == replies[0].json));
    assert_eq!(replies.iter().filter(|reply| reply.header("idempotency-replayed").is_empty()).count(), 1);
    assert_eq!(book.count().await, 1);
}

#[tokio::test]
async fn the_same_key_with_another_body_is_refused() {
    let book = Notebook::open().await;
    book.send(book.note(1, "one").header("idempotency-key", "k")).await;
    let other = book.send(book.note(2, "two").header("idempotency-key", "k")).await;
    assert_eq!((other.status, other.code()), (422, "IDEMPOTENCY_KEY_REUSED"));
    assert_eq!(book.count().await, 1);
}

#[tokio::test]
async fn a_refused_effect_leaves_nothing_behind_and_may_be_tried_again() {
    let book = Notebook::open().await;
    for _ in 0..2 {
        let refused = book.send(book.note(1, "refused").header("idempotency-key", "k")).await;
        assert_eq!((refused.status, refused.code()), (409, "REFUSED"));
    }
    assert_eq!(book.count().await, 0);
    assert_eq!(book.send(book.note(1, "one").header("idempotency-key", "k")).await.status, 201);
}

#[tokio::test]
async fn while_the_first_is_at_work_the_second_waits_and_then_gives_up() {
    let book = Arc::new(Notebook::open().await);
    let slow = tokio::spawn({
        let book = Arc::clone(&book);
        async move { book.send(book.note(1, "slow").header("idempotency-key", "k")).await.status }
    });
    let second = async || {
        let request = book.note(1, "slow").header("idempotency-key", "k").header("x-request-timeout-ms", "400");
        book.send(request).await
    };
    // Until the first has its key, the "second" may be the first; it times out and leaves nothing.
    let mut reply = second().await;
    for _ in 0..10 {
        if reply.status == 409 {
            break;
        }
        reply = second().await;
    }
    assert_eq!((reply.code(), reply.header("retry-after")), ("IDEMPOTENCY_KEY_IN_USE", "1"));
    book.go.notify_one();
    assert_eq!(slow.await.unwrap(), 201);
    assert_eq!(second().await.header("idempotency-replayed"), "true");
    assert_eq!(book.count().await, 1);
}

#[tokio::test]
async fn an_answer_is_forgotten_after_a_day() {
    let book = Notebook::open().await;
    book.send(book.note(1, "one").header("idempotency-key", "k")).await;
    book.clock.advance(Duration::from_secs(24 * 60 * 60));
    let later = book.send(book.note(2, "two").header("idempotency-key", "k")).await;
    assert_eq!((later.status, later.header("idempotency-replayed")), (201, ""));
    assert_eq!(book.count().await, 2);
}

#[tokio::test]
async fn another_route_is_another_scope() {
    let book = Notebook::open().await;
    book.send(book.note(1, "one").header("idempotency-key", "k")).await;
    let touched = book.send(book.request("POST", "/v1/notes/1/touch").header("idempotency-key", "k")).await;
    assert_eq!((touched.status, touched.header("etag")), (204, "\"v2\""));
    let again = book.send(book.request("POST", "/v1/notes/1/touch").header("idempotency-key", "k")).await;
    assert_eq!((again.status, again.header("etag"), again.header("idempotency-replayed")), (204, "\"v2\"", "true"));
}

#[tokio::test]
async fn an_update_of_what_has_changed_meanwhile_is_refused() {
    let book = Notebook::open().await;
    book.send(book.note(1, "one")).await;
    let touch = || book.request("POST", "/v1/notes/1/touch").header("if-match", "\"v1\"");
    assert_eq!(book.send(touch()).await.status, 204);
    let stale = book.send(touch()).await;
    assert_eq!((stale.status, stale.code()), (412, "PRECONDITION_FAILED"));
}

#[tokio::test]
async fn malformed_keys_are_refused() {
    let book = Notebook::open().await;
    for key in ["", "with space", &"k".repeat(256)] {
        assert_eq!(book.send(book.note(1, "one").header("idempotency-key", key)).await.status, 400, "{key}");
    }
    assert_eq!(book.count().await, 0);
}

/// On SQLite, whose one writer is busy, it is the whole database that the second waits for.
#[tokio::test]
async fn while_another_instance_is_at_work_the_second_waits_and_then_gives_up() {
    let book = Arc::new(Notebook::open().await);
    let other = book.beside().await;
    let slow = tokio::spawn({
        let book = Arc::clone(&book);
        async move { book.send(book.note(1, "slow").header("idempotency-key", "k")).await.status }
    });
    // Told from within the first's transaction: from then on it holds the key's row.
    book.begun.notified().await;
    let request = other.note(1, "slow").header("idempotency-key", "k").header("x-request-timeout-ms", "400");
    let started = Instant::now();
    let reply = other.send(request).await;
    assert!(started.elapsed() > Duration::from_millis(300), "it waited");
    let expected = match book.database.engine() {
        Engine::Postgres => (409, "IDEMPOTENCY_KEY_IN_USE"),
        Engine::Sqlite => (504, "DEADLINE_EXCEEDED"),
    };
    assert_eq!((reply.status, reply.code()), expected);
    book.go.notify_one();
    assert_eq!(slow.await.unwrap(), 201);
    let again = other.send(other.note(1, "slow").header("idempotency-key", "k")).await;
    assert_eq!((again.status, again.header("idempotency-replayed")), (201, "true"));
    assert_eq!(book.count().await, 1);
}
