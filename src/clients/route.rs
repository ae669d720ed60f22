//! A read route of a service, declared once as a typed value. Client, loader, `@call` directive and cache tags use the same
//! value: `static POSTS: Route<Everybody, (), PostId, Post> = Route::records(…).shared(…)`.

use std::{collections::HashMap, marker::PhantomData};

use serde::de::DeserializeOwned;

use super::{
    answers::{RouteKey, Shape},
    audience::{Audience, Everybody, Ourselves, TheViewer},
    call::{Cause, Read},
    query::{Key, Parameters, Query},
    shapes::{self, Keyed, PageArguments, PageRecord, Shown},
};
use crate::{cache::Tag, services::Service};

/// Reads, from the body of a response, the values of the requested keys. Absent keys do not exist.
type ReadBody<G, K, V> = fn(&str, &G, &[K]) -> Result<HashMap<K, V>, Cause>;

/// A read route: for audience `A`, with parameters `G` once a call, from at most 100 keys `K` to their values `V`.
pub struct Route<A, G, K, V> {
    /// The service that has the route.
    pub service: Service,
    /// The path, as the service's contract writes it.
    pub path: &'static str,
    /// The query parameter with the keys; empty if the route has no keys.
    pub(super) parameter: &'static str,
    shape: Shape,
    pub(super) read: ReadBody<G, K, V>,
    pub(super) tags: Option<Tags<K, V>>,
    audience: PhantomData<fn() -> A>,
}

/// The cache tags that an answer depends on.
pub(super) struct Tags<K, V> {
    /// The tag of a key.
    pub(super) requested: fn(&K) -> Tag,
    /// Whether the answer depends on it only if there is nothing under the key.
    pub(super) only_missing: bool,
    /// The tags of the objects in a value.
    pub(super) shown: fn(&V, &mut dyn FnMut(Tag)),
}

/// How a route is asked, and how its answer is read.
struct Form<G, K, V> {
    parameter: &'static str,
    shape: Shape,
    read: ReadBody<G, K, V>,
}

/// A route of any types: keys and answers are taken as they stand in requests and answers.
pub trait AnyRoute: Sync {
    /// The service that has the route.
    fn service(&self) -> Service;
    /// The path, as the service's contract writes it.
    fn path(&self) -> &'static str;
    /// How its answer is built.
    fn shape(&self) -> Shape;
    /// Prefix of the ids that are its keys; empty where they are no ids.
    fn prefix(&self) -> &'static str;
    /// Whether the answer is the same for everybody.
    fn is_public(&self) -> bool;
    /// Adds the keys to the query.
    fn add_keys(&self, keys: &[RouteKey], query: &mut Query);
    /// The cache tag of a key, if the answer depends on it.
    fn tag(&self, key: &RouteKey, is_found: bool) -> Option<Tag>;
}

impl<A: Audience, G, K: Key, V> AnyRoute for Route<A, G, K, V> {
    fn service(&self) -> Service {
        self.service
    }

    fn path(&self) -> &'static str {
        self.path
    }

    fn shape(&self) -> Shape {
        self.shape
    }

    fn prefix(&self) -> &'static str {
        K::PREFIX
    }

    fn is_public(&self) -> bool {
        A::IS_PUBLIC
    }

    fn add_keys(&self, keys: &[RouteKey], query: &mut Query) {
        if !self.parameter.is_empty() {
            let keys: Vec<K> = keys.iter().filter_map(K::of).collect();
            query.keys(self.parameter, &keys);
        }
    }

    fn tag(&self, key: &RouteKey, is_found: bool) -> Option<Tag> {
        let tags = self.tags.as_ref().filter(|tags| !(tags.only_missing && is_found))?;
        K::of(key).map(|key| (tags.requested)(&key))
    }
}

impl<K: Key + DeserializeOwned, V: DeserializeOwned> Route<TheViewer, (), K, V> {
    /// `{"items": […]}`: records, each of which names its key.
    pub const fn records(service: Service, path: &'static str, parameter: &'static str) -> Self
    where
        V: Keyed<K>,
    {
        Self::of(service, path, Form { parameter, shape: Shape::Records(V::MEMBER), read: shapes::records })
    }

    /// `{"counts": {KEY: {…}}}`: numbers that belong to each key.
    pub const fn counts(service: Service, path: &'static str, parameter: &'static str) -> Self {
        Self::of(service, path, Form { parameter, shape: Shape::Counts, read: shapes::counts })
    }
}

impl<K: Key + Copy + DeserializeOwned> Route<TheViewer, (), K, bool> {
    /// `{"ids": […]}`: those of the requested keys of which something is true.
    pub const fn flags(service: Service, path: &'static str, parameter: &'static str) -> Self {
        Self::of(service, path, Form { parameter, shape: Shape::Flags, read: shapes::flags })
    }
}

impl<K: Key + DeserializeOwned, T: DeserializeOwned> Route<TheViewer, PageArguments, K, PageRecord<T>> {
    /// `{"pages": {KEY: {"items": […], "page": {…}}}}`: one page of each key's list.
    pub const fn pages(service: Service, path: &'static str, parameter: &'static str) -> Self {
        Self::of(service, path, Form { parameter, shape: Shape::Pages, read: shapes::pages })
    }
}

impl<G: Parameters + AsRef<PageArguments>, T: DeserializeOwned> Route<TheViewer, G, (), PageRecord<T>> {
    /// `{"items": […], "page": {…}}`: one page of a list without keys.
    pub const fn list(service: Service, path: &'static str) -> Self {
        Self::of(service, path, Form { parameter: "", shape: Shape::List, read: shapes::list })
    }
}

impl<V: DeserializeOwned> Route<Ourselves, (), (), V> {
    /// A document without keys, for the BFF itself.
    pub const fn document(service: Service, path: &'static str) -> Self {
        Route::of(service, path, Form { parameter: "", shape: Shape::Document, read: shapes::document })
    }
}

impl<G, K, V> Route<TheViewer, G, K, V> {
    /// The same for everybody, with the cache tag of each key: responses made of the answer may be shared.
    pub const fn shared(self, tag: fn(&K) -> Tag) -> Route<Everybody, G, K, V>
    where
        V: Shown,
    {
        self.tagged(tag, false)
    }

    /// The same for everybody. The cache tag counts only if there is nothing under the key: what is there has its own.
    pub const fn shared_where_missing(self, tag: fn(&K) -> Tag) -> Route<Everybody, G, K, V>
    where
        V: Shown,
    {
        self.tagged(tag, true)
    }

    const fn tagged(self, requested: fn(&K) -> Tag, only_missing: bool) -> Route<Everybody, G, K, V>
    where
        V: Shown,
    {
        let tags = Some(Tags { requested, only_missing, shown: V::each_tag });
        Route {
            service: self.service,
            path: self.path,
            parameter: self.parameter,
            shape: self.shape,
            read: self.read,
            tags,
            audience: PhantomData,
        }
    }
}

impl<A, G, K, V> Route<A, G, K, V> {
    const fn of(service: Service, path: &'static str, form: Form<G, K, V>) -> Self {
        let Form { parameter, shape, read } = form;
        Self { service, path, parameter, shape, read, tags: None, audience: PhantomData }
    }
}

impl<A: Audience, G, K, V> Route<A, G, K, V> {
    /// A call of the route for at most 100 keys.
    pub fn read<'a>(&'a self, caller: A::Caller<'a>, parameters: &'a G, keys: &'a [K]) -> Read<'a, A, G, K, V> {
        Read { route: self, caller, parameters, keys }
    }
}
