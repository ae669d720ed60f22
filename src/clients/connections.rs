//! The two HTTP clients of the process, made in one place so that they have the same TLS and the same settings. hyper's
//! pooled client makes the calls of requests, without parsing a URL for each; reqwest reads the feeds.
//! In: the connect timeout. Out: both clients; and the [`BaseUrl`] of a service, checked once.

mod within;

use std::{str::FromStr, time::Duration};

use bytes::Bytes;
use http::{
    Uri,
    uri::{Authority, InvalidUri, PathAndQuery, Scheme},
};
use http_body_util::Full;
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::{TokioExecutor, TokioTimer},
};
use rustls::ClientConfig;
use rustls_platform_verifier::ConfigVerifierExt;

use crate::settings::is_origin;
use within::Within;

/// How long a connection without a request is kept: longer than the pauses of a busy process, shorter than what services keep.
const IDLE: Duration = Duration::from_secs(60);
/// Time before the first TCP keep-alive probe of an idle connection, and between two.
const KEEPALIVE: Duration = Duration::from_secs(15);

/// The client that calls are made with. Clones share its connections.
pub type CallClient = Client<Within<HttpsConnector<HttpConnector>>, Full<Bytes>>;

/// Both clients.
#[derive(Clone)]
pub struct HttpClients {
    /// For the calls of requests.
    pub calls: CallClient,
    /// For everything else.
    pub others: reqwest::Client,
}

/// Why there are no clients.
#[derive(Debug, thiserror::Error)]
pub enum ConnectionsError {
    /// The system has no usable certificates.
    #[error("TLS cannot be set up: {0}")]
    Tls(#[from] rustls::Error),
    /// reqwest does not accept the settings.
    #[error("the HTTP client cannot be built: {0}")]
    Client(#[from] reqwest::Error),
}

impl HttpClients {
    /// Clients whose connections are made within that time, TLS included.
    ///
    /// # Errors
    /// TLS cannot be set up.
    pub fn new(connect_timeout: Duration) -> Result<Self, ConnectionsError> {
        let tls = ClientConfig::with_platform_verifier()?;
        let mut connector = HttpConnector::new();
        connector.enforce_http(false);
        connector.set_nodelay(true);
        connector.set_keepalive(Some(KEEPALIVE));
        connector.set_keepalive_interval(Some(KEEPALIVE));
        connector.set_keepalive_retries(Some(3));
        connector.set_connect_timeout(Some(connect_timeout));
        let builder = HttpsConnectorBuilder::new().with_tls_config(tls.clone()).https_or_http();
        let connector = builder.enable_all_versions().wrap_connector(connector);
        let calls = Client::builder(TokioExecutor::new())
            .pool_timer(TokioTimer::new())
            .pool_idle_timeout(IDLE)
            .build(Within::new(connector, connect_timeout));
        let mut tls_of_others = tls;
        tls_of_others.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        let others = reqwest::Client::builder()
            .tls_backend_preconfigured(tls_of_others)
            .connect_timeout(connect_timeout)
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .build()?;
        Ok(Self { calls, others })
    }
}

/// Scheme and authority of a service.
#[derive(Clone, Debug)]
pub struct BaseUrl {
    scheme: Scheme,
    authority: Authority,
}

/// The text is not the base URL of a service.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a scheme and an authority, such as http://user-service:4001")]
pub struct InvalidBaseUrl;

impl FromStr for BaseUrl {
    type Err = InvalidBaseUrl;

    fn from_str(text: &str) -> Result<Self, InvalidBaseUrl> {
        let uri = text.parse::<Uri>().ok().filter(|_| is_origin(text)).ok_or(InvalidBaseUrl)?;
        let parts = uri.into_parts();
        let (scheme, authority) = parts.scheme.zip(parts.authority).ok_or(InvalidBaseUrl)?;
        Ok(Self { scheme, authority })
    }
}

impl BaseUrl {
    /// The address of a path with its query string there.
    ///
    /// # Errors
    /// The path has characters that no URL has.
    pub(super) fn at(&self, path_and_query: String) -> Result<Uri, InvalidUri> {
        let path_and_query = PathAndQuery::from_maybe_shared(Bytes::from(path_and_query))?;
        let mut parts = http::uri::Parts::default();
        parts.scheme = Some(self.scheme.clone());
        parts.authority = Some(self.authority.clone());
        parts.path_and_query = Some(path_and_query);
        // All three parts are there.
        Ok(Uri::from_parts(parts).unwrap_or_default())
    }
}
