//! What a loader promises: one call a level and group, each key once a request, a hundred keys a call, failures apart.

use std::hash::Hasher;

use contract::{RequestId, TraceContext};
use futures::{channel::oneshot, future::select};
use tokio::{sync::Barrier, time::Instant};

use super::*;
use crate::{
    clients::{CallContext, CallFailure, Clients, FailureKind, HttpClients, ServiceClient, ServiceClientSettings},
    loaders::Dispatcher,
    services::Service,
};

/// Doubles each key but 404, which does not exist; a call with 13 in it fails.
struct Doubles;

/// The source is static: what a test wants of it travels in the group.
#[derive(Clone)]
struct Group {
    number: u32,
    script: Arc<Script>,
}

#[derive(Default)]
struct Script {
    calls: Mutex<Vec<(u32, Vec<u32>)>>,
    /// Calls of group 1 wait here for each other.
    together: Option<Barrier>,
    /// The next call of group 1 waits for this.
    held: Mutex<Option<oneshot::Receiver<()>>>,
}

impl PartialEq for Group {
    fn eq(&self, other: &Self) -> bool {
        self.number == other.number
    }
}

impl Eq for Group {}

impl Hash for Group {
    fn hash<H: Hasher>(&self, hasher: &mut H) {
        self.number.hash(hasher);
    }
}

impl Script {
    fn calls(&self) -> Vec<(u32, Vec<u32>)> {
        self.calls.lock().clone()
    }
}

const TIMEOUT: CallFailure =
    CallFailure { service: Service::Post, kind: FailureKind::Timeout, retryable: true, is_uncertain: false };

impl Source<Group, u32, u32> for Doubles {
    async fn fetch(&self, _: &Request, group: &Group, keys: &[u32]) -> Result<HashMap<u32, u32>, CallError> {
        let Group { number, script } = group;
        script.calls.lock().push((*number, keys.to_vec()));
        if let (1, Some(barrier)) = (number, &script.together) {
            barrier.wait().await;
        }
        let held = script.held.lock().take_if(|_| *number == 1);
        if let Some(held) = held {
            held.await.unwrap();
        }
        if keys.contains(&13) {
            return Err(CallError::Failed(TIMEOUT));
        }
        Ok(keys.iter().filter(|key| **key != 404).map(|key| (*key, key * 2)).collect())
    }
}

/// The loader under test, and its groups.
struct Subject {
    request: Arc<Request>,
    loader: Batch<Doubles, Group, u32, u32>,
    script: Arc<Script>,
}

impl Subject {
    fn new(script: Script) -> Self {
        crate::server::install_cryptography();
        let http = HttpClients::new(Default::default()).unwrap();
        let client = |service| {
            let (base_url, api_key) = ("http://unused".parse().unwrap(), http::HeaderValue::from_static("key"));
            ServiceClient::new(ServiceClientSettings {
                service,
                base_url,
                api_key,
                call_timeout: Default::default(),
                http: http.calls.clone(),
            })
        };
        let (id, trace) = (RequestId::generate(), TraceContext::start());
        let request = Arc::new(Request {
            context: CallContext::new(Instant::now(), id, trace, std::net::Ipv6Addr::LOCALHOST.into()),
            viewer: None,
            clients: Clients::new(client),
            dispatcher: Dispatcher::default(),
        });
        Self { loader: Batch::new(&request, &Doubles), request, script: Arc::new(script) }
    }

    async fn load(&self, number: u32, key: u32) -> Result<Option<u32>, CallError> {
        self.loader.load(Group { number, script: Arc::clone(&self.script) }, key).await
    }

    async fn load_all(&self, number: u32, keys: impl IntoIterator<Item = u32>) -> Vec<Result<Option<u32>, CallError>> {
        join_all(keys.into_iter().map(|key| self.load(number, key))).await
    }
}

fn good(loaded: &[Result<Option<u32>, CallError>]) -> Vec<Option<u32>> {
    loaded.iter().map(|value| *value.as_ref().unwrap()).collect()
}

#[tokio::test]
async fn the_keys_of_a_level_go_out_in_one_call_each_once() {
    let subject = Subject::new(Script::default());
    let loaded = subject.request.dispatcher.drive(subject.load_all(1, [3, 1, 3, 404, 1])).await;
    assert_eq!(good(&loaded), [Some(6), Some(2), Some(6), None, Some(2)]);
    assert_eq!(subject.script.calls(), [(1, vec![3, 1, 404])]);
}

#[tokio::test]
async fn a_key_is_fetched_once_a_request_even_if_it_does_not_exist() {
    let subject = Subject::new(Script::default());
    let levels = async {
        subject.load_all(1, [1, 404]).await;
        subject.load_all(1, [2, 404, 1]).await
    };
    assert_eq!(good(&subject.request.dispatcher.drive(levels).await), [Some(4), None, Some(2)]);
    assert_eq!(subject.script.calls(), [(1, vec![1, 404]), (1, vec![2])]);
}

#[tokio::test]
async fn a_key_whose_first_fetch_is_under_way_is_not_fetched_again() {
    let (release, held) = oneshot::channel();
    let subject = Subject::new(Script { held: Mutex::new(Some(held)), ..Script::default() });
    let deeper = async {
        // Another level, while group 1 is still waiting for its answer.
        subject.load(2, 1).await.unwrap();
        let again = subject.load(1, 7);
        release.send(()).unwrap();
        again.await
    };
    let both = async { futures::join!(subject.load(1, 7), deeper) };
    let (first, again) = subject.request.dispatcher.drive(both).await;
    assert_eq!(good(&[first, again]), [Some(14), Some(14)]);
    assert_eq!(subject.script.calls(), [(1, vec![7]), (2, vec![1])]);
}

#[tokio::test]
async fn more_than_a_hundred_keys_are_chunks_in_flight_together() {
    let subject = Subject::new(Script { together: Some(Barrier::new(3)), ..Script::default() });
    let loaded = subject.request.dispatcher.drive(subject.load_all(1, 1_000..1_250)).await;
    assert_eq!(good(&loaded), (1_000..1_250).map(|key| Some(key * 2)).collect::<Vec<_>>());
    let sizes: Vec<usize> = subject.script.calls().iter().map(|(_, keys)| keys.len()).collect();
    assert_eq!(sizes, [100, 100, 50]);
}

#[tokio::test]
async fn a_failing_call_fails_its_own_keys_and_no_others() {
    let subject = Subject::new(Script::default());
    let loaded = subject.request.dispatcher.drive(subject.load_all(1, 0..150)).await;
    let (failed, rest) = loaded.split_at(100);
    assert!(failed.iter().all(|value| matches!(value, Err(CallError::Failed(failure)) if *failure == TIMEOUT)));
    assert_eq!(good(rest), (100..150).map(|key| Some(key * 2)).collect::<Vec<_>>());
}

#[tokio::test]
async fn groups_are_called_apart_in_flight_together() {
    let subject = Subject::new(Script::default());
    let both = async { futures::join!(subject.load_all(1, [5]), subject.load_all(2, [5, 6])) };
    subject.request.dispatcher.drive(both).await;
    assert_eq!(subject.script.calls(), [(1, vec![5]), (2, vec![5, 6])]);
}

#[tokio::test]
async fn who_stops_waiting_takes_nothing_from_who_still_waits() {
    let (release, held) = oneshot::channel();
    let subject = Subject::new(Script { held: Mutex::new(Some(held)), ..Script::default() });
    let impatient = async {
        let (waits, other) = (Box::pin(subject.load(1, 7)), Box::pin(subject.load(2, 1)));
        // The first load of the key ends here, dropped before its answer.
        drop(select(waits, other).await);
        release.send(()).unwrap();
    };
    let both = async { futures::join!(impatient, subject.load(1, 7)) };
    let ((), patient) = subject.request.dispatcher.drive(both).await;
    assert_eq!(good(&[patient]), [Some(14)]);
    assert_eq!(subject.script.calls(), [(1, vec![7]), (2, vec![1])]);
}
