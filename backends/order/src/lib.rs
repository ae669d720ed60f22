//! The order service: what people buy of each other's posts, and where it stands. Reading order: `records` (what it
//! tells), `lifecycle` (states and steps), `parties` (permissions), `basket` (what may be ordered), `posts` (asking the post
//! service), `routes` (HTTP), `store` (SQL), `migrations/`. Everything around that is the chassis.

mod basket;
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

/// The schema, in the order of its making.
const MIGRATIONS: &[Migration] =
    &[Migration { version: 100, description: "orders", sql: include_str!("../migrations/0100_orders.sql") }];

/// Opens the database and puts the service together.
pub async fn service(settings: &OrderSettings, clock: Clock) -> Result<Service, StartError> {
    let database = Database::open(&settings.service.database(), MIGRATIONS, clock).await?;
    let peer = Peer::new(settings.api_key.as_ref()).map_err(|error| StartError::Other(error.to_string()))?;
    let keys = peer.clone().key_source(format!("{}/.well-known/jwks.json", settings.user_service_url));
    let posts = posts::PostService::new(peer, settings.post_service_url.clone());
    let ledger = Ledger::new(database);
    let routes = routes::all(ledger.clone(), posts);
    Service::new(&settings.service, Parts { name: "order-service", ledger, keys, routes })
}
