//! DataLoaders, made anew for each request: keys in from the resolvers of one level of a query, one call per batch route
//! out, values back. Each [`Route`] has a loader; `batch/` collects its keys, `dispatch.rs` decides when a batch is sent.

mod batch;
mod dispatch;

use std::{any::Any, hash::Hash, ptr, sync::Arc};

use parking_lot::Mutex;

use crate::{
    auth::Viewer,
    clients::{Audience, CallContext, CallError, Clients, Everybody, Key, Parameters, Route, TheViewer},
};
use batch::Batch;
use dispatch::Dispatcher;

/// The context, viewer and clients of one request, shared by its resolvers and loaders.
pub struct Request {
    /// Deadline, ids and the record of calls.
    pub context: CallContext,
    /// The viewer; `None` when anonymous.
    pub viewer: Option<Viewer>,
    /// The services.
    pub clients: Clients,
    dispatcher: Dispatcher,
}

/// A request's loaders, which forget everything when the request has changed something.
pub struct Scope {
    /// The request.
    pub request: Arc<Request>,
    /// The loaders so far, by the address of their route. A request uses few.
    loaders: Mutex<Vec<(usize, Arc<dyn Any + Send + Sync>)>>,
}

impl Scope {
    /// The scope of a request.
    pub fn new(context: CallContext, viewer: Option<Viewer>, clients: Clients) -> Self {
        let request = Arc::new(Request { context, viewer, clients, dispatcher: Dispatcher::default() });
        Self { request, loaders: Mutex::default() }
    }

    /// The queue of the batches that these loaders open, which drives the execution.
    pub(crate) fn dispatcher(&self) -> Dispatcher {
        self.request.dispatcher.clone()
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
        V: Clone + Send + 'static,
    {
        self.loader(route).load(group, key).await
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
        V: Clone + Send + 'static,
    {
        let (group, key) = at;
        self.loader(route).load(group, key).await
    }

    /// Starts over, as each mutation does: `likePost` then `unlikePost` in one document must each see the truth.
    pub fn forget(&self) -> &Self {
        self.loaders.lock().clear();
        self
    }

    fn loader<A, G, K, V>(&self, route: &'static Route<A, G, K, V>) -> Batch<Route<A, G, K, V>, G, K, V>
    where
        A: Audience,
        G: Parameters + Clone + Eq + Hash + 'static,
        K: Key,
        V: Clone + Send + 'static,
    {
        let address = ptr::from_ref(route).addr();
        let mut loaders = self.loaders.lock();
        let known = loaders.iter().find(|(of, _)| *of == address).and_then(|(_, loader)| loader.downcast_ref());
        known.cloned().unwrap_or_else(|| {
            let loader: Batch<Route<A, G, K, V>, G, K, V> = Batch::new(&self.request, route);
            loaders.push((address, Arc::new(loader.clone())));
            loader
        })
    }
}
