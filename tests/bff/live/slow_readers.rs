//! Slow readers: some read a message now and then, some read nothing, beside quick ones. The quick ones get everything in order, the
//! slow ones too; those that read nothing are cut, and get the rest by resuming; memory stays flat.

use std::time::Duration;

use chassis::testing::is_long;
use harness::stub::Services;
use harness::town::Sizes;
use serde_json::{Value, json};
use socket2::{Domain, Socket, Type};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio::time::{interval, sleep, timeout};

use super::stream::Stream;
use crate::binary::Program;

const QUERY: &str = "subscription($after: Cursor) { postPublished(after: $after) { cursor post { body } } }";

/// How many of each kind, and how many events.
struct Size {
    quick: usize,
    slow: usize,
    silent: usize,
    events: usize,
    per_second: u64,
    /// Bytes of a message: of all of them, more than the sockets' buffers hold.
    body: usize,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn slow_readers_cost_neither_memory_nor_others() {
    let size = match is_long() {
        true => Size { quick: 100, slow: 50, silent: 10, events: 2_000, per_second: 100, body: 6_000 },
        false => Size { quick: 20, slow: 10, silent: 4, events: 300, per_second: 50, body: 20_000 },
    };
    let services = Services::start(Sizes::default()).await;
    let post = {
        let mut town = services.town();
        town.posts[0].body = "x".repeat(size.body);
        town.posts[0].id.to_string()
    };
    // Longer than a slow reader pauses: the system tells of free room only when there is a segment's worth.
    let settings = [("TESSERA__CONNECTIONS__WRITE_MS", "6000"), ("TESSERA__BUDGETS__MODE", "measure")];
    let mut program = Program::serve(&services, &settings).await;
    let begin = {
        let body = json!({"query": "{ __typename }", "extensions": {"position": true}});
        let answer = harness::client::Answer::of(program.client().post(&body)).await.json();
        answer["extensions"]["position"].as_str().unwrap().to_owned()
    };
    let mut readers = JoinSet::new();
    for number in 0..size.quick + size.slow {
        let (client, begin, is_slow) = (program.client(), begin.clone(), number >= size.quick);
        readers.spawn(async move {
            let mut stream = Stream::open(&client, QUERY, &json!({"after": begin})).await.unwrap();
            let mut seen = Vec::new();
            while seen.len() < size.events {
                seen.push(stream.data().await["postPublished"]["cursor"].as_str().unwrap().to_owned());
                // Those that are slow hurry when they have seen how it goes on.
                if is_slow && seen.len() < 8 {
                    sleep(Duration::from_secs(1)).await;
                }
            }
            seen
        });
    }
    let mut silent = Vec::new();
    for _ in 0..size.silent {
        silent.push(subscribe_and_read_nothing(&program.address, &begin).await);
    }

    let feed = services.feed("post");
    let (mut ticks, mut before) = (interval(Duration::from_micros(1_000_000 / size.per_second)), 0);
    for event in 0..size.events {
        ticks.tick().await;
        feed.emit("post.published", &post, json!({"author_id": "usr_01900000000070008000000000000001", "version": 1}));
        // After the first third all buffers have what they hold.
        if event == size.events / 3 {
            before = program.resident_bytes();
        }
    }
    let grown = program.resident_bytes().saturating_sub(before);
    assert!(grown < 20 * 1024 * 1024, "memory grew by {grown} bytes");

    let seen = timeout(Duration::from_secs(120), readers.join_all()).await.unwrap();
    let first = &seen[0];
    assert_eq!(first.len(), size.events);
    assert!(seen.iter().all(|other| other == first), "all readers got the same, in the same order");

    let mut cut = 0;
    while cut < size.silent {
        let line = timeout(Duration::from_secs(60), program.line("request")).await.unwrap();
        cut += usize::from(line["transport"] == "sse" && line["messages"].as_u64().unwrap() < size.events as u64);
    }
    for mut socket in silent {
        // What was on its way comes, and then the end.
        let mut read = Vec::new();
        let _ = timeout(Duration::from_secs(30), socket.read_to_end(&mut read)).await.unwrap();
        let got = String::from_utf8_lossy(&read).matches("event: next").count();
        assert!(got < size.events, "{got}");
        let text = String::from_utf8_lossy(&read).into_owned();
        let cursors: Vec<&str> = text.split("\n\n").filter(|block| block.contains("data: ")).filter_map(id).collect();
        let whole = cursors.len().saturating_sub(1);
        let after = cursors.get(whole.wrapping_sub(1)).copied().unwrap_or(&begin);
        let mut resumed = Stream::open(&program.client(), QUERY, &json!({"after": after})).await.unwrap();
        for expected in &first[whole..] {
            assert_eq!(resumed.data().await["postPublished"]["cursor"], Value::from(expected.as_str()));
        }
    }
}

fn id(block: &str) -> Option<&str> {
    block.lines().find_map(|line| line.strip_prefix("id: "))
}

/// A socket with small buffers, whose stream has begun and which nobody reads.
async fn subscribe_and_read_nothing(address: &str, after: &str) -> TcpStream {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
    socket.set_recv_buffer_size(8 * 1024).unwrap();
    socket.connect(&address.parse::<std::net::SocketAddr>().unwrap().into()).unwrap();
    socket.set_nonblocking(true).unwrap();
    let mut stream = TcpStream::from_std(socket.into()).unwrap();
    let body = json!({"query": QUERY, "variables": {"after": after}}).to_string();
    let head = format!(
        "POST /graphql HTTP/1.1\r\nhost: {address}\r\naccept: text/event-stream\r\ncontent-type: application/json\r\n\
         content-length: {}\r\n\r\n",
        body.len()
    );
    stream.write_all(format!("{head}{body}").as_bytes()).await.unwrap();
    stream
}
