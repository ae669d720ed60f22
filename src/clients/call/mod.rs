//! The one outgoing call. In: a [`Read`] or a [`Command`], and the request's [`CallContext`]. Out: the decoded and checked
//! answer, or a [`CallError`]. The order: deadline → attempt → decode → check → verdict; only then is the call noted as
//! answered or failed. Bulkhead, circuit breaker and retries belong between deadline and attempt.

mod attempt;
mod cause;
mod command;
mod fetch;
mod read;

use std::{sync::Arc, time::Duration};

use bytes::Bytes;
use contract::headers::{TRACEPARENT, TRACESTATE, X_API_KEY, X_CLIENT_ADDRESS, X_REQUEST_ID, X_REQUEST_TIMEOUT_MS};
use http::{HeaderMap, HeaderValue, Method, Request, header::InvalidHeaderValue};
use http_body_util::Full;
use serde::de::DeserializeOwned;
use tokio::time::Instant;

pub(crate) use cause::Cause;
pub use command::{Command, MethodOf};
pub use fetch::Fetch;
pub use read::Read;

use super::{BaseUrl, CallClient, CallContext, CallError, CallFailure, FailureKind, Ledger, Refusal};
use crate::services::Service;
use attempt::{Response, attempt};

/// The client of one service: its address, the BFF's key, the call timeout. Cheap to clone.
#[derive(Clone)]
pub struct ServiceClient {
    service: Service,
    base_url: BaseUrl,
    api_key: HeaderValue,
    call_timeout: Duration,
    http: CallClient,
}

/// Settings of a [`ServiceClient`].
pub struct ServiceClientSettings {
    /// The service that is called.
    pub service: Service,
    /// The address of the service.
    pub base_url: BaseUrl,
    /// The BFF's key.
    pub api_key: HeaderValue,
    /// How long one call may take.
    pub call_timeout: Duration,
    /// The connections, shared by the clients of all services.
    pub http: CallClient,
}

/// A call to a service, of one kind.
pub trait Call: Sized {
    /// The decoded and checked answer.
    type Answer;

    /// Whether the call may change something.
    const IS_COMMAND: bool = false;

    /// The service that is called.
    fn service(&self) -> Service;

    /// The path as the service's contract writes it, for the log.
    fn route(&self) -> &'static str;

    /// Whether the call may be sent again whatever became of it.
    fn is_repeatable(&self) -> bool {
        true
    }

    /// The request, ready but for the headers of its context. Takes the body along: called once.
    fn request(&mut self, client: &ServiceClient) -> Result<CallRequest, Unsendable>;

    /// The answer in the body of a successful response.
    fn read(&self, body: &Bytes, ledger: &Ledger) -> Result<Self::Answer, Cause>;
}

/// A request to a service.
pub type CallRequest = Request<Full<Bytes>>;

/// Why a call cannot be sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unsendable {
    /// The idempotency key is not 1 to 255 visible ASCII characters.
    Key,
    /// The path is not one of a URL, or the body cannot be written as JSON.
    Request,
}

impl ServiceClient {
    /// A client with those settings.
    pub fn new(settings: ServiceClientSettings) -> Self {
        let ServiceClientSettings { service, base_url, api_key, call_timeout, http } = settings;
        Self { service, base_url, api_key, call_timeout, http }
    }

    /// A request without a body.
    fn request(&self, method: Method, path_and_query: String) -> Result<CallRequest, Unsendable> {
        let mut request = Request::new(Full::default());
        *request.method_mut() = method;
        *request.uri_mut() = self.base_url.at(path_and_query).map_err(|_| Unsendable::Request)?;
        request.headers_mut().insert(X_API_KEY, self.api_key.clone());
        Ok(request)
    }

    /// Makes a call, from its deadline to the verdict.
    pub(super) async fn call<C: Call>(&self, context: &CallContext, mut call: C) -> Result<C::Answer, CallError> {
        let mut request = match call.request(self) {
            Ok(request) => request,
            Err(Unsendable::Key) => return Err(CallError::Refused(Arc::new(Refusal::unusable_key(self.service)))),
            Err(Unsendable::Request) => {
                self.log(context, call.route(), Cause::Unwritable);
                let (service, kind) = (self.service, FailureKind::BadResponse);
                return Err(CallError::Failed(CallFailure { service, kind, retryable: false, is_uncertain: false }));
            }
        };
        let started = Instant::now();
        let deadline = context.deadline().min(started + self.call_timeout);
        let left = deadline.saturating_duration_since(started);
        // A command sent now could take effect with nobody left to hear of it.
        let outcome = if left.is_zero() {
            Err(Cause::TooLate)
        } else {
            let mut under_way = context.ledger().begin(self.service);
            add_context(request.headers_mut(), context, left);
            #[expect(clippy::disallowed_methods, reason = "this is the one place that sends")]
            let sending = self.http.request(request);
            let answered = attempt(sending, self.service, deadline, context.ledger()).await;
            let outcome = answered.and_then(|response| match response {
                Response::Success(body) => call.read(&body, context.ledger()).map(Ok),
                Response::Refused(refusal) => Ok(Err(refusal)),
            });
            under_way.answered = outcome.is_ok();
            let is_without_effect = match &outcome {
                Ok(answer) => answer.is_err(),
                Err(cause) => cause.is_without_effect(),
            };
            if C::IS_COMMAND && !call.is_repeatable() && !is_without_effect {
                context.ledger().note_effect();
            }
            outcome
        };
        match outcome {
            Ok(Ok(answer)) => Ok(answer),
            Ok(Err(refusal)) => Err(CallError::Refused(Arc::new(refusal))),
            Err(cause) => {
                self.log(context, call.route(), cause);
                let mut failure = self.failure(cause, &call);
                // A read below a mutation is repeated only together with the mutation.
                failure.retryable &= C::IS_COMMAND || !context.ledger().has_effect();
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
    fn failure<C: Call>(&self, cause: Cause, call: &C) -> CallFailure {
        let kind = cause.kind();
        let service = match cause {
            Cause::Dependency(service, _) => service,
            _ => self.service,
        };
        let is_uncertain = C::IS_COMMAND && !call.is_repeatable() && !cause.is_without_effect();
        let retryable = if C::IS_COMMAND { !is_uncertain } else { kind != FailureKind::BadResponse };
        CallFailure { service, kind, retryable, is_uncertain }
    }
}

fn add_context(headers: &mut HeaderMap, context: &CallContext, left: Duration) {
    let mut add = |name: &'static str, value: Result<HeaderValue, InvalidHeaderValue>| {
        // Ids, traces and addresses have no characters that a header has not.
        if let Ok(value) = value {
            headers.insert(name, value);
        }
    };
    add(X_REQUEST_ID, HeaderValue::from_str(context.request_id().as_str()));
    add(TRACEPARENT, HeaderValue::try_from(context.trace().child().to_string()));
    add(X_REQUEST_TIMEOUT_MS, Ok(u64::try_from(left.as_millis()).unwrap_or(u64::MAX).into()));
    if let Some(state) = context.trace().state() {
        add(TRACESTATE, Ok(state.clone()));
    }
    if let Some(address) = context.client_address() {
        add(X_CLIENT_ADDRESS, Ok(address));
    }
}

/// The body as text: one check of the whole is cheaper than one of each string in it.
pub(in crate::clients) fn text(body: &[u8]) -> Result<&str, Cause> {
    std::str::from_utf8(body).map_err(|_| Cause::NotUtf8)
}

/// Reads JSON.
pub(super) fn decode<T: DeserializeOwned>(body: &str) -> Result<T, Cause> {
    serde_json::from_str(body).map_err(|error| Cause::Shape { line: error.line(), column: error.column() })
}
