//! Waking: a stream gets an event at once, also one that another instance has written, also after all connections to the
//! database were cut. Without a wake-up it would wait for the look once a second.

use std::{
    collections::BTreeSet,
    sync::atomic::{AtomicU64, Ordering::Relaxed},
    time::Duration,
};

use chassis::database::Engine;
use contract::Position;
use futures::future::join_all;
use sqlx::{AnyConnection, Connection, Executor};
use tokio::time::{Instant, sleep, timeout};

use super::{notes::Notebook, stream::Stream};

/// More would be a look, once a second; an idle machine needs 10 ms.
const AT_MOST: Duration = Duration::from_millis(500);

async fn position(notes: &Notebook) -> Position {
    notes.get("/v1/events").await.header("x-feed-position").parse().unwrap()
}

/// The median time from a command's answer at `writer` until its event has come to a stream of `reader`; of 20 events.
async fn median_delay(writer: &Notebook, reader: &Notebook, first_id: i64) -> Duration {
    let mut stream = Stream::open(reader, &position(reader).await).await.unwrap();
    let mut delays = Vec::new();
    for id in first_id..first_id + 20 {
        assert_eq!(writer.send(writer.note(id, "x")).await.status, 201);
        let written = Instant::now();
        loop {
            let message = stream.next().await.unwrap();
            if message.event.is_some_and(|event| event.subject == id.to_string()) {
                break;
            }
        }
        delays.push(written.elapsed());
    }
    delays.sort_unstable();
    delays[10]
}

#[tokio::test]
async fn a_stream_gets_an_event_of_its_own_instance_at_once() {
    let notes = Notebook::open().await;
    let median = median_delay(&notes, &notes, 1).await;
    assert!(median < AT_MOST, "{median:?}");
}

/// On SQLite an instance looks for the events of others once a second: there is one instance.
#[tokio::test]
async fn a_stream_gets_an_event_of_another_instance_at_once() {
    let reader = Notebook::open().await;
    if reader.database.engine() == Engine::Sqlite {
        return;
    }
    let writer = reader.beside().await;
    wait_for_listeners(&reader, 2).await;
    let median = median_delay(&writer, &reader, 1).await;
    assert!(median < AT_MOST, "{median:?}");
}

/// Waits until that many instances listen.
async fn wait_for_listeners(notes: &Notebook, instances: i64) {
    const LISTENERS: &str =
        "SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'LISTEN %'";
    let began = Instant::now();
    while notes.row::<(i64,)>(LISTENERS).await.0 < instances {
        assert!(began.elapsed() < Duration::from_secs(10), "nobody listens");
        sleep(Duration::from_millis(20)).await;
    }
}

/// Writes each note until it is written; its idempotency key makes it one.
async fn write(notes: &Notebook, ids: std::ops::Range<i64>, written: &AtomicU64) {
    for id in ids {
        loop {
            let reply = notes.send(notes.note(id, "takes 5").header("idempotency-key", id.to_string())).await;
            if reply.status == 201 {
                break;
            }
            assert!(reply.status >= 500, "{}", reply.json);
            sleep(Duration::from_millis(10)).await;
        }
        written.fetch_add(1, Relaxed);
    }
}

/// Reads until `last`, and goes on at its position when a stream ends; the subjects, in the order of the numbers.
async fn read(instances: &[Notebook; 2], start: &Position, last: u64) -> Vec<String> {
    let (mut position, mut subjects) = (start.clone(), Vec::new());
    for notes in instances.iter().cycle() {
        let Some(mut stream) = Stream::open(notes, &position).await else {
            sleep(Duration::from_millis(10)).await;
            continue;
        };
        while let Some(message) = stream.next().await {
            if let Some(event) = message.event {
                assert_eq!(event.sequence.0, position.sequence + 1, "no gap, and nothing twice");
                subjects.push(event.subject);
            }
            position = message.position;
            if position.sequence >= last {
                return subjects;
            }
        }
    }
    subjects
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn when_all_database_connections_are_cut_readers_still_see_every_event_once() {
    const WRITERS: i64 = 8;
    const EACH: i64 = 25;
    let first = Notebook::open().await;
    if first.database.engine() == Engine::Sqlite {
        return;
    }
    let second = first.beside().await;
    let start = position(&first).await;
    let instances = [first, second];
    let mut killer = AnyConnection::connect(&instances[0].home.argument()).await.unwrap();
    let written = AtomicU64::new(0);
    let last = (WRITERS * EACH).unsigned_abs();
    let writers = (0..WRITERS).map(|writer| {
        let notes = &instances[usize::from(writer % 2 == 0)];
        write(notes, writer * EACH..(writer + 1) * EACH, &written)
    });
    let readers = (0..4).map(|_| read(&instances, &start, last));
    let kill = async {
        for cut in 1..=3 {
            while written.load(Relaxed) < cut * last / 4 {
                sleep(Duration::from_millis(5)).await;
            }
            killer
                .execute(
                    "SELECT CAST(pg_terminate_backend(pid) AS TEXT) FROM pg_stat_activity \
                     WHERE datname = current_database() AND pid <> pg_backend_pid()",
                )
                .await
                .unwrap();
        }
    };
    let all = async { tokio::join!(join_all(writers), join_all(readers), kill) };
    let (_, seen, ()) = timeout(Duration::from_secs(60), all).await.unwrap();
    for subjects in seen {
        let distinct: BTreeSet<i64> = subjects.iter().map(|subject| subject.parse().unwrap()).collect();
        assert_eq!(subjects.len() as u64, last);
        assert!(distinct.into_iter().eq(0..WRITERS * EACH));
    }
    let [first, second] = &instances;
    wait_for_listeners(first, 2).await;
    let median = median_delay(second, first, 1_000_000).await;
    assert!(median < AT_MOST, "{median:?}");
}
