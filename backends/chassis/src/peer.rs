//! The services' one door to other services: the key set, and reads that a service needs of a peer. In: a URL and the
//! request's context. Out: JSON within the deadline, of bounded size.

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

/// No answer of a peer is larger: 100 posts of 20 KB.
const MAX_ANSWER_BYTES: usize = 4 * 1024 * 1024;
const CONNECT_TIMEOUT: Duration = Duration::from_millis(250);
/// The key set is fetched on nobody's deadline.
const KEYS_TIMEOUT: Duration = Duration::from_secs(2);

/// Where a peer is: scheme and authority, `http://post-service:4002`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PeerUrl(Arc<str>);

/// The key that a service shows to its peers in `X-Api-Key`, so that they do not count its calls against its address.
#[derive(Clone, Debug)]
pub struct ApiKey(HeaderValue);

/// Text that is no such key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected visible ASCII characters")]
pub struct ApiKeyError;

/// Text that is no such URL.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected `http://HOST:PORT` or `https://HOST:PORT`, without a path")]
pub struct PeerUrlError;

/// What a call carries on from the request that it is made for.
#[derive(Clone, Debug)]
pub struct CallContext {
    /// When the caller stops waiting.
    pub deadline: Deadline,
    request_id: RequestId,
    trace: TraceContext,
}

/// A call that brought no usable answer.
#[derive(Debug, thiserror::Error)]
pub enum PeerError {
    /// Nobody there, or the connection broke.
    #[error("the peer could not be reached: {0}")]
    Unreachable(String),
    /// Not within the deadline.
    #[error("the peer did not answer in time")]
    TooLate,
    /// It answered, but not with 200.
    #[error("the peer answered {0}")]
    Status(StatusCode),
    /// It answered with something else than was asked for.
    #[error("the peer's answer cannot be used: {0}")]
    BadAnswer(String),
}

/// Calls other services. Cheap to clone; keeps connections.
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
    /// The same request's, for a call that may take no longer than `time`.
    #[must_use]
    pub fn within(&self, time: Duration) -> Self {
        let soonest = Deadline::after(time);
        let deadline = if soonest.instant() < self.deadline.instant() { soonest } else { self.deadline };
        Self { deadline, ..self.clone() }
    }

    /// Work that no request asked for.
    fn unasked(time: Duration) -> Self {
        let (request_id, trace) = (RequestId::generate(), TraceContext::start());
        Self { deadline: Deadline::after(time), request_id, trace }
    }
}

impl Peer {
    /// A client without proxies and redirects: peers are where the settings say. Shows the key to all of them.
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
                peer.get(&url, &CallContext::unasked(KEYS_TIMEOUT)).await.map_err(|error| error.to_string())
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
        #[expect(clippy::disallowed_methods, reason = "this is the one door out of the services")]
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
    /// The error of a request that failed because of this peer: 503 with a code of its own and the peer's name.
    pub fn of(self, service: &'static str) -> ApiError {
        let code = match self {
            Self::Unreachable(_) => "DEPENDENCY_UNAVAILABLE",
            Self::TooLate | Self::Status(StatusCode::GATEWAY_TIMEOUT) => "DEPENDENCY_TIMEOUT",
            Self::Status(status) if status.is_server_error() || status == StatusCode::TOO_MANY_REQUESTS => {
                "DEPENDENCY_UNAVAILABLE"
            }
            Self::Status(_) | Self::BadAnswer(_) => "DEPENDENCY_BAD_RESPONSE",
        };
        ApiError::of_dependency(service, code, format!("the {service} service cannot be asked at the moment"))
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
