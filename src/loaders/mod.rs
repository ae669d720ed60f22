//! What the fields of one request share: viewer, context and clients, and for what the engine resolves the DataLoaders, made anew
//! for each request. In: keys from the resolvers of one level. Out: values, by one call for at most 100 keys of a [`Route`].
//! Queries and payloads run by waves and need no loader (`execution/`); the engine resolves them in the tests that compare both.

mod loader;

use std::{any::Any, hash::Hash, ptr, sync::Arc};

use async_graphql::{
    dataloader::{DataLoader, HashMapCache},
    runtime::{TokioSpawner, TokioTimer},
};
use parking_lot::Mutex;

use crate::{
    auth::Viewer,
    clients::{Audience, CallContext, CallError, Clients, Everybody, Key, Parameters, Route, TheViewer},
};
use loader::RouteLoader;

/// The context, viewer and clients of one request.
pub struct Request {
    /// Deadline, ids and the record of calls.
    pub context: CallContext,
    /// The viewer; `None` when anonymous.
    pub viewer: Option<Viewer>,
    /// The services.
    pub clients: Clients,
}

/// A request, and its loaders.
pub struct Scope {
    /// The request.
    pub request: Arc<Request>,
    /// The loaders so far, by the address of their route. A request uses few.
    loaders: Mutex<Vec<(usize, Arc<dyn Any + Send + Sync>)>>,
}

type Loader<A, G, K, V> = DataLoader<RouteLoader<A, G, K, V>, HashMapCache>;

impl Scope {
    /// The scope of a request.
    pub fn new(context: CallContext, viewer: Option<Viewer>, clients: Clients) -> Self {
        Self { request: Arc::new(Request { context, viewer, clients }), loaders: Mutex::default() }
    }

    /// The value under a key of a route that is the same for everybody; `None` if there is none.
    ///
    /// # Errors
    /// The call failed.
    pub async fn load<G, K, V>(
        &self,
        route: &'static Route<Everybody, G, K, V>,
        group: G,
        key: K,
    ) -> Result<Option<V>, CallError>
    where
        G: Parameters + Clone + Eq + Hash + 'static,
        K: Key,
        V: Clone + Send + Sync + 'static,
    {
        self.loader(route).load_one((group, key)).await?.transpose()
    }

    /// The value under a key of a route that depends on the viewer; `None` if there is none for the viewer. The argument
    /// proves that the request has a viewer, in whose name the route is called.
    ///
    /// # Errors
    /// The call failed.
    pub async fn load_for<G, K, V>(
        &self,
        _: &Viewer,
        route: &'static Route<TheViewer, G, K, V>,
        at: (G, K),
    ) -> Result<Option<V>, CallError>
    where
        G: Parameters + Clone + Eq + Hash + 'static,
        K: Key,
        V: Clone + Send + Sync + 'static,
    {
        self.loader(route).load_one(at).await?.transpose()
    }

    fn loader<A, G, K, V>(&self, route: &'static Route<A, G, K, V>) -> Arc<Loader<A, G, K, V>>
    where
        A: Audience,
        G: Parameters + Clone + Eq + Hash + 'static,
        K: Key,
        V: Clone + Send + Sync + 'static,
    {
        let address = ptr::from_ref(route).addr();
        let mut loaders = self.loaders.lock();
        let known = loaders.iter().find(|(of, _)| *of == address).map(|(_, loader)| Arc::clone(loader));
        known.and_then(|loader| loader.downcast().ok()).unwrap_or_else(|| {
            let loader = RouteLoader { route, request: Arc::clone(&self.request) };
            let cache = HashMapCache::default();
            let loader =
                Arc::new(DataLoader::with_cache(loader, TokioSpawner::current(), TokioTimer::default(), cache));
            loaders.push((address, Arc::clone(&loader) as _));
            loader
        })
    }
}
