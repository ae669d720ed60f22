//! One DataLoader: collects the keys that a level of the query requests and fetches them together, each key at most once per
//! request, also while its first fetch is still under way. Out: the value, `None` if it does not exist, or the failure.

use std::{
    collections::{HashMap, hash_map::Entry},
    future::poll_fn,
    hash::Hash,
    sync::Arc,
    task::{Context, Poll, Waker},
};

use futures::future::join_all;
use parking_lot::Mutex;

use super::Request;
use crate::clients::{Audience, CallError, Key, MAX_IDS, Parameters, Route};

/// Where a loader gets its values from.
pub(super) trait Source<G, K, V>: Send + Sync + 'static {
    /// The values of at most [`MAX_IDS`] keys of one group; absent keys do not exist.
    fn fetch(
        &self,
        request: &Request,
        group: &G,
        keys: &[K],
    ) -> impl Future<Output = Result<HashMap<K, V>, CallError>> + Send;
}

/// A route, called in the name of the request's viewer if it needs one. For an anonymous caller it has no values.
impl<A, G, K, V> Source<G, K, V> for Route<A, G, K, V>
where
    A: Audience,
    G: Parameters + 'static,
    K: Key,
    V: Send + 'static,
{
    async fn fetch(&self, request: &Request, group: &G, keys: &[K]) -> Result<HashMap<K, V>, CallError> {
        match A::caller(request.viewer.as_ref()) {
            Some(caller) => request.clients.call(&request.context, self.read(caller, group, keys)).await,
            None => Ok(HashMap::new()),
        }
    }
}

/// Loads a `V` for each key `K`. Keys of one group `G` (the parameters that a call has once) go out in one call, at most
/// [`MAX_IDS`] of them; all calls of a batch are in flight together. Cheap to clone.
pub(super) struct Batch<S: 'static, G, K, V>(Arc<Shared<S, G, K, V>>);

struct Shared<S: 'static, G, K, V> {
    request: Arc<Request>,
    source: &'static S,
    state: Mutex<State<G, K, V>>,
}

struct State<G, K, V> {
    /// Keys of the batch that has not left yet, in the order of their loads.
    due: Vec<(G, K)>,
    slots: HashMap<(G, K), Slot<V>>,
}

enum Slot<V> {
    Waiting(Vec<Waker>),
    Ready(Result<Option<V>, CallError>),
}

impl<S, G, K, V> Clone for Batch<S, G, K, V> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<S, G, K, V> Batch<S, G, K, V>
where
    S: Source<G, K, V>,
    G: Clone + Eq + Hash + Send + Sync + 'static,
    K: Clone + Eq + Hash + Send + Sync + 'static,
    V: Clone + Send + 'static,
{
    /// A loader that has loaded nothing yet.
    pub(super) fn new(request: &Arc<Request>, source: &'static S) -> Self {
        let state = Mutex::new(State { due: Vec::new(), slots: HashMap::new() });
        Self(Arc::new(Shared { request: Arc::clone(request), source, state }))
    }

    /// The value of `key` in `group`.
    pub(super) async fn load(&self, group: G, key: K) -> Result<Option<V>, CallError> {
        let slot = (group, key);
        let mut place = None;
        poll_fn(|cx| self.poll_load(&slot, &mut place, cx)).await
    }

    /// `place` is where this load's waker stands among those that wait for the slot.
    fn poll_load(
        &self,
        slot: &(G, K),
        place: &mut Option<usize>,
        cx: &mut Context<'_>,
    ) -> Poll<Result<Option<V>, CallError>> {
        let mut state = self.0.state.lock();
        if let Some(known) = state.slots.get_mut(slot) {
            return match known {
                Slot::Ready(value) => Poll::Ready(value.clone()),
                Slot::Waiting(wakers) => {
                    match place.and_then(|place| wakers.get_mut(place)) {
                        Some(waker) => waker.clone_from(cx.waker()),
                        None => {
                            *place = Some(wakers.len());
                            wakers.push(cx.waker().clone());
                        }
                    }
                    Poll::Pending
                }
            };
        }
        if state.due.is_empty() {
            self.0.request.dispatcher.open(Box::pin(Arc::clone(&self.0).fetch_due()));
        }
        state.due.push(slot.clone());
        state.slots.insert(slot.clone(), Slot::Waiting(vec![cx.waker().clone()]));
        *place = Some(0);
        Poll::Pending
    }
}

impl<S, G, K, V> Shared<S, G, K, V>
where
    S: Source<G, K, V>,
    G: Clone + Eq + Hash + Send + Sync,
    K: Clone + Eq + Hash + Send + Sync,
    V: Clone + Send,
{
    async fn fetch_due(self: Arc<Self>) {
        let due = std::mem::take(&mut self.state.lock().due);
        let mut chunks: Vec<(G, Vec<K>)> = Vec::new();
        // The last chunk of each group: a document may ask for as many groups as it has aliases.
        let mut last: HashMap<G, usize> = HashMap::new();
        for (group, key) in due {
            match last.get(&group).and_then(|&place| chunks.get_mut(place)) {
                Some((_, keys)) if keys.len() < MAX_IDS => keys.push(key),
                _ => {
                    last.insert(group.clone(), chunks.len());
                    chunks.push((group, vec![key]));
                }
            }
        }
        join_all(chunks.into_iter().map(|(group, keys)| self.fetch_chunk(group, keys))).await;
    }

    async fn fetch_chunk(&self, group: G, keys: Vec<K>) {
        let mut answer = self.source.fetch(&self.request, &group, &keys).await;
        let mut wakers = Vec::new();
        let mut state = self.state.lock();
        for key in keys {
            let value = match &mut answer {
                Ok(values) => Ok(values.remove(&key)),
                Err(error) => Err(error.clone()),
            };
            if let Entry::Occupied(mut slot) = state.slots.entry((group.clone(), key))
                && let Slot::Waiting(waiting) = slot.insert(Slot::Ready(value))
            {
                wakers.extend(waiting);
            }
        }
        drop(state);
        wakers.into_iter().for_each(Waker::wake);
    }
}

#[cfg(test)]
mod tests;
