//! Assembles and serves a service. In: its name, ledger, key source and routes; then a listener and a shutdown future. Out:
//! returns after shutdown, when the requests in flight are answered or the drain time has passed.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use axum::{Router, extract::DefaultBodyLimit, middleware, serve::ListenerExt};
use contract::{key_set::KeySource, token::TokenVerifier};
use prometheus_client::metrics::counter::Counter;
use tokio::{net::TcpListener, time::sleep};
use utoipa_axum::router::OpenApiRouter;

use super::{Edge, admission, description, health, request};
use crate::{
    ApiError, Deadline, Ledger, ServiceSettings, StartError,
    caller::ApiKeys,
    database::{Database, DatabaseUrl},
    events::{self, EventType},
    metrics::Metrics,
    rate_limit::RateLimits,
};

/// The largest body; the largest command, a post, is about a tenth of it.
const MAX_BODY_BYTES: usize = 256 * 1024;
/// How often expired idempotent answers and old events are deleted.
const SWEEP_INTERVAL: Duration = Duration::from_secs(60);

/// The parts of a service that are its own.
pub struct Parts {
    /// `user-service`, …
    pub name: &'static str,
    /// The ledger in its database.
    pub ledger: Ledger,
    /// The source of the keys that verify tokens.
    pub keys: KeySource,
    /// The types of its events.
    pub events: &'static [EventType],
    /// Its routes, with their descriptions.
    pub routes: OpenApiRouter,
}

/// A service that can be served.
pub struct Service {
    name: &'static str,
    router: Router,
    ledger: Ledger,
    metrics: Arc<Metrics>,
    drain: Duration,
    retention: Duration,
    /// For LISTEN, on PostgreSQL.
    database_url: DatabaseUrl,
}

impl Service {
    /// Puts the shared routes and the middleware around the service's own routes.
    pub fn new(settings: &ServiceSettings, parts: Parts) -> Result<Self, StartError> {
        let Parts { name, ledger, keys, events, routes } = parts;
        let clock = ledger.clock().clone();
        let edge = Edge {
            service: name,
            verifier: Arc::new(TokenVerifier::new(&settings.issuer, &settings.audience, keys, clock)),
            api_keys: Arc::new(ApiKeys::new(settings.api_key_hashes.clone())),
            rate_limits: Arc::new(RateLimits::new(settings.rate_limit, settings.rate_limit_bff)),
            metrics: Arc::new(Metrics::new()),
            outbox: ledger.outbox().clone(),
            max_request_time: settings.request_timeout(),
        };
        let metrics = Arc::clone(&edge.metrics);
        let routes = routes.merge(events::routes(ledger.outbox().clone(), name));
        let (routes, mut openapi) = routes.split_for_parts();
        description::complete(&mut openapi, name);
        let shared = health::routes(ledger.database().clone(), &edge, &openapi).map_err(StartError::OpenApi)?;
        let router = routes
            .merge(shared)
            .merge(events::schemas(events))
            .method_not_allowed_fallback(async || {
                let (status, code) = (http::StatusCode::METHOD_NOT_ALLOWED, "METHOD_NOT_ALLOWED");
                ApiError::new(status, code, "this route does not support the method")
            })
            .fallback(async || ApiError::not_found("no such route"))
            // The last layer is the outermost.
            .layer(DefaultBodyLimit::max(MAX_BODY_BYTES))
            .layer(middleware::from_fn_with_state(edge.clone(), admission::admit))
            .layer(middleware::from_fn_with_state(edge, request::answer));
        Ok(Self {
            name,
            router,
            ledger,
            metrics,
            drain: settings.request_timeout(),
            retention: settings.event_retention(),
            database_url: settings.database_url.clone(),
        })
    }

    /// Adds a counter to `/metrics`; the suffix `_total` is added to `name`.
    #[must_use]
    pub fn counting(self, name: &str, help: &str, counter: Counter) -> Self {
        self.metrics.register(name, help, counter);
        self
    }

    /// Its database, for demo data and tests.
    pub const fn database(&self) -> &Database {
        self.ledger.database()
    }

    /// Its outbox.
    #[cfg(feature = "testing")]
    pub(crate) const fn outbox(&self) -> &events::Outbox {
        self.ledger.outbox()
    }

    /// Serves until `shutdown` ends, then drains requests in flight for at most the request timeout.
    pub async fn serve(
        self,
        listener: TcpListener,
        shutdown: impl Future<Output = ()> + Send + 'static,
    ) -> std::io::Result<()> {
        let address = listener.local_addr()?;
        tracing::info!(service = self.name, %address, "listening");
        let (stopping, stopped) = tokio::sync::watch::channel(false);
        let outbox = self.ledger.outbox().clone();
        let sweeper = tokio::spawn(sweep(self.ledger.clone(), self.retention, stopped.clone()));
        let background = events::run(&outbox, &self.database_url);
        let shutting_down = async move {
            shutdown.await;
            outbox.stop().cancel();
            stopping.send_replace(true);
        };
        // Nagle's algorithm would hold back an event behind the one before it, for 40 ms.
        let listener = listener.tap_io(|socket| {
            let _ = socket.set_nodelay(true);
        });
        let app = self.router.into_make_service_with_connect_info::<SocketAddr>();
        let server = axum::serve(listener, app).with_graceful_shutdown(shutting_down).into_future();
        // A client that never finishes its request must not delay the shutdown.
        let result = tokio::select! {
            result = server => result,
            () = drain_time_over(stopped, self.drain) => Ok(()),
        };
        sweeper.abort();
        self.ledger.outbox().stop().cancel();
        background.await;
        self.ledger.database().close().await;
        tracing::info!(service = self.name, "stopped");
        result
    }
}

async fn drain_time_over(mut stopped: tokio::sync::watch::Receiver<bool>, drain: Duration) {
    // An error means that the sender is gone: the server has ended.
    if stopped.wait_for(|stopped| *stopped).await.is_ok() {
        sleep(drain).await;
    } else {
        std::future::pending::<()>().await;
    }
}

/// Deletes old answers and events until the service stops.
async fn sweep(ledger: Ledger, retention: Duration, mut stopped: tokio::sync::watch::Receiver<bool>) {
    let interval = SWEEP_INTERVAL.min(retention / 2);
    while tokio::time::timeout(interval, stopped.wait_for(|stopped| *stopped)).await.is_err() {
        let deadline = Deadline::after(SWEEP_INTERVAL / 2);
        if let Err(error) = ledger.forget_answers(deadline).await {
            tracing::warn!(%error, "old idempotent answers could not be deleted");
        }
        if let Err(error) = ledger.outbox().forget(retention, deadline).await {
            tracing::warn!(%error, "old events could not be deleted");
        }
    }
}
