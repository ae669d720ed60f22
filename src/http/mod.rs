//! The front door: HTTP in, HTTP out. `graphql.rs` is the path of a request stage by stage; the files beside it are its
//! stages. Everything that goes wrong has one shape (`failure.rs`) and one place where it becomes an answer (`answer.rs`).

mod answer;
mod body;
mod caching;
mod client_address;
mod coding;
mod connections;
mod cors;
mod document;
mod failure;
mod graphql;
mod head;
mod health;
mod json;
mod media;
#[cfg(feature = "dev")]
mod playground;
mod quiet;
mod request;
mod request_line;
mod security;
mod taken;
mod timing;

use std::{net::IpAddr, sync::Arc, time::Duration};

use axum::{Router, middleware::map_response, routing::any, routing::get};
use tokio::sync::Semaphore;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

pub use body::Bodies;
pub use caching::CacheHeaders;
pub use connections::{Patience, serve};
pub use cors::Cors;
pub use media::MediaType;
pub use quiet::Times;
pub use request::Parameters;

use crate::{
    auth::Authenticator,
    budgets::Budgets,
    clients::Clients,
    graphql::Schema,
    metrics::Metrics,
    operations::{Operations, documents::Documents},
};

/// What the front door needs to answer.
pub struct App {
    /// Knows which documents may be answered.
    pub documents: Documents,
    /// Prepares operations.
    pub operations: Operations,
    /// Runs them.
    pub schema: Schema,
    /// Turns tokens into viewers.
    pub authenticator: Authenticator,
    /// The services.
    pub clients: Clients,
    /// How long a request may take.
    pub request_timeout: Duration,
    /// Reads bodies.
    pub bodies: Bodies,
    /// Proxies whose word on the client's address is believed.
    pub trusted_proxies: Vec<IpAddr>,
    /// What callers may spend over time.
    pub budgets: Budgets,
    /// Counts.
    pub metrics: Metrics,
    /// Operations that may be executed at a time.
    pub slots: Arc<Semaphore>,
    /// The pages of other origins that may ask.
    pub cors: Cors,
    /// What is said to caches.
    pub cache_headers: CacheHeaders,
    /// Whether this is `tessera dev`: browsers get the playground.
    pub development: bool,
    /// Mutations under way: they end when they are done, also when their client is gone.
    pub commands: TaskTracker,
    /// Set once the process is asked to stop.
    pub draining: CancellationToken,
}

/// All routes, and what is done to every answer: from the outside in security headers, CORS, compression.
pub fn router(app: Arc<App>) -> Router {
    let cors = app.cors.layer();
    let routes = Router::new()
        .route("/graphql", any(graphql::handle))
        .route("/graphql/{id}", any(graphql::handle))
        .route("/livez", get(health::live))
        .route("/readyz", get(health::ready))
        .method_not_allowed_fallback(health::other_method)
        .fallback(health::nothing_here);
    #[cfg(feature = "dev")]
    let routes = if app.development { playground::add_to(routes) } else { routes };
    let routes = routes.layer(coding::compression()).with_state(app);
    // Without origins there is no layer: it would answer preflights.
    let routes = match cors {
        Some(cors) => routes.layer(cors),
        None => routes,
    };
    routes.layer(map_response(security::headers))
}
