//! Cursors of subscriptions: a valid one delivers every event behind it once; an invalid or expired one is refused with its code.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD as BASE64};
use serde_json::{Value, json};

use super::stream::{Next, Stream, position};
use crate::app::App;
use harness::client::Answer;
use harness::stub::Gate;

const POSTS: &str = "subscription($after: Cursor) { postPublished(after: $after) { cursor } }";
const AUTHORED: &str =
    "subscription($after: Cursor, $authors: [ID!]) { postPublished(authorIds: $authors, after: $after) { cursor } }";

const AUTHOR: &str = "usr_01900000000070008000000000000001";

fn publish(app: &App, author: &str) -> u64 {
    let data = json!({"author_id": author, "version": 1});
    app.services.feed("post").emit("post.published", "pst_01900000000070008000000000000001", data)
}

/// The number of the event that a cursor is behind.
fn number(cursor: &Value) -> u64 {
    let text = String::from_utf8(BASE64.decode(cursor.as_str().unwrap()).unwrap()).unwrap();
    text.rsplit_once(':').unwrap().1.parse().unwrap()
}

async fn next(stream: &mut Stream) -> u64 {
    number(&stream.data().await["postPublished"]["cursor"])
}

#[tokio::test]
async fn every_event_behind_a_cursor_comes_once_in_order() {
    let app = App::start().await;
    let begin = position(&app).await;
    let numbers: Vec<u64> = (0..20).map(|_| publish(&app, AUTHOR)).collect();
    let mut stream = Stream::open(&app.client, POSTS, &json!({"after": begin})).await.unwrap();
    for expected in &numbers[..10] {
        assert_eq!(next(&mut stream).await, *expected);
    }
    let mut resumed = Stream::open(&app.client, POSTS, &json!({"after": stream.cursor})).await.unwrap();
    for expected in &numbers[10..] {
        assert_eq!(next(&mut resumed).await, *expected);
    }
    let live = publish(&app, AUTHOR);
    assert_eq!(next(&mut resumed).await, live);
}

#[tokio::test]
async fn without_a_cursor_a_subscription_begins_now() {
    let app = App::start().await;
    position(&app).await;
    publish(&app, AUTHOR);
    let mut first = Stream::open(&app.client, POSTS, &json!({})).await.unwrap();
    let live = publish(&app, AUTHOR);
    let came = next(&mut first).await;
    // The BFF hears of the first event a moment after the stub has it.
    assert!(came == live || came == live - 1);
}

#[tokio::test]
async fn what_is_older_than_the_log_is_read_from_the_service_by_key() {
    let services = harness::stub::Services::start(harness::town::Sizes::default()).await;
    let feed = services.feed("post");
    let begin = feed.head();
    let other = "usr_01900000000070008000000000000002";
    let app = App::with(services, |config| config.events.log_bytes = 3 * 8 * 1024).await;
    let mut wanted = Vec::new();
    for round in 0..400 {
        publish(&app, other);
        if round % 40 == 0 {
            wanted.push(publish(&app, AUTHOR));
        }
    }
    let begin = BASE64.encode(format!("post:{begin}"));
    let variables = json!({"after": begin, "authors": [AUTHOR]});
    let mut stream = Stream::open(&app.client, AUTHORED, &variables).await.unwrap();
    for expected in wanted {
        assert_eq!(next(&mut stream).await, expected);
    }
    let live = publish(&app, AUTHOR);
    assert_eq!(next(&mut stream).await, live);
    let pages = feed.pages_read();
    assert!(!pages.is_empty() && pages.iter().all(|page| page.contains(AUTHOR)), "{pages:?}");
}

#[tokio::test]
async fn a_cursor_that_is_no_good_says_what_to_do() {
    let app = App::start().await;
    let begin = position(&app).await;
    let feed = app.services.feed("post");
    for _ in 0..30 {
        publish(&app, AUTHOR);
    }
    let mut stream = Stream::open(&app.client, POSTS, &json!({"after": begin})).await.unwrap();
    next(&mut stream).await;
    let head = feed.head();
    let encoded = |text: String| BASE64.encode(text);
    for (unknown, what) in [
        ("!".to_owned(), "no base64"),
        (encoded("post".into()), "no position"),
        (encoded(format!("post:{head}x")), "a forged number"),
        (encoded(format!("post:other:{}", head.sequence)), "another epoch"),
        (encoded(format!("post:{}", head.at(head.sequence + 1))), "ahead of the newest event"),
        (encoded(format!("order:{head}")), "of another service"),
        (encoded(format!("user:{head},order:{head}")), "a position without a part of this service"),
        (encoded(format!("post:{head},post:{head}")), "two parts of one service"),
    ] {
        let refused = Stream::open(&app.client, POSTS, &json!({"after": unknown})).await.err();
        assert_eq!(refused.as_deref(), Some("CURSOR_UNKNOWN"), "{what}");
    }
}

/// Ignored, it would let the stream begin at its live end: what the client asks for would be lost.
#[tokio::test]
async fn a_last_event_id_of_any_bytes_is_a_cursor() {
    let app = App::start().await;
    position(&app).await;
    for id in [&b"nonsense"[..], "caf\u{e9}".as_bytes(), b"\xff\xfe"] {
        let request = app.client.post(&json!({"query": POSTS})).header("accept", "text/event-stream");
        let answer = Answer::of(request.header("last-event-id", id)).await.text;
        assert!(answer.contains("CURSOR_UNKNOWN") && answer.contains("event: complete"), "{answer}");
    }
}

#[tokio::test]
async fn a_cursor_behind_the_retention_has_expired() {
    let services = harness::stub::Services::start(harness::town::Sizes::default()).await;
    let feed = services.feed("post");
    let begin = feed.head();
    let data = json!({"author_id": AUTHOR, "version": 1});
    for _ in 0..30 {
        feed.emit("post.published", "pst_01900000000070008000000000000001", data.clone());
    }
    feed.keep(10);
    // Only what is still stored is read at the start.
    let app = App::with(services, |_| {}).await;
    let after = |sequence: u64| json!({"after": BASE64.encode(format!("post:{}", begin.at(sequence)))});
    assert_eq!(Stream::open(&app.client, POSTS, &after(5)).await.err().as_deref(), Some("CURSOR_EXPIRED"));
    let mut oldest = Stream::open(&app.client, POSTS, &after(20)).await.unwrap();
    assert_eq!(next(&mut oldest).await, 21);
}

#[tokio::test]
async fn a_new_epoch_ends_the_subscriptions_of_the_old_one() {
    let app = App::start().await;
    position(&app).await;
    let mut stream = Stream::open(&app.client, POSTS, &json!({})).await.unwrap();
    app.services.feed("post").begin_epoch();
    assert_eq!(stream.next().await, Next::Refused("CURSOR_UNKNOWN".into()));
    let mut anew = Stream::open(&app.client, POSTS, &json!({"after": position(&app).await})).await.unwrap();
    let live = publish(&app, AUTHOR);
    assert_eq!(next(&mut anew).await, live);
}

#[tokio::test]
async fn a_feed_that_breaks_off_is_continued_without_a_gap() {
    let app = App::start().await;
    position(&app).await;
    let mut stream = Stream::open(&app.client, POSTS, &json!({})).await.unwrap();
    for round in 0..10 {
        let before = publish(&app, AUTHOR);
        app.services.feed("post").cut();
        let after = publish(&app, AUTHOR);
        assert_eq!((next(&mut stream).await, next(&mut stream).await), (before, after), "round {round}");
    }
}

/// Each client reads a few pages at a time, and the others of its wait: not in the places of operations.
#[tokio::test]
async fn a_subscription_that_waits_for_a_page_takes_no_place_of_an_operation() {
    let services = harness::stub::Services::start(harness::town::Sizes::default()).await;
    let held = Gate::closed();
    services.gate(&["GET /v1/events"], &held);
    let feed = services.feed("post");
    let begin = feed.head();
    let app = App::with(services, |config| {
        (config.http.max_running, config.events.log_bytes) = (1, 3 * 8 * 1024);
    })
    .await;
    for _ in 0..400 {
        publish(&app, AUTHOR);
    }
    let after = json!({"after": BASE64.encode(format!("post:{begin}"))});
    let client = app.client.clone();
    let subscribing = tokio::spawn(async move { Stream::open(&client, POSTS, &after).await.unwrap() });
    held.arrived(1).await;
    assert_eq!(app.client.run("{ __typename }").await.status, 200);
    held.open();
    assert_eq!(next(&mut subscribing.await.unwrap()).await, 1);
}
