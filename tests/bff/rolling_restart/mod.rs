//! A deployment: two instances behind nginx are restarted one after the other, while subscribers read and clients ask. No event is
//! missed or comes twice, no request fails, and the ends of the connections are spread over the drain time.

mod instances;
mod requests;
mod stream;
mod subscriber;

use std::sync::Arc;
use std::time::Duration;

use chassis::testing::is_long;
use harness::client::Client;
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinSet;
use tokio::time::{interval, timeout};
use tokio_util::sync::CancellationToken;

use instances::Instances;
use stream::Kind;
use subscriber::{Subscriber, Transport};

/// Between two events.
const EVENTS_EVERY: Duration = Duration::from_millis(100);
/// Clients that ask at a time.
const CLIENTS: usize = 6;
/// Longer than anything takes that ends at all.
const NEVER: Duration = Duration::from_secs(60);
/// The share of the drain time in which connections are ended; the rest is for their last words.
const ENDING: f64 = 0.8;

struct Size {
    subscribers: usize,
    linger: Duration,
    drain: Duration,
}

fn size() -> Size {
    let seconds = Duration::from_secs;
    match is_long() {
        // The times are the defaults.
        true => Size { subscribers: 500, linger: seconds(5), drain: seconds(10) },
        false => Size { subscribers: 100, linger: seconds(3), drain: seconds(5) },
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_rolling_restart_loses_no_event_and_fails_no_request() {
    // A client, nginx twice, an instance: the programs inherit the limit.
    rlimit::increase_nofile_limit(u64::MAX).unwrap();
    let Size { subscribers, linger, drain } = size();
    let mut instances = Instances::start(linger, drain).await;
    let (tell_last, last) = watch::channel(None);

    let begun = Arc::new(Semaphore::new(0));
    let mut readers = JoinSet::new();
    for number in 0..subscribers {
        let subscriber = Subscriber {
            transport: match number % 10 {
                0 | 5 => Transport::Stream(Kind::Sse),
                3 => Transport::Stream(Kind::Multipart),
                _ => Transport::WebSocket,
            },
            address: instances.edge.address.clone(),
            client: instances.edge.client.clone(),
            cursor: instances.position(),
            last: last.clone(),
            begun: Arc::clone(&begun),
            seen: Vec::new(),
            ends: Vec::new(),
        };
        readers.spawn(subscriber.read());
    }
    let mut clients = JoinSet::new();
    for number in 0..CLIENTS {
        let client = Client::new(format!("http://{}", instances.edge.address));
        clients.spawn(requests::ask(client, number, last.clone()));
    }
    let (emit, stop) = (instances.emitter(), CancellationToken::new());
    let is_over = stop.clone();
    let emitting = tokio::spawn(async move {
        let mut ticks = interval(EVENTS_EVERY);
        while !is_over.is_cancelled() {
            ticks.tick().await;
            emit();
        }
        // Before it comes: everybody who gets it knows that it is the last.
        let last = emit() + 1;
        tell_last.send_replace(Some(last));
        assert_eq!(emit(), last);
        last
    });

    let everybody = u32::try_from(subscribers).unwrap();
    let _begun = timeout(NEVER, begun.acquire_many(everybody)).await.expect("everybody reads").unwrap();
    let mut asked = Vec::new();
    for which in 0..2 {
        asked.push(instances.restart(which).await);
    }
    stop.cancel();
    let expected: Vec<u64> = (1..=emitting.await.unwrap()).collect();
    let readers = timeout(NEVER, readers.join_all()).await.expect("everybody gets the last event");
    for reader in &readers {
        assert_eq!(reader.seen, expected, "{:?}", reader.transport);
    }
    let clients = clients.join_all().await;
    let failed: Vec<_> = clients.iter().flat_map(|client| &client.failed).collect();
    let answered: usize = clients.iter().map(|client| client.answered).sum();
    assert!(failed.is_empty() && answered > 100, "{answered} answered, failed: {failed:#?}");

    // When connections ended, as shares of the drain time, for each restart.
    let mut ends = [Vec::new(), Vec::new()];
    for end in readers.iter().flat_map(|reader| &reader.ends) {
        let which = usize::from(*end > asked[1]);
        let since = end.duration_since(asked[which]);
        let since = since.checked_sub(linger).unwrap_or_else(|| panic!("ended {since:?} after it was asked to stop"));
        let share = since.div_duration_f64(drain);
        assert!(share <= 1.0, "ended {since:?} after the listener was closed: after the drain");
        ends[which].push(share);
    }
    let [first, second] = ends.each_ref().map(Vec::len);
    assert!((subscribers / 10..=subscribers * 9 / 10).contains(&first), "both had subscribers: {first}");
    assert_eq!(second, subscribers, "the second has those of the first as well");
    let fifths = fifths(&ends);
    println!("{subscribers} subscribers, {} events, {answered} requests, ends in fifths: {fifths:?}", expected.len());
    // By chance less often than once in 10^10 times: a binomial of 150 and a fifth.
    assert!(fifths.iter().all(|count| count * 50 >= first + second), "{fifths:?}");
}

/// How many of these ends are in each fifth of the time in which connections are ended.
fn fifths(ends: &[Vec<f64>; 2]) -> [usize; 5] {
    let mut counts = [0; 5];
    for share in ends.iter().flatten() {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a small positive number")]
        let fifth = (share / ENDING * 5.0) as usize;
        counts[fifth.min(4)] += 1;
    }
    counts
}
