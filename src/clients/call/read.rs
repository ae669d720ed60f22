//! A read by a [`Route`]: GET with the keys in the query, and the viewer's token if the route needs one.

use std::collections::HashMap;

use bytes::Bytes;
use http::{Method, header};

use super::{Call, CallRequest, Cause, Unsendable, text};
use crate::{
    clients::{
        Ledger, ServiceClient,
        audience::Audience,
        query::{Key, Parameters, Query},
        route::Route,
    },
    services::Service,
};

/// One call of a read route. The answer has the values by key.
pub struct Read<'a, A: Audience, G, K, V> {
    pub(in crate::clients) route: &'a Route<A, G, K, V>,
    pub(in crate::clients) caller: A::Caller<'a>,
    pub(in crate::clients) parameters: &'a G,
    pub(in crate::clients) keys: &'a [K],
}

impl<A: Audience, G: Parameters, K: Key, V> Call for Read<'_, A, G, K, V> {
    type Answer = HashMap<K, V>;

    fn service(&self) -> Service {
        self.route.service
    }

    fn route(&self) -> &'static str {
        self.route.path
    }

    fn request(&mut self, client: &ServiceClient) -> Result<CallRequest, Unsendable> {
        let mut query = Query::new(self.route.path, self.keys.len());
        if !self.route.parameter.is_empty() {
            query.keys(self.route.parameter, self.keys);
        }
        self.parameters.add_to(&mut query);
        let mut request = client.request(Method::GET, query.into_string())?;
        if let Some(authorization) = A::authorization(self.caller) {
            request.headers_mut().insert(header::AUTHORIZATION, authorization.clone());
        }
        Ok(request)
    }

    fn read(&self, body: &Bytes, ledger: &Ledger) -> Result<HashMap<K, V>, Cause> {
        let values = (self.route.read)(text(body)?, self.parameters, self.keys)?;
        if let Some(tags) = &self.route.tags {
            ledger.note_tags(|noted| {
                let requested = self.keys.iter().filter(|key| !(tags.only_missing && values.contains_key(*key)));
                noted.extend(requested.map(tags.requested));
                values.values().for_each(|value| {
                    (tags.shown)(value, &mut |tag| {
                        noted.insert(tag);
                    });
                });
            });
        }
        Ok(values)
    }
}
