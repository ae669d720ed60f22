//! Peers that vanish without a word: their network drops everything from and to them. The server lets go of their WebSockets and
//! streams within 45 seconds, also where nothing happens but signs of life. That takes a network namespace of the test's own, with
//! `nft`, and its time: `scripts/test --long`. What the system is asked for is read back in any case.

use std::process::Stdio;
use std::time::{Duration, Instant};

use chassis::testing::is_long;
use harness::client::Answer;
use harness::stub::Services;
use harness::town::Sizes;
use reqwest::Method;
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};
use tokio::process::Command;
use tokio::time::{sleep, timeout};
use tokio_tungstenite::client_async;
use tokio_tungstenite::tungstenite::{Message, client::IntoClientRequest};

use super::stream::Stream;
use crate::app::App;
use crate::binary::Program;

/// How soon a peer is given up.
const WITHIN: Duration = Duration::from_secs(45);
/// For timers of the system, which are rounded, and for a busy machine.
const SLACK: Duration = Duration::from_secs(4);
const QUERY: &str = "subscription { postPublished { cursor } }";
const METRICS: &str = "127.0.0.1:9090";
/// Tells the test that it is in its namespace.
const INSIDE: &str = "TESSERA_TEST_NAMESPACE";
/// The address of those that vanish.
const PEER: &str = "127.0.0.2:0";
/// Ways to a namespace: as root, and where the system lets everybody have one.
const WAYS: [&[&str]; 2] = [&["--net"], &["--user", "--map-root-user", "--net"]];

#[tokio::test]
async fn vanished_peers_are_let_go_within_45_seconds() {
    if !is_long() {
        return the_system_probes_a_quiet_stream().await;
    }
    for way in WAYS {
        let mut probe = Command::new("unshare");
        probe.args(way).args(["sh", "-c", "ip link set lo up && nft add table inet probe"]).stderr(Stdio::null());
        if probe.status().await.is_ok_and(|status| status.success()) {
            let mut test = Command::new("unshare");
            test.env(INSIDE, "1").args(way).arg(std::env::current_exe().unwrap());
            test.args(["--exact", "live::vanished_peers::in_a_namespace", "--ignored", "--nocapture"])
                .kill_on_drop(true);
            assert!(test.status().await.unwrap().success());
            return;
        }
    }
    println!("no network namespace with `nft` here: only the socket's options are read back");
    the_system_probes_a_quiet_stream().await;
}

/// The system sends a first probe after 15 seconds of silence. `src/http/connection/tests.rs` reads back all options.
async fn the_system_probes_a_quiet_stream() {
    let app = App::start().await;
    let _stream = Stream::open(&app.client, QUERY, &json!({})).await.unwrap();
    let table = std::fs::read_to_string("/proc/net/tcp").unwrap();
    let local = format!("0100007F:{:04X}", app.address.port());
    // Columns: number, local address, remote address, state, queues, timer and when it is due in hundredths of a second.
    let rows: Vec<Vec<&str>> = table.lines().map(|line| line.split_whitespace().collect()).collect();
    let row = rows.iter().find(|row| row[1] == local && row[3] == "01").unwrap_or_else(|| panic!("{local} in {table}"));
    let (timer, due) = row[5].split_once(':').unwrap();
    let due = u64::from_str_radix(due, 16).unwrap();
    assert!(timer == "02" && due <= 1_500, "a timer of keep-alive probes: {row:?}");
}

/// The test itself, started by the one above in a namespace.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "started by another test, in a network namespace"]
async fn in_a_namespace() {
    // What it does to the network is not for the one outside.
    if std::env::var_os(INSIDE).is_none() {
        return;
    }
    system("ip", &["link", "set", "lo", "up"]).await;
    let services = Services::start(Sizes::default()).await;
    let program = Program::serve(&services, &[("TESSERA__METRICS__LISTEN", METRICS)]).await;
    let mut open = Vec::new();
    for accept in ["text/event-stream", "multipart/mixed;subscriptionSpec=1.0, application/json"] {
        open.push(stream(&program.address, accept).await);
    }
    let _socket = web_socket(&program.address).await;
    assert_eq!(connections().await, 3);

    for rule in [
        "add table inet vanished",
        "add chain inet vanished input { type filter hook input priority 0; }",
        "add rule inet vanished input ip saddr 127.0.0.2 drop",
        "add rule inet vanished input ip daddr 127.0.0.2 drop",
    ] {
        system("nft", &[rule]).await;
    }
    let (begun, mut left) = (Instant::now(), 3);
    while left > 0 {
        let now = connections().await;
        if now < left {
            println!("{now} connections left after {:?}", begun.elapsed());
            left = now;
        }
        assert!(begun.elapsed() < WITHIN + SLACK, "{left} connections are still there");
        sleep(Duration::from_millis(200)).await;
    }
}

async fn system(command: &str, arguments: &[&str]) {
    assert!(Command::new(command).args(arguments).status().await.unwrap().success(), "{command} {arguments:?}");
}

/// WebSockets and streams that the server has.
async fn connections() -> usize {
    let metrics = harness::client::Client::new(format!("http://{METRICS}"));
    let text = Answer::of(metrics.request(Method::GET, "/metrics")).await.text;
    let of_kind = text.lines().filter_map(|line| line.strip_prefix("tessera_live_connections")?.split(' ').next_back());
    of_kind.map(|count| count.parse::<usize>().unwrap()).sum()
}

async fn connect(address: &str) -> TcpStream {
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind(PEER.parse().unwrap()).unwrap();
    socket.connect(address.parse().unwrap()).await.unwrap()
}

/// A stream whose beginning has come.
async fn stream(address: &str, accept: &str) -> TcpStream {
    let mut stream = connect(address).await;
    let body = json!({"query": QUERY}).to_string();
    let head = format!("host: {address}\r\naccept: {accept}\r\ncontent-type: application/json");
    let request = format!("POST /graphql HTTP/1.1\r\n{head}\r\ncontent-length: {}\r\n\r\n{body}", body.len());
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut bytes = vec![0; 4_096];
    let read = timeout(WITHIN, stream.read(&mut bytes)).await.unwrap().unwrap();
    assert!(bytes[..read].starts_with(b"HTTP/1.1 200"), "{}", String::from_utf8_lossy(&bytes[..read]));
    stream
}

/// A WebSocket with a subscription.
async fn web_socket(address: &str) -> tokio_tungstenite::WebSocketStream<TcpStream> {
    use futures::{SinkExt, StreamExt};
    let mut request = format!("ws://{address}/graphql").into_client_request().unwrap();
    request.headers_mut().insert("sec-websocket-protocol", "graphql-transport-ws".parse().unwrap());
    let (mut socket, _) = client_async(request, connect(address).await).await.unwrap();
    socket.send(Message::text(r#"{"type":"connection_init"}"#)).await.unwrap();
    assert!(timeout(WITHIN, socket.next()).await.unwrap().unwrap().unwrap().to_string().contains("connection_ack"));
    let subscribe = json!({"type": "subscribe", "id": "1", "payload": {"query": QUERY}});
    socket.send(Message::text(subscribe.to_string())).await.unwrap();
    socket
}
