//! The HTTP edge: requests in, responses out. `graphql.rs` reads an operation, has `requests/` run it, and writes the outcome.
//! A request that is not executed is a `Failure`; `status.rs` gives it its status, `response.rs` writes it.

mod body;
mod cache_headers;
mod caching;
mod client_address;
mod compression;
mod connection;
mod cors;
mod exchange;
mod failure;
mod graphql;
mod head_limits;
mod health;
mod media;
mod network;
pub mod parameters;
#[cfg(feature = "dev")]
mod playground;
mod rate;
mod request_line;
mod response;
mod security;
mod settings;
pub mod status;
mod stopping;
mod streaming;
mod timing;
mod websocket;

use std::{sync::Arc, time::Duration};

use axum::{
    Router,
    middleware::{from_fn_with_state, map_response},
    routing::any,
    routing::get,
};
use rand::RngExt;
use tokio_util::sync::CancellationToken;

pub(crate) use body::Bodies;
pub use cache_headers::{CacheHeaders, TagSeparator};
pub(crate) use client_address::ClientAddresses;
pub use connection::ConnectionLimits;
pub(crate) use connection::serve;
pub use cors::Cors;
pub use media::{MediaType, StreamType};
pub(crate) use network::Network;
pub(crate) use settings::HttpSettings;
pub use websocket::ClientMessage;

use crate::{
    events::{Caps, EventSettings, Events},
    requests::Pipeline,
    telemetry::Metrics,
};

/// The HTTP edge: the pipeline, and what HTTP itself needs.
pub struct App {
    /// The stages of an operation.
    pub pipeline: Arc<Pipeline>,
    /// Runs operations, and delivers events to subscriptions.
    pub(crate) events: Arc<Events>,
    /// Timeout of a request.
    pub(crate) request_timeout: Duration,
    /// Reads request bodies.
    pub(crate) bodies: Bodies,
    /// Reads client addresses behind trusted proxies.
    pub(crate) client_addresses: ClientAddresses,
    /// Metrics.
    pub metrics: Metrics,
    /// Cross-origin requests.
    pub(crate) cors: Cors,
    /// Headers of public responses.
    pub(crate) cache_headers: CacheHeaders,
    /// Whether this is `tessera dev`, which serves the playground.
    pub development: bool,
    /// Cancelled on SIGTERM.
    pub(crate) draining: CancellationToken,
    /// Cancelled when the listener closes: WebSockets and streams end within the drain time.
    pub(crate) closing: CancellationToken,
    /// Time for requests in flight once the listener is closed.
    pub(crate) drain: Duration,
    /// The places of WebSockets and streams.
    pub(crate) caps: Caps,
    /// Limits of WebSockets and streams.
    pub(crate) live: EventSettings,
}

impl App {
    /// When one of many connections ends at a stop: they are spread over most of the drain time.
    pub(crate) fn random_drain(&self) -> Duration {
        let share: f64 = rand::rng().random_range(0.0..0.8);
        self.drain.mul_f64(share)
    }

    /// The rest of the drain time, for the closing handshake of the last one.
    pub(crate) fn last_words(&self) -> Duration {
        self.drain / 5
    }
}

/// The routes and their layers; from the outside in: security headers, CORS, compression, limits on request heads.
pub(crate) fn router(app: Arc<App>) -> Router {
    let cors = app.cors.layer();
    let routes = Router::new()
        .route("/graphql", any(graphql::handle))
        .route("/graphql/ws", any(graphql::handle))
        .route("/graphql/{id}", any(graphql::handle))
        .route("/livez", get(health::live))
        .route("/readyz", get(health::ready))
        .method_not_allowed_fallback(health::method_not_allowed)
        .fallback(health::not_found);
    #[cfg(feature = "dev")]
    let routes = if app.development { playground::add_to(routes) } else { routes };
    let routes = routes.layer(from_fn_with_state(Arc::clone(&app), head_limits::admit));
    let routes = routes.layer(from_fn_with_state(Arc::clone(&app), stopping::close));
    let routes = routes.layer(compression::layer()).with_state(app);
    // Without origins there must be no layer: it would answer preflights.
    let routes = match cors {
        Some(cors) => routes.layer(cors),
        None => routes,
    };
    routes.layer(map_response(security::headers))
}
