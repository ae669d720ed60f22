//! A read by a route of any types: GET with the keys in the query. The answer stays as it came.

use bytes::Bytes;
use http::{HeaderValue, Method, header};

use super::{Call, CallRequest, Cause, Unsendable};
use crate::{
    cache::Tag,
    clients::{
        Answer, AnswerRequest, Layout, Ledger, RouteKey, ServiceClient,
        query::{Parameters, Query},
        route::AnyRoute,
    },
    services::Service,
};

/// One call of a read route for at most 100 keys.
pub struct Fetch<'a> {
    /// The route.
    pub route: &'static dyn AnyRoute,
    /// The viewer's `Authorization`, for routes that depend on the viewer.
    pub authorization: Option<&'a HeaderValue>,
    /// What the call has once.
    pub parameters: &'a dyn Parameters,
    /// Items of a page, at most.
    pub first: usize,
    /// The keys.
    pub keys: &'a [RouteKey],
    /// The members that are wanted of each record.
    pub layout: &'a Layout,
    /// The cache tags of the objects in an answer.
    pub shown: Option<Shown<'a>>,
}

/// Calls the function with the tag of each object in the answer.
pub type Shown<'a> = &'a (dyn Fn(&Answer, &mut dyn FnMut(Tag)) + Sync);

impl Call for Fetch<'_> {
    type Answer = Answer;

    fn service(&self) -> Service {
        self.route.service()
    }

    fn route(&self) -> &'static str {
        self.route.path()
    }

    fn request(&mut self, client: &ServiceClient) -> Result<CallRequest, Unsendable> {
        let mut query = Query::new(self.route.path(), self.keys.len());
        self.route.add_keys(self.keys, &mut query);
        self.parameters.add_to(&mut query);
        let mut request = client.request(Method::GET, query.into_string())?;
        if let Some(authorization) = self.authorization {
            request.headers_mut().insert(header::AUTHORIZATION, authorization.clone());
        }
        Ok(request)
    }

    fn read(&self, body: &Bytes, ledger: &Ledger) -> Result<Answer, Cause> {
        let Self { route, keys, first, layout, .. } = *self;
        let answer =
            Answer::read(body, &AnswerRequest { shape: route.shape(), prefix: route.prefix(), keys, first, layout })?;
        if route.is_public() {
            ledger.note_tags(|noted| {
                let found = keys.iter().zip(&answer.found);
                noted.extend(found.filter_map(|(key, found)| route.tag(key, found.is_there())));
                if let Some(shown) = self.shown {
                    shown(&answer, &mut |tag| {
                        noted.insert(tag);
                    });
                }
            });
        }
        Ok(answer)
    }
}
