//! The order service: orders of posts, and their lifecycle. Reading order: `records` (response bodies), `lifecycle`
//! (statuses and steps), `parties` (permissions), `basket` (validation and prices), `posts` (reads from the post
//! service), `routes` (HTTP), `store` (SQL), `migrations/`. The rest is the chassis.

mod basket;
mod events;
mod lifecycle;
mod number;
mod parties;
mod posts;
pub mod records;
mod routes;
#[cfg(feature = "seed")]
pub mod seed;
mod settings;
mod store;

use chassis::{
    Ledger, Parts, Service, StartError,
    database::{Database, Migration},
    peer::Peer,
};
use contract::Clock;

pub use lifecycle::OrderStatus;
pub use settings::OrderSettings;

/// The migrations, in order.
const MIGRATIONS: &[Migration] =
    &[Migration { version: 100, description: "orders", sql: include_str!("../migrations/0100_orders.sql") }];

/// Opens the database and assembles the service.
pub async fn service(settings: &OrderSettings, clock: Clock) -> Result<Service, StartError> {
    let database = Database::open(&settings.service.database(), MIGRATIONS, clock).await?;
    let peer = Peer::new(settings.api_key.as_ref()).map_err(|error| StartError::Other(error.to_string()))?;
    let keys = peer.clone().key_source(format!("{}/.well-known/jwks.json", settings.user_service_url));
    let posts = posts::PostService::new(peer, settings.post_service_url.clone());
    let ledger = Ledger::open(database).await?;
    let routes = routes::all(ledger.clone(), posts);
    Service::new(&settings.service, Parts { name: "order-service", ledger, keys, events: events::TYPES, routes })
}
