//! The one outgoing call. In: a call of one of three kinds and the request's [`CallContext`]. Out: the decoded and checked
//! answer, or a [`CallError`]. The order: deadline → attempt → decode → check → verdict; only then is the call noted as
//! answered or failed. Bulkhead, circuit breaker and retries belong between deadline and attempt.

mod attempt;
mod cause;
mod kinds;

use std::{borrow::Cow, sync::Arc, time::Duration};

use bytes::Bytes;
use contract::headers::{TRACEPARENT, TRACESTATE, X_API_KEY, X_CLIENT_ADDRESS, X_REQUEST_ID, X_REQUEST_TIMEOUT_MS};
use http::{HeaderValue, Method};
use serde::de::DeserializeOwned;
use tokio::time::Instant;

pub(crate) use cause::Cause;
pub(crate) use kinds::{Command, PublicRead, ViewerRead};

use super::{CallContext, CallError, CallFailure, FailureKind, Refusal, Service, tag::Shows};
use attempt::{Response, attempt};
use kinds::Unsendable;

/// The client of one service: its address, the BFF's key, the call timeout. Cheap to clone.
#[derive(Clone)]
pub struct ServiceClient {
    service: Service,
    base_url: Arc<str>,
    api_key: HeaderValue,
    call_timeout: Duration,
    http: reqwest::Client,
}

/// Settings of a [`ServiceClient`]. `http` carries the connect timeout and is shared by all of them.
pub struct ServiceClientSettings {
    /// The service that is called.
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

/// A request that is ready but for the headers of its context.
struct Outgoing {
    request: reqwest::RequestBuilder,
    /// The path as the contract writes it, for the log.
    route: Cow<'static, str>,
    is_command: bool,
    /// Whether it may be sent again whatever became of it.
    is_repeatable: bool,
}

impl ServiceClient {
    /// A client with those settings.
    pub fn new(settings: ServiceClientSettings) -> Self {
        let ServiceClientSettings { service, base_url, api_key, call_timeout, http } = settings;
        Self { service, base_url: base_url.into(), api_key, call_timeout, http }
    }

    /// Sends a public read, checks its answer, and notes the tags of both.
    pub(super) async fn public<T: DeserializeOwned + Shows, U>(
        &self,
        context: &CallContext,
        read: PublicRead,
        check: impl FnOnce(T) -> Result<U, Cause>,
    ) -> Result<U, CallError> {
        let outgoing = self.read(&read.path_and_query);
        let ledger = context.ledger();
        let decode = |body: &Bytes| {
            let answer: T = decode(body)?;
            ledger.note_tags(|tags| {
                tags.extend(read.asked);
                answer.add_tags(tags);
            });
            check(answer)
        };
        self.call(context, outgoing, decode).await
    }

    /// Sends a viewer's read and checks its answer.
    pub(super) async fn viewer<T: DeserializeOwned, U>(
        &self,
        context: &CallContext,
        read: ViewerRead<'_>,
        check: impl FnOnce(T) -> Result<U, Cause>,
    ) -> Result<U, CallError> {
        let mut outgoing = self.read(&read.path_and_query);
        outgoing.request = read.authorize(outgoing.request);
        self.call(context, outgoing, |body| check(decode(body)?)).await
    }

    /// Sends a command that is answered with a body.
    pub(super) async fn command<T: DeserializeOwned>(
        &self,
        context: &CallContext,
        command: Command<'_>,
    ) -> Result<T, CallError> {
        let outgoing = self.write(context, command)?;
        self.call(context, outgoing, |body| decode(body)).await
    }

    /// Sends a command that is answered without a body.
    pub(super) async fn perform(&self, context: &CallContext, command: Command<'_>) -> Result<(), CallError> {
        let outgoing = self.write(context, command)?;
        // A page of a proxy is no proof of the effect.
        self.call(context, outgoing, |body| if body.is_empty() { Ok(()) } else { Err(Cause::UnexpectedBody) }).await
    }

    fn read(&self, path_and_query: &str) -> Outgoing {
        // Reads have their ids in the query.
        let route = path_and_query.split('?').next().unwrap_or_default().to_owned().into();
        let request = self.request(Method::GET, path_and_query);
        Outgoing { request, route, is_command: false, is_repeatable: true }
    }

    fn write(&self, context: &CallContext, command: Command<'_>) -> Result<Outgoing, CallError> {
        let (route, is_repeatable) = (command.route, command.is_repeatable());
        let request = self.request(command.method.clone(), &command.path);
        match command.complete(request) {
            Ok(request) => Ok(Outgoing { request, route: route.into(), is_command: true, is_repeatable }),
            Err(Unsendable::Key) => Err(CallError::Refused(Arc::new(Refusal::unusable_key(self.service)))),
            Err(Unsendable::Body) => {
                self.log(context, route, Cause::Unwritable);
                let (service, kind) = (self.service, FailureKind::BadResponse);
                Err(CallError::Failed(CallFailure { service, kind, retryable: false, is_uncertain: false }))
            }
        }
    }

    fn request(&self, method: Method, path_and_query: &str) -> reqwest::RequestBuilder {
        self.http.request(method, format!("{}{path_and_query}", self.base_url)).header(X_API_KEY, self.api_key.clone())
    }

    /// The whole way of a call, from its deadline to the verdict.
    async fn call<T>(
        &self,
        context: &CallContext,
        outgoing: Outgoing,
        decode: impl FnOnce(&Bytes) -> Result<T, Cause>,
    ) -> Result<T, CallError> {
        let Outgoing { request, route, is_command, is_repeatable } = outgoing;
        let started = Instant::now();
        let deadline = context.deadline().min(started + self.call_timeout);
        let left = deadline.saturating_duration_since(started);
        // A command sent now could take effect with nobody left to hear of it.
        let outcome = if left.is_zero() {
            Err(Cause::TooLate)
        } else {
            let mut under_way = context.ledger().begin(self.service);
            let answered = attempt(with_context(request, context, left), self.service, deadline).await;
            let outcome = answered.and_then(|response| match response {
                Response::Success(body) => decode(&body).map(Ok),
                Response::Refused(refusal) => Ok(Err(refusal)),
            });
            under_way.answered = outcome.is_ok();
            let is_without_effect = match &outcome {
                Ok(answer) => answer.is_err(),
                Err(cause) => cause.is_without_effect(),
            };
            if is_command && !is_repeatable && !is_without_effect {
                context.ledger().note_effect();
            }
            outcome
        };
        match outcome {
            Ok(Ok(answer)) => Ok(answer),
            Ok(Err(refusal)) => Err(CallError::Refused(Arc::new(refusal))),
            Err(cause) => {
                self.log(context, &route, cause);
                let mut failure = self.failure(cause, is_command, is_repeatable);
                // A read below a mutation is repeated only together with the mutation.
                failure.retryable &= is_command || !context.ledger().has_effect();
                Err(CallError::Failed(failure))
            }
        }
    }

    fn log(&self, context: &CallContext, route: &str, cause: Cause) {
        let request_id = context.request_id().as_str();
        tracing::warn!(service = self.service.name(), route, request_id, %cause, "a call failed");
    }

    /// What the caller is told. A read may be repeated unless the answer was broken, which it would be again; a command if
    /// it is repeatable, or certainly had no effect.
    fn failure(&self, cause: Cause, is_command: bool, is_repeatable: bool) -> CallFailure {
        let kind = cause.kind();
        let service = match cause {
            Cause::Dependency(service, _) => service,
            _ => self.service,
        };
        let is_uncertain = is_command && !is_repeatable && !cause.is_without_effect();
        let retryable = if is_command { !is_uncertain } else { kind != FailureKind::BadResponse };
        CallFailure { service, kind, retryable, is_uncertain }
    }
}

fn with_context(request: reqwest::RequestBuilder, context: &CallContext, left: Duration) -> reqwest::RequestBuilder {
    let mut request = request
        .header(X_REQUEST_ID, context.request_id().as_str())
        .header(TRACEPARENT, context.trace().child().to_string())
        .header(X_REQUEST_TIMEOUT_MS, u64::try_from(left.as_millis()).unwrap_or(u64::MAX));
    if let Some(state) = context.trace().state() {
        request = request.header(TRACESTATE, state);
    }
    match context.client_address() {
        Some(address) => request.header(X_CLIENT_ADDRESS, address),
        None => request,
    }
}

fn decode<T: DeserializeOwned>(body: &[u8]) -> Result<T, Cause> {
    // One check of the whole is cheaper than one of each string.
    let text = std::str::from_utf8(body).map_err(|_| Cause::NotUtf8)?;
    serde_json::from_str(text).map_err(|error| Cause::Shape { line: error.line(), column: error.column() })
}
