//! Clients that read nothing, with operations of theirs in the middle: what they share with others goes on without them.

use std::time::Duration;

use harness::stub::{Gate, Services};
use harness::town::Sizes;
use serde_json::json;
use socket2::{Domain, Socket as Socket2, Type};
use tokio::net::TcpStream;
use tokio::time::{Instant, sleep, timeout};

use super::raw::{Raw, TEXT, frame};
use super::{POSTS, Socket, position, publish, until};
use crate::app::App;

/// Less than `connections.write_ms`, after which the server gives a client up that reads nothing.
const SOON: Duration = Duration::from_secs(10);

/// A raw connection whose system keeps little for a client that does not read.
async fn deaf(app: &App) -> Raw {
    let socket = Socket2::new(Domain::IPV4, Type::STREAM, None).unwrap();
    socket.set_recv_buffer_size(4096).unwrap();
    socket.connect(&app.address.into()).unwrap();
    socket.set_nonblocking(true).unwrap();
    Raw::acknowledged_on(TcpStream::from_std(socket.into()).unwrap()).await
}

fn subscribe(id: &str, payload: &serde_json::Value) -> Vec<u8> {
    frame(TEXT, json!({"type": "subscribe", "id": id, "payload": payload}).to_string().as_bytes())
}

/// Sends pings whose pongs are not read, until the server can write no more and so reads no more.
async fn fill(raw: &mut Raw) {
    let ping = json!({"type": "ping", "payload": {"a": "x".repeat(200_000)}}).to_string();
    let ping = frame(TEXT, ping.as_bytes());
    while timeout(Duration::from_millis(500), raw.send(&ping)).await.is_ok() {}
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_event_that_a_deaf_client_has_begun_reaches_the_others_of_its_group() {
    let services = Services::start(Sizes::default()).await;
    let held = Gate::closed();
    services.gate(&["GET /v1/posts?ids"], &held);
    let app = App::with(services, |_| {}).await;
    let after = position(&app).await;
    let mut first = deaf(&app).await;
    let payload = json!({"query": POSTS, "variables": {"after": after}});
    first.send(&subscribe("1", &payload)).await;
    let post = publish(&app, 1);
    held.arrived(1).await;
    fill(&mut first).await;
    let mut second = Socket::anonymous(&app).await;
    second.subscribe("1", payload).await;
    let opened = Instant::now();
    held.open();
    assert_eq!(second.result("1").await["data"]["postPublished"]["post"]["id"], post.as_str());
    assert!(opened.elapsed() < SOON, "{:?}", opened.elapsed());
    assert_eq!(app.services.calls_of("GET /v1/posts?ids").len(), 1, "the group's execution went on");
}

/// A query that is done gives its place back, whether or not its response can be written.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_queries_of_a_deaf_client_leave_their_places_to_others() {
    let services = Services::start(Sizes::default()).await;
    let held = Gate::closed();
    services.gate(&["GET /v1/posts"], &held);
    let app = App::with(services, |config| config.http.max_running = 1).await;
    let mut first = deaf(&app).await;
    first.send(&subscribe("1", &json!({"query": "{ posts { nodes { id } } }"}))).await;
    held.arrived(1).await;
    fill(&mut first).await;
    assert_eq!(app.client.run("{ __typename }").await.status, 503, "the only place is taken");
    let opened = Instant::now();
    held.open();
    while app.client.run("{ __typename }").await.status == 503 {
        assert!(opened.elapsed() < SOON, "the place stays taken");
        sleep(Duration::from_millis(5)).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_deaf_client_does_not_hold_up_the_drain() {
    let app = App::with(Services::start(Sizes::default()).await, |config| {
        (config.http.linger, config.http.drain) = (Duration::ZERO, Duration::from_secs(1));
    })
    .await;
    let mut first = deaf(&app).await;
    fill(&mut first).await;
    let (metrics, stopped) = (app.metrics.clone(), Instant::now());
    drop(app);
    until(|| metrics.text().contains("tessera_live_connections 0\n")).await;
    assert!(stopped.elapsed() < SOON, "{:?}", stopped.elapsed());
}

/// Beyond what the client's system takes, the server's keeps little: not the megabytes that it would.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_system_keeps_little_for_a_deaf_client() {
    let app = App::with(Services::start(Sizes::default()).await, |_| {}).await;
    let mut raw = deaf(&app).await;
    let ping = json!({"type": "ping", "payload": {"a": "x".repeat(20_000)}}).to_string();
    let ping = frame(TEXT, ping.as_bytes());
    while timeout(Duration::from_millis(500), raw.send(&ping)).await.is_ok() {}
    let queue = unsent(app.address.port(), raw.port());
    assert!((20_000..400_000).contains(&queue), "{queue} bytes");
}

/// Bytes that the system keeps for sending from one local port to the other (proc(5), `/proc/net/tcp`).
fn unsent(from: u16, to: u16) -> u64 {
    let table = std::fs::read_to_string("/proc/net/tcp").unwrap();
    let (from, to) = (format!(":{from:04X}"), format!(":{to:04X}"));
    let mut queues = table.lines().filter_map(|line| {
        let fields: Vec<_> = line.split_whitespace().collect();
        let is_it = fields[1].ends_with(&from) && fields[2].ends_with(&to);
        is_it.then(|| u64::from_str_radix(fields[4].split_once(':').unwrap().0, 16).unwrap())
    });
    queues.next().unwrap()
}
