//! A log that nobody reads: its pipe is full after a while. Requests are answered all the same, and the lines that are lost are
//! counted.

use std::time::Duration;

use harness::client::{Answer, Client};
use harness::stub::Services;
use harness::town::Sizes;
use reqwest::Method;
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, BufReader, Lines};
use tokio::process::{Child, ChildStderr};
use tokio::task::JoinSet;
use tokio::time::timeout;

use crate::binary::{address_that_stays, command};

/// Lines that neither the pipe nor the program's buffer can hold: some 500 bytes each.
const REQUESTS: usize = 4_000;

/// A program whose log is in the test's hands.
struct Started {
    _child: Child,
    log: Lines<BufReader<ChildStderr>>,
    client: Client,
}

impl Started {
    async fn with(services: &Services, settings: &[(&str, &str)]) -> Self {
        let mut child = command(services, settings).spawn().unwrap();
        let mut log = BufReader::new(child.stderr.take().unwrap()).lines();
        loop {
            let line: Value = serde_json::from_str(&log.next_line().await.unwrap().unwrap()).unwrap();
            if line["message"] == "listening" {
                let client = Client::new(format!("http://{}", line["address"].as_str().unwrap()));
                return Self { _child: child, log, client };
            }
        }
    }
}

#[tokio::test]
async fn requests_are_answered_after_the_log_was_closed() {
    let services = Services::start(Sizes::default()).await;
    let Started { _child, log, client } = Started::with(&services, &[]).await;
    drop(log);
    for _ in 0..3 {
        client.run("{ posts(first: 1) { nodes { id } } }").await.data();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn requests_are_answered_while_nobody_reads_the_log() {
    let services = Services::start(Sizes::default()).await;
    let metrics = address_that_stays();
    let settings = [("TESSERA__METRICS__LISTEN", metrics.as_str()), ("TESSERA__BUDGETS__MODE", "measure")];
    // The pipe stays open.
    let Started { _child, log: _log, client } = Started::with(&services, &settings).await;
    let mut clients = JoinSet::new();
    for _ in 0..8 {
        let client = client.clone();
        clients.spawn(async move {
            for _ in 0..REQUESTS / 8 {
                let answer = timeout(Duration::from_secs(10), client.run("{ __typename }")).await.unwrap();
                assert_eq!(answer.data(), json!({"__typename": "Query"}));
            }
        });
    }
    clients.join_all().await;
    let text = Answer::of(Client::new(format!("http://{metrics}")).request(Method::GET, "/metrics")).await.text;
    let lost = text.lines().find_map(|line| line.strip_prefix("tessera_log_lines_lost_total ")).unwrap();
    assert!(lost.parse::<usize>().unwrap() > 100, "{lost} lines lost");
}
