//! Loads the values of one route for a DataLoader. In: keys, each with what a call has once. Out: the value of each key, or the failure
//! of its call; keys without a value are absent.

use std::{collections::HashMap, hash::Hash, sync::Arc};

use async_graphql::dataloader::Loader;
use futures::future::join_all;

use super::Request;
use crate::clients::{Audience, CallError, Key, MAX_IDS, Parameters, Route};

/// The loader of a route, called in the name of the request's viewer if it needs one.
pub(super) struct RouteLoader<A: 'static, G: 'static, K: 'static, V: 'static> {
    pub(super) route: &'static Route<A, G, K, V>,
    pub(super) request: Arc<Request>,
}

impl<A, G, K, V> Loader<(G, K)> for RouteLoader<A, G, K, V>
where
    A: Audience,
    G: Parameters + Clone + Eq + Hash + 'static,
    K: Key,
    V: Clone + Send + Sync + 'static,
{
    /// A failed call fails its own keys only.
    type Value = Result<V, CallError>;
    type Error = CallError;

    async fn load(&self, keys: &[(G, K)]) -> Result<HashMap<(G, K), Self::Value>, CallError> {
        let mut groups: HashMap<&G, Vec<K>> = HashMap::new();
        keys.iter().for_each(|(group, key)| groups.entry(group).or_default().push(key.clone()));
        let chunks = groups.iter().flat_map(|(group, keys)| keys.chunks(MAX_IDS).map(move |keys| (*group, keys)));
        let values = join_all(chunks.map(|(group, keys)| self.fetch(group, keys))).await;
        Ok(values.into_iter().flatten().collect())
    }
}

impl<A: Audience, G: Parameters + Clone, K: Key, V> RouteLoader<A, G, K, V> {
    async fn fetch(&self, group: &G, keys: &[K]) -> Vec<((G, K), Result<V, CallError>)> {
        let Request { context, viewer, clients } = &*self.request;
        // For an anonymous caller there are no values.
        let Some(caller) = A::caller(viewer.as_ref()) else { return Vec::new() };
        let answer = clients.call(context, self.route.read(caller, group, keys)).await;
        let value = |key: &K, value| ((group.clone(), key.clone()), value);
        match answer {
            Ok(values) => values.into_iter().map(|(key, found)| value(&key, Ok(found))).collect(),
            Err(error) => keys.iter().map(|key| value(key, Err(error.clone()))).collect(),
        }
    }
}
