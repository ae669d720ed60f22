//! The feed of one service: opens its stream, and reads its pages. In: a position and a filter. Out: a response to read, a page,
//! or why there is none.

use std::{sync::Arc, time::Duration};

use bytes::Bytes;
use contract::{EventPage, Position, RequestId, TraceContext, headers};
use http::{HeaderValue, StatusCode, header};
use tokio::time::timeout;

/// The feed of one service. Cheap to clone.
#[derive(Clone)]
pub struct Source {
    /// Scheme and authority: `http://post-service:4002`.
    pub url: Arc<str>,
    /// The key that the service knows.
    pub api_key: HeaderValue,
    /// The connection pool.
    pub http: reqwest::Client,
}

/// Which events a page has.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct PageQuery {
    /// Only events behind this position.
    pub after: Position,
    /// Types of events; empty for all.
    pub types: Vec<String>,
    /// Ids, of which an event must have one; empty for all events.
    pub keys: Vec<String>,
    /// Most events: 1 to 500.
    pub first: usize,
}

/// Why there is no page.
#[derive(Clone, Debug, thiserror::Error)]
pub enum PageError {
    /// The position is of another epoch, or ahead of the newest event.
    #[error("the position is unknown to the service")]
    Unknown,
    /// The events behind the position are no longer stored.
    #[error("the events behind the position are no longer stored")]
    Expired,
    /// The service did not answer, or not as it should.
    #[error("the feed failed: {0}")]
    Failed(Arc<str>),
}

/// The largest page: 500 events of about 1 KiB.
const MAX_PAGE_BYTES: usize = 8 * 1024 * 1024;

impl PageError {
    pub(crate) fn failed(reason: impl ToString) -> Self {
        Self::Failed(reason.to_string().into())
    }
}

impl Source {
    /// Opens the stream that `query` names; the answer's head has come.
    pub(crate) async fn open(&self, query: &str) -> Result<reqwest::Response, PageError> {
        self.get(&format!("/v1/events?{query}"), "text/event-stream").await
    }

    /// Reads a page.
    ///
    /// # Errors
    /// The position is lost, or the service failed or took longer than `within`.
    pub async fn page(&self, query: &PageQuery, within: Duration) -> Result<EventPage, PageError> {
        let PageQuery { after, types, keys, first } = query;
        let mut path = format!("/v1/events?after={after}&first={first}");
        for (name, list) in [("types", types), ("keys", keys)] {
            if !list.is_empty() {
                path.push_str(&format!("&{name}={}", list.join(",")));
            }
        }
        let reading = async {
            let mut response = self.get(&path, "application/json").await?;
            let mut body = Vec::new();
            while let Some(chunk) = chunk(&mut response).await? {
                if body.len() + chunk.len() > MAX_PAGE_BYTES {
                    return Err(PageError::failed("the page is too large"));
                }
                body.extend_from_slice(&chunk);
            }
            serde_json::from_slice(&body).map_err(PageError::failed)
        };
        timeout(within, reading).await.unwrap_or_else(|_| Err(PageError::failed("timed out")))
    }

    async fn get(&self, path: &str, accept: &'static str) -> Result<reqwest::Response, PageError> {
        let request = self
            .http
            .get(format!("{}{path}", self.url))
            .header(headers::X_API_KEY, self.api_key.clone())
            .header(headers::X_REQUEST_ID, RequestId::generate().as_str())
            .header(headers::TRACEPARENT, TraceContext::start().to_string())
            .header(header::ACCEPT, accept);
        #[expect(clippy::disallowed_methods, reason = "the only place that sends requests to a feed")]
        let response = request.send().await.map_err(|error| PageError::failed(error.without_url()))?;
        match response.status() {
            StatusCode::OK => Ok(response),
            StatusCode::CONFLICT => Err(PageError::Unknown),
            StatusCode::GONE => Err(PageError::Expired),
            status => Err(PageError::failed(status)),
        }
    }
}

/// The next bytes of a response.
pub(crate) async fn chunk(response: &mut reqwest::Response) -> Result<Option<Bytes>, PageError> {
    response.chunk().await.map_err(|error| PageError::failed(error.without_url()))
}
