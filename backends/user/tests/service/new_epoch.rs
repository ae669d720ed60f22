//! `events new-epoch`, beside a running service: positions of before are unknown at once, and the service switches to the new
//! epoch by itself.

use std::time::Duration;

use chassis::testing::{API_KEY, TestDatabase};
use contract::{EventPage, Position, hex};
use reqwest::Response;
use serde_json::Value as Json;
use sha2::{Digest, Sha256};
use tokio::time::{Instant, sleep, timeout};

use crate::{
    program::{Served, program},
    town::newcomer,
};

/// How long the running service may need; it looks once a second.
const WITHIN: Duration = Duration::from_secs(5);

async fn feed(served: &Served, query: &str, accept: &str) -> Response {
    let request = reqwest::Client::new().get(format!("{}/v1/events?{query}", served.url));
    request.header("x-api-key", API_KEY).header("accept", accept).send().await.unwrap()
}

async fn page(served: &Served, query: &str) -> EventPage {
    let response = feed(served, query, "application/json").await;
    serde_json::from_slice(&response.bytes().await.unwrap()).unwrap()
}

fn begin_epoch(home: &TestDatabase) -> String {
    let output = program(home, "127.0.0.1:0").args(["events", "new-epoch"]).output().unwrap();
    let log = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success(), "{log}");
    let line: Json = serde_json::from_str(log.lines().last().unwrap()).unwrap();
    line["epoch"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_new_epoch_ends_all_positions_and_streams_of_before() {
    chassis::program::install_crypto();
    let home = TestDatabase::create().await;
    let mut command = program(&home, "127.0.0.1:0");
    command.env("TESSERA_API_KEY_HASHES", hex(&Sha256::digest(API_KEY)));
    let served = Served::start(command);
    let start = page(&served, "").await.position;
    served.post("/v1/users", newcomer("ada")).await;
    let mut stream = feed(&served, &format!("after={start}"), "text/event-stream").await;
    let mut text = String::new();
    while !text.contains("user.created") {
        let chunk = timeout(WITHIN, stream.chunk()).await.unwrap().unwrap().unwrap();
        text.push_str(std::str::from_utf8(&chunk).unwrap());
    }
    let old = page(&served, "").await.position;

    let epoch = begin_epoch(&home);

    let refused = feed(&served, &format!("after={old}"), "application/json").await;
    assert_eq!(refused.status(), 409);
    assert!(refused.text().await.unwrap().contains("POSITION_UNKNOWN"));
    // Heartbeats may come before the end.
    timeout(WITHIN, async { while stream.chunk().await.unwrap().is_some() {} }).await.unwrap();
    let began = Instant::now();
    let noticed = async || {
        let response = reqwest::get(format!("{}/v1/users?first=1", served.url)).await.unwrap();
        let position: Position = response.headers()["x-feed-position"].to_str().unwrap().parse().unwrap();
        (*position.epoch == *epoch).then_some(position)
    };
    let position = loop {
        if let Some(position) = noticed().await {
            break position;
        }
        assert!(began.elapsed() < WITHIN);
        sleep(Duration::from_millis(20)).await;
    };
    assert_eq!(position.sequence, old.sequence, "the numbers go on");
    assert_eq!(page(&served, &format!("after={position}")).await.items, []);
    let epochs = [*old.epoch == *epoch, begin_epoch(&home) == epoch];
    assert_eq!(epochs, [false; 2], "each time another one");
    served.stop();
}

#[tokio::test]
async fn the_help_says_when_to_begin_a_new_epoch() {
    let home = TestDatabase::create().await;
    for (arguments, sentence) in [
        (vec!["--help"], "Manage the events of the service"),
        (vec!["events", "--help"], "after a backup of the database was restored"),
        (vec!["events", "new-epoch", "--help"], "reads the current state again"),
    ] {
        let output = program(&home, "127.0.0.1:0").args(&arguments).output().unwrap();
        let help = String::from_utf8(output.stdout).unwrap().split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(output.status.success() && help.contains(sentence), "{arguments:?}: {help}");
    }
}
