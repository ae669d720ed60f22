//! One DataLoader: collects the keys that a level of the query asks for and fetches them together, each key at most once
//! a request, also while its first fetch is still under way. Out: the value, `None` if it does not exist, or why not.

use std::{
    collections::{HashMap, hash_map::Entry},
    future::poll_fn,
    hash::Hash,
    sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError},
    task::{Context, Poll, Waker},
};

use futures::future::{BoxFuture, join_all};

use super::Request;
use crate::clients::{CallError, MAX_IDS};

/// Fetches the values of at most [`MAX_IDS`] keys of one group; absent keys do not exist.
type Fetch<G, K, V> = fn(Arc<Request>, G, Vec<K>) -> BoxFuture<'static, Result<HashMap<K, V>, CallError>>;

/// Loads a `V` for each key `K`. Keys of one group `G` (the arguments that a call has once) go out in one call, at most
/// [`MAX_IDS`] of them; all calls of a batch are in flight together.
pub struct Batch<G, K, V> {
    request: Arc<Request>,
    fetch: Fetch<G, K, V>,
    /// Made when first needed: a request has many loaders and uses few.
    shared: OnceLock<Arc<Shared<G, K, V>>>,
}

struct Shared<G, K, V> {
    request: Arc<Request>,
    fetch: Fetch<G, K, V>,
    state: Mutex<State<G, K, V>>,
}

struct State<G, K, V> {
    /// Keys of the batch that has not left yet, in the order they were asked for.
    due: Vec<(G, K)>,
    slots: HashMap<(G, K), Slot<V>>,
}

enum Slot<V> {
    Waiting(Vec<Waker>),
    Ready(Result<Option<V>, CallError>),
}

impl<G, K, V> Batch<G, K, V>
where
    G: Clone + Eq + Hash + Send + 'static,
    K: Clone + Eq + Hash + Send + 'static,
    V: Clone + Send + 'static,
{
    /// A loader for `request`.
    pub(super) fn new(request: &Arc<Request>, fetch: Fetch<G, K, V>) -> Self {
        Self { request: Arc::clone(request), fetch, shared: OnceLock::new() }
    }

    /// The value of `key` in `group`.
    pub async fn load(&self, group: G, key: K) -> Result<Option<V>, CallError> {
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
        let shared = self.shared.get_or_init(|| {
            let state = Mutex::new(State { due: Vec::new(), slots: HashMap::new() });
            Arc::new(Shared { request: Arc::clone(&self.request), fetch: self.fetch, state })
        });
        let mut state = shared.lock();
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
            self.request.dispatcher.open(Box::pin(Arc::clone(shared).fetch_due()));
        }
        state.due.push(slot.clone());
        state.slots.insert(slot.clone(), Slot::Waiting(vec![cx.waker().clone()]));
        *place = Some(0);
        Poll::Pending
    }
}

impl<G, K, V> Shared<G, K, V>
where
    G: Clone + Eq + Hash + Send,
    K: Clone + Eq + Hash + Send,
    V: Clone + Send,
{
    async fn fetch_due(self: Arc<Self>) {
        let due = std::mem::take(&mut self.lock().due);
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
        let mut answer = (self.fetch)(Arc::clone(&self.request), group.clone(), keys.clone()).await;
        let mut wakers = Vec::new();
        let mut state = self.lock();
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

    fn lock(&self) -> MutexGuard<'_, State<G, K, V>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests;
