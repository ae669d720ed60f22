//! The one outgoing door: every request to a service leaves through here.
//! In: a call of one of three kinds, which decide who may share its answer, and the request's [`CallContext`].
//! Out: the decoded answer, or a [`CallError`] that says which service failed and how. Timeouts live here; retries,
//! breakers and bulkheads will.

use std::{error::Error, iter, sync::Arc, time::Duration};

use bytes::{Bytes, BytesMut};
use contract::headers::{
    IDEMPOTENCY_KEY, TRACEPARENT, X_API_KEY, X_CLIENT_ADDRESS, X_REQUEST_ID, X_REQUEST_TIMEOUT_MS, is_idempotency_key,
};
use http::{HeaderValue, Method, StatusCode, header};
use serde::{Serialize, de::DeserializeOwned};
use tokio::time::{Instant, timeout_at};

use super::{CallContext, CallError, Detail, Refusal, Service, Tag, tag::Shows};
use crate::auth::Viewer;

/// An answer larger than this is broken: 100 posts of the largest size fit.
const MAX_ANSWER_BYTES: usize = 16 * 1024 * 1024;

/// A read that no viewer has a part in: its answer may be shared, coalesced and cached.
pub struct PublicRead {
    path_and_query: String,
    asked: Vec<Tag>,
}

/// A read on behalf of a viewer, with the viewer's token: its answer is never shared.
pub struct ViewerRead<'a> {
    viewer: &'a Viewer,
    path_and_query: String,
}

/// A change, by a viewer or by somebody signing in: never shared, never cached, never sent twice.
pub struct Command<'a> {
    viewer: Option<&'a Viewer>,
    method: Method,
    path: String,
    body: Option<Result<Vec<u8>, serde_json::Error>>,
    idempotency_key: Option<String>,
}

impl PublicRead {
    /// GET of that path and query, which asks for those objects and lists: the answer depends on them, whatever it is.
    pub fn new(path_and_query: String, asked: impl IntoIterator<Item = Tag>) -> Self {
        Self { path_and_query, asked: asked.into_iter().collect() }
    }
}

impl<'a> ViewerRead<'a> {
    /// GET of that path and query with the viewer's token.
    pub fn new(viewer: &'a Viewer, path_and_query: String) -> Self {
        Self { viewer, path_and_query }
    }
}

impl<'a> Command<'a> {
    /// A change without a body.
    pub fn new(method: Method, path: String) -> Self {
        Self { viewer: None, method, path, body: None, idempotency_key: None }
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

    /// Taking effect once under that key.
    #[must_use]
    pub fn once(self, idempotency_key: Option<String>) -> Self {
        Self { idempotency_key, ..self }
    }
}

/// The way to one service: where it is, how we are known to it, how long we wait.
#[derive(Clone)]
pub struct Door {
    service: Service,
    base_url: Arc<str>,
    api_key: HeaderValue,
    call_timeout: Duration,
    http: reqwest::Client,
}

/// What a door is made of. `http` carries the connect timeout and is shared by all doors.
pub struct DoorSettings {
    /// The service behind the door.
    pub service: Service,
    /// Scheme and authority, without a path or a slash at the end.
    pub base_url: String,
    /// The BFF's key.
    pub api_key: HeaderValue,
    /// How long one call may take.
    pub call_timeout: Duration,
    /// The connection pool.
    pub http: reqwest::Client,
}

impl Door {
    /// A door with those settings.
    pub fn new(settings: DoorSettings) -> Self {
        let DoorSettings { service, base_url, api_key, call_timeout, http } = settings;
        Self { service, base_url: base_url.into(), api_key, call_timeout, http }
    }

    /// The service behind the door.
    pub fn service(&self) -> Service {
        self.service
    }

    /// An answer that is well-formed JSON but not what was asked for.
    pub fn broken(&self, reason: &'static str) -> CallError {
        tracing::warn!(service = self.service.name(), reason, "a service gave a broken answer");
        CallError::BadResponse(self.service)
    }

    /// Sends a public read.
    pub(super) async fn public<T: DeserializeOwned + Shows>(
        &self,
        context: &CallContext,
        read: PublicRead,
    ) -> Result<T, CallError> {
        let answer: T = self.decode(&self.send(context, self.request(Method::GET, &read.path_and_query)).await?)?;
        context.note(|tags| {
            tags.extend(read.asked);
            answer.add_tags(tags);
        });
        Ok(answer)
    }

    /// Sends a viewer's read.
    pub async fn viewer<T: DeserializeOwned>(
        &self,
        context: &CallContext,
        read: ViewerRead<'_>,
    ) -> Result<T, CallError> {
        let request = self.request(Method::GET, &read.path_and_query);
        self.decode(&self.send(context, authorized(request, read.viewer)).await?)
    }

    /// Sends a command that answers with a body.
    pub async fn command<T: DeserializeOwned>(
        &self,
        context: &CallContext,
        command: Command<'_>,
    ) -> Result<T, CallError> {
        self.decode(&self.perform(context, command).await?)
    }

    /// Sends a command whose answer's body, if any, says nothing new.
    pub async fn perform(&self, context: &CallContext, command: Command<'_>) -> Result<Bytes, CallError> {
        // A POST is done twice when it is sent twice (RFC 9110, section 9.2.2), unless it has a key.
        let repeatable = command.method != Method::POST || command.idempotency_key.is_some();
        let mut request = self.request(command.method, &command.path);
        if let Some(viewer) = command.viewer {
            request = authorized(request, viewer);
        }
        if let Some(key) = command.idempotency_key {
            let usable = HeaderValue::from_str(&key).ok().filter(|_| is_idempotency_key(&key));
            let key = usable.ok_or_else(|| self.unusable_key())?;
            request = request.header(IDEMPOTENCY_KEY, key);
        }
        if let Some(body) = command.body {
            let body = body.map_err(|_| self.broken("the body of a command could not be written"))?;
            request = request.header(header::CONTENT_TYPE, "application/json").body(body);
        }
        self.send(context, request).await.map_err(|error| match error {
            CallError::Timeout(service) if !repeatable => CallError::Uncertain(service),
            error => error,
        })
    }

    fn request(&self, method: Method, path_and_query: &str) -> reqwest::RequestBuilder {
        self.http.request(method, format!("{}{path_and_query}", self.base_url)).header(X_API_KEY, self.api_key.clone())
    }

    async fn send(&self, context: &CallContext, request: reqwest::RequestBuilder) -> Result<Bytes, CallError> {
        let started = Instant::now();
        let deadline = context.deadline().min(started + self.call_timeout);
        let left = deadline.saturating_duration_since(started);
        if left.is_zero() {
            // A command sent now could take effect with nobody left to hear of it.
            return Err(CallError::Timeout(self.service));
        }
        let mut request = request
            .header(X_REQUEST_ID, context.request_id().as_str())
            .header(TRACEPARENT, context.trace().child().to_string())
            .header(X_REQUEST_TIMEOUT_MS, u64::try_from(left.as_millis()).unwrap_or(u64::MAX));
        if let Some(address) = context.client_address() {
            request = request.header(X_CLIENT_ADDRESS, address);
        }
        let mut under_way = context.begin(self.service);
        let answer = match timeout_at(deadline, self.exchange(request)).await {
            Ok(answer) => answer,
            Err(_) => Err(CallError::Timeout(self.service)),
        };
        under_way.answered = matches!(answer, Ok(_) | Err(CallError::Refused(_)));
        if let Err(error) = &answer
            && !under_way.answered
        {
            let request_id = context.request_id().as_str();
            tracing::warn!(service = self.service.name(), request_id, %error, "a call failed");
        }
        answer
    }

    async fn exchange(&self, request: reqwest::RequestBuilder) -> Result<Bytes, CallError> {
        #[expect(clippy::disallowed_methods, reason = "this is the door itself")]
        let mut response = request.send().await.map_err(|error| self.transport_error(&error))?;
        let status = response.status();
        let mut body = BytesMut::with_capacity(response.content_length().map_or(0, |n| n.min(1 << 20)) as usize);
        while let Some(chunk) = response.chunk().await.map_err(|error| self.transport_error(&error))? {
            if body.len() + chunk.len() > MAX_ANSWER_BYTES {
                return Err(self.broken("the answer is too large"));
            }
            body.extend_from_slice(&chunk);
        }
        if status.is_success() { Ok(body.freeze()) } else { Err(self.refused(status, &body)) }
    }

    /// What the service would say, were it possible to send it the key.
    fn unusable_key(&self) -> CallError {
        let issue = "must be 1 to 255 visible ASCII characters".to_owned();
        CallError::Refused(Arc::new(Refusal {
            service: self.service,
            status: StatusCode::UNPROCESSABLE_ENTITY,
            code: "VALIDATION_FAILED".into(),
            message: "the command is not valid".into(),
            details: vec![Detail { field: "idempotency_key".into(), issue }],
        }))
    }

    fn transport_error(&self, error: &reqwest::Error) -> CallError {
        if is_not_http(error) {
            self.broken("not HTTP")
        } else if error.is_timeout() && !error.is_connect() {
            CallError::Timeout(self.service)
        } else {
            CallError::Unavailable(self.service)
        }
    }

    /// What an answer that is no success means: 4xx is the service's word on what we asked, 5xx its weakness.
    fn refused(&self, status: StatusCode, body: &[u8]) -> CallError {
        match status {
            StatusCode::GATEWAY_TIMEOUT => CallError::Timeout(self.service),
            StatusCode::TOO_MANY_REQUESTS => CallError::Limited(self.service),
            status if status.is_server_error() => CallError::Unavailable(self.service),
            status => match Refusal::read(self.service, status, body) {
                Some(refusal) => CallError::Refused(Arc::new(refusal)),
                None => self.broken("an error without our error body"),
            },
        }
    }

    fn decode<T: DeserializeOwned>(&self, body: &[u8]) -> Result<T, CallError> {
        // One check of the whole is cheaper than one of each string.
        let text = std::str::from_utf8(body).map_err(|_| self.broken("the answer is not UTF-8"))?;
        serde_json::from_str(text).map_err(|error| {
            // The error's text quotes the answer, which may be private: only where it broke is logged.
            let (line, column) = (error.line(), error.column());
            tracing::warn!(service = self.service.name(), line, column, "a service gave an answer of another shape");
            CallError::BadResponse(self.service)
        })
    }
}

/// Whether what came back could not be read as HTTP; reqwest itself does not tell that from a broken connection.
fn is_not_http(error: &reqwest::Error) -> bool {
    let mut causes = iter::successors(error.source(), |cause| (*cause).source());
    causes.any(|cause| cause.downcast_ref::<hyper::Error>().is_some_and(hyper::Error::is_parse))
}

fn authorized(request: reqwest::RequestBuilder, viewer: &Viewer) -> reqwest::RequestBuilder {
    request.header(header::AUTHORIZATION, viewer.authorization().clone())
}
