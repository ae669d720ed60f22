//! A command: a change by a viewer, or by a caller who signs in. Its answer is never shared.

use std::fmt::{Display, Write};

use bytes::Bytes;
use contract::headers::{IDEMPOTENCY_KEY, is_idempotency_key};
use http::{HeaderValue, Method, header};
use http_body_util::Full;
use serde::Serialize;

use super::{Call, CallRequest, Cause, Unsendable};
use crate::{
    auth::Viewer,
    clients::{Ledger, ServiceClient},
    services::Service,
};

/// A command that is answered with a `T`; with `()`, without a body.
pub struct Command<'a, T = ()> {
    service: Service,
    viewer: Option<&'a Viewer>,
    method: Method,
    /// The path as the service's contract writes it: `/v1/posts/{id}/likes`.
    route: &'static str,
    path: String,
    body: Option<Result<Vec<u8>, serde_json::Error>>,
    idempotency_key: Option<String>,
    read: &'a ReadAnswer<'a, T>,
}

/// Reads the body of the answer.
type ReadAnswer<'a, T> = dyn Fn(&Bytes) -> Result<T, Cause> + Send + Sync + 'a;

/// A constructor of commands, such as [`Command::put`].
pub type MethodOf<'a> = fn(Service, &'static str, &[&dyn Display]) -> Command<'a>;

impl<'a> Command<'a> {
    /// POST to a route, with the ids that replace each `{id}` of it.
    pub fn post(service: Service, route: &'static str, ids: &[&dyn Display]) -> Self {
        Self::new(Method::POST, service, (route, ids))
    }

    /// PATCH of a route.
    pub fn patch(service: Service, route: &'static str, ids: &[&dyn Display]) -> Self {
        Self::new(Method::PATCH, service, (route, ids))
    }

    /// PUT to a route.
    pub fn put(service: Service, route: &'static str, ids: &[&dyn Display]) -> Self {
        Self::new(Method::PUT, service, (route, ids))
    }

    /// DELETE of a route.
    pub fn delete(service: Service, route: &'static str, ids: &[&dyn Display]) -> Self {
        Self::new(Method::DELETE, service, (route, ids))
    }

    fn new(method: Method, service: Service, at: (&'static str, &[&dyn Display])) -> Self {
        let (route, ids) = at;
        let mut literals = route.split("{id}");
        let mut path = literals.next().unwrap_or_default().to_owned();
        for (id, literal) in ids.iter().zip(literals) {
            let _ = write!(path, "{id}{literal}");
        }
        Self { service, viewer: None, method, route, path, body: None, idempotency_key: None, read: &|_| Ok(()) }
    }

    /// In this viewer's name.
    #[must_use]
    pub fn by(self, viewer: &'a Viewer) -> Self {
        Self { viewer: Some(viewer), ..self }
    }

    /// With that JSON body.
    #[must_use]
    pub fn json(self, body: &impl Serialize) -> Self {
        Self { body: Some(serde_json::to_vec(body)), ..self }
    }

    /// With an idempotency key, under which it takes effect once.
    #[must_use]
    pub fn once(self, idempotency_key: Option<String>) -> Self {
        Self { idempotency_key, ..self }
    }

    /// With an answer that is read in that way.
    #[must_use]
    pub(crate) fn answered<T>(self, read: &'a ReadAnswer<'a, T>) -> Command<'a, T> {
        let Self { service, viewer, method, route, path, body, idempotency_key, read: _ } = self;
        Command { service, viewer, method, route, path, body, idempotency_key, read }
    }
}

impl<T> Call for Command<'_, T> {
    type Answer = T;

    const IS_COMMAND: bool = true;

    fn service(&self) -> Service {
        self.service
    }

    fn route(&self) -> &'static str {
        self.route
    }

    /// Whether sending the command twice has the effect of sending it once: its method is idempotent (RFC 9110, 9.2.2), or
    /// it has a key.
    fn is_repeatable(&self) -> bool {
        matches!(self.method, Method::PUT | Method::DELETE) || self.idempotency_key.is_some()
    }

    fn request(&mut self, client: &ServiceClient) -> Result<CallRequest, Unsendable> {
        let mut request = client.request(self.method.clone(), std::mem::take(&mut self.path))?;
        let headers = request.headers_mut();
        if let Some(viewer) = self.viewer {
            headers.insert(header::AUTHORIZATION, viewer.authorization().clone());
        }
        if let Some(key) = &self.idempotency_key {
            let usable = HeaderValue::from_str(key).ok().filter(|_| is_idempotency_key(key));
            headers.insert(IDEMPOTENCY_KEY, usable.ok_or(Unsendable::Key)?);
        }
        if let Some(body) = self.body.take() {
            headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
            *request.body_mut() = Full::from(body.map_err(|_| Unsendable::Request)?);
        }
        Ok(request)
    }

    fn read(&self, body: &Bytes, _: &Ledger) -> Result<T, Cause> {
        (self.read)(body)
    }
}
