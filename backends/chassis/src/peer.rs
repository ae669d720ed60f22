//! HTTP calls to other services: the key set, and reads from a peer. In: a URL and the request's context. Out: JSON
//! within the deadline and of bounded size, or the reason of the failure.

use std::{fmt, str::FromStr, sync::Arc, time::Duration};

use axum::extract::FromRequestParts;
use contract::{
    RequestId, TraceContext,
    headers::{TRACEPARENT, TRACESTATE, X_API_KEY, X_REQUEST_ID, X_REQUEST_TIMEOUT_MS},
    key_set::KeySource,
};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, Uri, request::Parts};
use serde::de::DeserializeOwned;
use tokio::time::timeout_at;

use crate::{ApiError, Deadline};

/// The largest response of a peer: 100 posts of about 20 KB.
const MAX_ANSWER_BYTES: usize = 4 * 1024 * 1024;
const CONNECT_TIMEOUT: Duration = Duration::from_millis(250);
/// The timeout of a key set's fetch, which belongs to no request.
const KEYS_TIMEOUT: Duration = Duration::from_secs(2);

/// The base URL of a peer: scheme and authority, `http://post-service:4002`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PeerUrl(Arc<str>);

/// The `X-Api-Key` of a service's calls to its peers, whose rate limits then do not count its address.
#[derive(Clone, Debug)]
pub struct ApiKey(HeaderValue);

/// Text that is not an API key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected visible ASCII characters")]
pub struct ApiKeyError;

/// Text that is not a base URL.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected `http://HOST:PORT` or `https://HOST:PORT`, without a path")]
pub struct PeerUrlError;

/// The parts of a request that its calls to peers continue: deadline, request id, trace.
#[derive(Clone, Debug)]
pub struct CallContext {
    /// The deadline of the request.
    pub deadline: Deadline,
    request_id: RequestId,
    trace: TraceContext,
}

/// A failed call.
#[derive(Debug, thiserror::Error)]
pub enum PeerError {
    /// The connection failed.
    #[error("the peer could not be reached: {0}")]
    Unreachable(String),
    /// The deadline passed.
    #[error("the peer did not answer in time")]
    TooLate,
    /// The status is not 200.
    #[error("the peer answered {0}")]
    Status(StatusCode),
    /// The body is not the requested data.
    #[error("the peer's answer cannot be used: {0}")]
    BadAnswer(String),
}

/// Calls other services. Cheap to clone; has a connection pool.
#[derive(Clone)]
pub struct Peer {
    client: reqwest::Client,
}

impl FromStr for PeerUrl {
    type Err = PeerUrlError;

    fn from_str(text: &str) -> Result<Self, PeerUrlError> {
        let url: Uri = text.parse().map_err(|_| PeerUrlError)?;
        let is_http = matches!(url.scheme_str(), Some("http" | "https"));
        let is_bare = matches!(url.path(), "" | "/") && url.query().is_none();
        if is_http && is_bare { Ok(Self(text.trim_end_matches('/').into())) } else { Err(PeerUrlError) }
    }
}

impl fmt::Display for PeerUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for ApiKey {
    type Err = ApiKeyError;

    fn from_str(text: &str) -> Result<Self, ApiKeyError> {
        let is_visible = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic());
        let mut key = HeaderValue::from_str(text).ok().filter(|_| is_visible).ok_or(ApiKeyError)?;
        key.set_sensitive(true);
        Ok(Self(key))
    }
}

impl CallContext {
    /// The same context with a deadline after `time` at most.
    #[must_use]
    pub fn within(&self, time: Duration) -> Self {
        let soonest = Deadline::after(time);
        let deadline = if soonest.instant() < self.deadline.instant() { soonest } else { self.deadline };
        Self { deadline, ..self.clone() }
    }

    /// The context of a call that belongs to no request.
    fn background(time: Duration) -> Self {
        let (request_id, trace) = (RequestId::generate(), TraceContext::start());
        Self { deadline: Deadline::after(time), request_id, trace }
    }
}

impl Peer {
    /// A client without proxies and redirects. Sends the key to all peers.
    pub fn new(api_key: Option<&ApiKey>) -> Result<Self, PeerError> {
        crate::program::install_crypto();
        let headers: HeaderMap =
            api_key.map(|ApiKey(key)| (HeaderName::from_static(X_API_KEY), key.clone())).into_iter().collect();
        let client = reqwest::Client::builder()
            .default_headers(headers)
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(CONNECT_TIMEOUT)
            .build()
            .map_err(|error| PeerError::Unreachable(error.to_string()))?;
        Ok(Self { client })
    }

    /// Reads `url` as JSON.
    pub async fn get<T: DeserializeOwned>(&self, url: &str, context: &CallContext) -> Result<T, PeerError> {
        timeout_at(context.deadline.instant(), self.fetch(url, context)).await.map_err(|_| PeerError::TooLate)?
    }

    /// The key set at that URL, for [`contract::token::TokenVerifier`].
    pub fn key_source(self, jwks_url: String) -> KeySource {
        let url: Arc<str> = jwks_url.into();
        Box::new(move || {
            let (peer, url) = (self.clone(), Arc::clone(&url));
            Box::pin(async move {
                peer.get(&url, &CallContext::background(KEYS_TIMEOUT)).await.map_err(|error| error.to_string())
            })
        })
    }

    async fn fetch<T: DeserializeOwned>(&self, url: &str, context: &CallContext) -> Result<T, PeerError> {
        let left = context.deadline.remaining().ok_or(PeerError::TooLate)?;
        let request = self
            .client
            .get(url)
            .header(X_REQUEST_TIMEOUT_MS, left.as_millis().to_string())
            .header(X_REQUEST_ID, context.request_id.as_str())
            .header(TRACEPARENT, context.trace.child().to_string());
        let request = match context.trace.state() {
            Some(state) => request.header(TRACESTATE, state),
            None => request,
        };
        #[expect(clippy::disallowed_methods, reason = "the only place where services send requests")]
        let mut response = request.send().await.map_err(unreachable)?;
        if response.status() != StatusCode::OK {
            return Err(PeerError::Status(response.status()));
        }
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(unreachable)? {
            if body.len() + chunk.len() > MAX_ANSWER_BYTES {
                return Err(PeerError::BadAnswer(format!("more than {MAX_ANSWER_BYTES} bytes")));
            }
            body.extend_from_slice(&chunk);
        }
        serde_json::from_slice(&body).map_err(|error| PeerError::BadAnswer(error.to_string()))
    }
}

fn unreachable(error: reqwest::Error) -> PeerError {
    PeerError::Unreachable(error.without_url().to_string())
}

impl PeerError {
    /// The error of a request whose dependency failed: 503 with a `DEPENDENCY_…` code and the name of the peer.
    pub fn of(self, service: &'static str) -> ApiError {
        let code = match self {
            Self::Unreachable(_) => "DEPENDENCY_UNAVAILABLE",
            Self::TooLate | Self::Status(StatusCode::GATEWAY_TIMEOUT) => "DEPENDENCY_TIMEOUT",
            Self::Status(status) if status.is_server_error() || status == StatusCode::TOO_MANY_REQUESTS => {
                "DEPENDENCY_UNAVAILABLE"
            }
            Self::Status(_) | Self::BadAnswer(_) => "DEPENDENCY_BAD_RESPONSE",
        };
        ApiError::of_dependency(service, code, format!("the {service} service is not available at the moment"))
            .caused_by(self)
    }
}

impl<S: Sync> FromRequestParts<S> for CallContext {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let deadline = Deadline::from_request_parts(parts, state).await?;
        let request_id = parts.extensions.get::<RequestId>().cloned();
        let trace = parts.extensions.get::<TraceContext>().cloned();
        match (request_id, trace) {
            (Some(request_id), Some(trace)) => Ok(Self { deadline, request_id, trace }),
            _ => Err(ApiError::internal("a request without an id")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_peer_is_named_by_scheme_and_authority() {
        let url: PeerUrl = "http://post-service:4002/".parse().unwrap();
        assert_eq!(url.to_string(), "http://post-service:4002");
        for text in ["post-service:4002", "ftp://post-service", "http://h/v1", "http://h?x=1", "http://", "/v1", ""] {
            assert_eq!(text.parse::<PeerUrl>(), Err(PeerUrlError), "{text}");
        }
    }
}
