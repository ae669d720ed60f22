//! The front door: HTTP in, HTTP out. `graphql.rs` is the path of a request stage by stage; the files beside it are its
//! stages. Everything that goes wrong has one shape (`failure.rs`) and one place where it becomes an answer (`answer.rs`).

mod answer;
mod body;
mod caching;
mod client_address;
mod coding;
mod connections;
mod cors;
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
mod timing;

use std::{net::IpAddr, sync::Arc, time::Duration};

use axum::{Router, middleware::map_response, routing::any, routing::get};
use tokio::sync::Semaphore;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

pub use caching::CacheHeaders;
pub use connections::{Patience, serve};
pub use cors::Cors;
pub use media::MediaType;
pub use request::Parameters;

use crate::{auth::Authenticator, budgets::Budgets, clients::Clients, graphql::Schema, operations::Operations};

/// What the front door needs to answer.
pub struct App {
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
    /// The largest body, in bytes.
    pub max_body_bytes: usize,
    /// Proxies whose word on the client's address is believed.
    pub trusted_proxies: Vec<IpAddr>,
    /// What callers may spend over time.
    pub budgets: Budgets,
    /// Operations that may be executed at a time.
    pub slots: Arc<Semaphore>,
    /// The pages of other origins that may ask.
    pub cors: Cors,
    /// What is said to caches.
    pub cache_headers: CacheHeaders,
    /// Whether this is `tessera dev`: browsers get the playground, and whoever asks hears what an operation costs.
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
        .route("/livez", get(health::live))
        .route("/readyz", get(health::ready))
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
