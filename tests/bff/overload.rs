//! More than can be executed, and requests whose time is over: shed before anything runs, or answered with what is there.

use harness::client::Answer;
use harness::stub::{Behaviour, Gate, Services};
use harness::town::Sizes;
use serde_json::json;
use std::time::Duration;
use tokio::time::timeout;

use crate::app::App;
use crate::errors::{asks, assert_row, row};

const POSTS: &str = "{ posts(first: 1) { nodes { title } } }";

#[tokio::test]
async fn more_than_may_run_at_a_time_is_shed() {
    let services = Services::start(Sizes::default()).await;
    let held = Gate::closed();
    services.gate(&["GET /v1/posts"], &held);
    let app = App::with(services, |config| config.http.max_running = 2).await;
    let under_way: Vec<_> = (0..2)
        .map(|_| {
            let client = app.client.clone();
            tokio::spawn(async move { client.run(POSTS).await })
        })
        .collect();
    held.arrived(2).await;
    let third = asks(&app.client, &json!({ "query": POSTS }));
    assert_row(&row("too much at a time"), third.try_clone().unwrap()).await;
    assert_eq!(Answer::of(third).await.header("retry-after"), Some("1"));
    assert_eq!(app.services.calls().len(), 2, "nothing of it was executed");
    held.open();
    for answer in under_way {
        answer.await.unwrap().data();
    }
    app.client.run(POSTS).await.data();
}

#[tokio::test]
async fn clients_that_hang_up_or_send_slowly_keep_nobody_from_running() {
    let services = Services::start(Sizes::default()).await;
    let held = Gate::closed();
    services.gate(&["GET /v1/posts"], &held);
    let app = App::with(services, |config| config.http.max_running = 1).await;
    for round in 1..=3 {
        let client = app.client.clone();
        let gone = tokio::spawn(async move { client.run(POSTS).await });
        held.arrived(round).await;
        gone.abort();
        let endless = futures::stream::pending::<Result<bytes::Bytes, std::io::Error>>();
        let slow = app.client.post(&json!({})).body(reqwest::Body::wrap_stream(endless));
        let slow = tokio::spawn(Answer::of(slow));
        let answered = async { while app.client.run("{ __typename }").await.status == 503 {} };
        timeout(Duration::from_secs(30), answered).await.unwrap();
        slow.abort();
    }
}

#[tokio::test]
async fn time_that_is_over_before_anything_ran_is_504() {
    let mut services = Services::start(Sizes::default()).await;
    services.stub("user").behave(Behaviour::Slow(Duration::from_secs(60))).await;
    let app = App::with(services, |config| config.timeouts.request = Duration::from_millis(200)).await;
    assert_row(&row("out of time"), asks(&app.person(1), &json!({ "query": POSTS }))).await;
    assert!(app.services.calls().is_empty());
}

#[tokio::test]
async fn at_the_deadline_what_is_there_is_sent() {
    let services = Services::start(Sizes::default()).await;
    let held = Gate::closed();
    services.gate(&["GET /v1/users"], &held);
    let app = App::with(services, |config| config.timeouts.request = Duration::from_millis(500)).await;
    let answer = app.client.run("{ posts(first: 1) { nodes { title } } users(first: 1) { nodes { name } } }").await;
    assert_eq!((answer.status, answer.errors()), (200, vec!["SERVICE_TIMEOUT users".to_owned()]));
    assert!(answer.json()["data"]["posts"]["nodes"][0]["title"].is_string(), "{}", answer.text);
}

#[tokio::test]
async fn bodies_that_are_still_arriving_have_their_room_together() {
    let app = App::with(Services::start(Sizes::default()).await, |config| {
        (config.http.max_body_bytes, config.http.max_bodies_bytes) = (100_000, 100_000);
    })
    .await;
    let (first, rest) = tokio::sync::mpsc::unbounded_channel::<Result<bytes::Bytes, std::io::Error>>();
    let body = futures::stream::unfold(rest, async |mut rest| Some((rest.recv().await?, rest)));
    let slow = app.client.post(&json!({})).body(reqwest::Body::wrap_stream(body));
    let slow = tokio::spawn(Answer::of(slow));
    let half = format!("{{\"query\": \"{{ __typename }}\", \"x\": \"{}", "x".repeat(60_000));
    first.send(Ok(half.into())).unwrap();
    let large = || app.client.post(&json!({"query": "{ __typename }", "x": "x".repeat(60_000)}));
    let shed = async { while Answer::of(large()).await.status != 503 {} };
    timeout(Duration::from_secs(30), shed).await.unwrap();
    app.client.run("{ __typename }").await.data();
    first.send(Ok("\"}".into())).unwrap();
    drop(first);
    slow.await.unwrap().data();
    Answer::of(large()).await.data();
}
