//! No late arrival: while many writers commit in another order than they began, every reader sees every event exactly once, in
//! order and without a gap in the numbers, however it reads and wherever it breaks off. Two instances of the service at once.

use std::{sync::Arc, time::Duration};

use chassis::testing::{API_KEY, is_long};
use contract::{EventPage, Position};
use rand::{RngExt, SeedableRng, rngs::StdRng};
use tokio::{task::JoinSet, time::timeout};

use super::{notes::Notebook, stream::Stream};

const WRITERS: i64 = 16;

/// How a reader reads.
#[derive(Clone, Copy)]
enum Way {
    Pages,
    Stream,
    Both,
}

/// Both instances of the service.
struct Instances([Notebook; 2]);

impl Instances {
    fn any(&self, random: &mut StdRng) -> &Notebook {
        &self.0[random.random_range(0..2)]
    }
}

async fn write(instances: Arc<Instances>, writer: i64, notes: i64) {
    let mut random = StdRng::seed_from_u64(writer.unsigned_abs());
    for note in 0..notes {
        let millis = if random.random_ratio(1, 4) { random.random_range(0..40) } else { 0 };
        let notes = instances.any(&mut random);
        let reply = notes.send(notes.note(writer * 1_000_000 + note, &format!("takes {millis}"))).await;
        assert_eq!(reply.status, 201, "{}", reply.json);
    }
}

/// A reader, from the beginning until `last`.
struct Reader {
    instances: Arc<Instances>,
    way: Way,
    random: StdRng,
    position: Position,
    last: u64,
    /// The numbers in the order in which they came.
    seen: Vec<u64>,
}

impl Reader {
    async fn read(mut self) -> Vec<u64> {
        let instances = Arc::clone(&self.instances);
        while self.position.sequence < self.last {
            let notes = instances.any(&mut self.random);
            let is_page = match self.way {
                Way::Pages => true,
                Way::Stream => false,
                Way::Both => self.random.random(),
            };
            if is_page { self.page(notes).await } else { self.stream(notes).await }
        }
        self.seen
    }

    async fn page(&mut self, notes: &Notebook) {
        let path = format!("/v1/events?after={}&first={}", self.position, self.random.random_range(1..60));
        let reply = notes.send(notes.request("GET", &path).header("x-api-key", API_KEY)).await;
        let page: EventPage = serde_json::from_value(reply.json).unwrap();
        self.seen.extend(page.items.iter().map(|event| event.sequence.0));
        self.position = page.position;
    }

    /// Some messages of a stream, then it breaks off.
    async fn stream(&mut self, notes: &Notebook) {
        let mut stream = Stream::open(notes, &self.position).await.unwrap();
        for _ in 0..self.random.random_range(1..100) {
            let Some(message) = stream.next().await else { break };
            self.position = message.position;
            self.seen.extend(message.event.map(|event| event.sequence.0));
            if self.position.sequence >= self.last {
                break;
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_reader_sees_every_event_once_in_order_without_a_gap() {
    let each = if is_long() { 500 } else { 25 };
    let last = WRITERS.unsigned_abs() * each;
    let first = Notebook::open().await;
    let start = first.get("/v1/events").await.header("x-feed-position").parse::<Position>().unwrap();
    let second = first.beside().await;
    let instances = Arc::new(Instances([first, second]));
    let mut writers = JoinSet::new();
    for writer in 1..=WRITERS {
        writers.spawn(write(Arc::clone(&instances), writer, each.cast_signed()));
    }
    let mut readers = JoinSet::new();
    for (seed, way) in [Way::Pages, Way::Stream, Way::Both, Way::Pages, Way::Stream, Way::Both].into_iter().enumerate()
    {
        let (instances, random) = (Arc::clone(&instances), StdRng::seed_from_u64(seed as u64));
        readers.spawn(Reader { instances, way, random, position: start.clone(), last, seen: Vec::new() }.read());
    }
    writers.join_all().await;
    let expected: Vec<u64> = (1..=last).collect();
    for seen in timeout(Duration::from_secs(60), readers.join_all()).await.unwrap() {
        assert_eq!(seen, expected);
    }
}
