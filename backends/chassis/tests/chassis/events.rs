//! The outbox and its feed: what a reader sees, and what it is told.

use std::time::Duration;

use chassis::testing::{API_KEY, Reply, forget_events};
use http::StatusCode;
use serde_json::Value as Json;

use super::notes::Notebook;

pub async fn page(notes: &Notebook, query: &str) -> Reply {
    notes.send(notes.request("GET", &format!("/v1/events?{query}")).header("x-api-key", API_KEY)).await
}

/// The stream behind `query`, read until `text` has come.
async fn read_until(notes: &Notebook, query: &str, text: &str) -> String {
    let request = notes.request("GET", &format!("/v1/events?{query}")).header("x-api-key", API_KEY);
    let mut response = notes.open(request.header("accept", "text/event-stream")).await;
    assert_eq!(response.status(), StatusCode::OK);
    let mut read = String::new();
    let reading = async {
        while !read.contains(text) {
            read.push_str(std::str::from_utf8(&response.chunk().await.unwrap().unwrap()).unwrap());
        }
    };
    tokio::time::timeout(Duration::from_secs(10), reading).await.unwrap();
    read
}

fn sequence(event: &Json) -> u64 {
    event["sequence"].as_str().unwrap().parse().unwrap()
}

#[tokio::test]
async fn every_change_is_an_event_with_a_number_and_its_position_is_the_answers() {
    let notes = Notebook::open().await;
    let before = notes.send(notes.note(1, "first")).await.header("x-feed-position").to_owned();
    assert!(before.ends_with(":0"), "{before}");
    let stream = read_until(&notes, &format!("after={before}"), "note.created\ndata").await;
    let event = stream.lines().find_map(|line| line.strip_prefix("data: ")).unwrap();
    let event: Json = serde_json::from_str(event).unwrap();
    assert_eq!((event["specversion"].as_str(), event["source"].as_str()), (Some("1.0"), Some("notes")));
    assert_eq!((event["subject"].as_str(), sequence(&event)), (Some("1"), 1));
    assert!(stream.contains(&format!("id: {}\n", before.replace(":0", ":1"))));

    let page = page(&notes, "").await;
    assert_eq!(page.status, 200);
    assert_eq!(page.json["items"].as_array().unwrap().len(), 1);
    assert_eq!(page.json["position"], before.replace(":0", ":1"));
    let after = notes.send(notes.note(2, "second")).await;
    assert_eq!(after.header("x-feed-position"), before.replace(":0", ":1"));
}

#[tokio::test]
async fn a_repeated_command_has_the_position_of_the_first() {
    let notes = Notebook::open().await;
    let keyed = || notes.note(1, "once").header("idempotency-key", "k");
    let first = notes.send(keyed()).await.header("x-feed-position").to_owned();
    read_until(&notes, &format!("after={first}"), "note.created").await;
    let again = notes.send(keyed()).await;
    assert_eq!((again.header("idempotency-replayed"), again.header("x-feed-position")), ("true", first.as_str()));
}

#[tokio::test]
async fn a_refused_command_has_no_event() {
    let notes = Notebook::open().await;
    assert_eq!(notes.send(notes.note(1, "refused")).await.status, 409);
    let position = notes.send(notes.note(2, "kept")).await.header("x-feed-position").to_owned();
    read_until(&notes, &format!("after={position}"), "note.created").await;
    let events = page(&notes, "").await;
    let subjects: Vec<_> = events.json["items"].as_array().unwrap().iter().map(|event| &event["subject"]).collect();
    assert_eq!(subjects, ["2"]);
}

#[tokio::test]
async fn a_position_that_never_was_is_409_and_a_reader_without_a_key_401() {
    let notes = Notebook::open().await;
    let here = notes.send(notes.note(1, "x")).await.header("x-feed-position").to_owned();
    let epoch = here.split(':').next().unwrap();
    for unknown in [format!("{epoch}:99"), "other:0".to_owned()] {
        assert_eq!(page(&notes, &format!("after={unknown}")).await.refusal(), (409, "POSITION_UNKNOWN"), "{unknown}");
    }
    for malformed in ["after=x", "after=x:-1", "age=5", "first=0", "first=501", "types=", "after=a:1&age=5s"] {
        assert_eq!(page(&notes, malformed).await.refusal(), (400, "BAD_REQUEST"), "{malformed}");
    }
    assert_eq!(notes.get("/v1/events").await.refusal(), (401, "UNAUTHENTICATED"));
}

#[tokio::test]
async fn what_was_deleted_is_410_with_the_oldest_position() {
    let notes = Notebook::open().await;
    for id in 1..=3 {
        let position = notes.send(notes.note(id, "x")).await.header("x-feed-position").to_owned();
        read_until(&notes, &format!("after={position}"), "note.created").await;
    }
    let epoch = page(&notes, "").await.json["position"].as_str().unwrap().split(':').next().unwrap().to_owned();
    notes.clock.advance(Duration::from_secs(3600));
    forget_events(&notes.database, Duration::from_secs(60)).await;
    let expired = page(&notes, &format!("after={epoch}:1")).await;
    assert_eq!(expired.refusal(), (410, "POSITION_EXPIRED"));
    assert_eq!(expired.json["error"]["details"][0]["issue"], format!("{epoch}:3"));
    let empty = page(&notes, &format!("after={epoch}:3")).await;
    assert_eq!((empty.status, empty.json["items"].as_array().unwrap().len()), (200, 0));
    assert!(notes.send(notes.note(4, "x")).await.header("x-feed-position").ends_with(":3"), "the head survives");
}
