//! The post service: posts with offers, comments, likes. Reading order: `records` (response bodies), `drafts` and
//! `limits` (request bodies), `routes` (HTTP, a file per noun), `store` (SQL, a file per noun), `migrations/`. The rest
//! is the chassis.

mod drafts;
mod events;
mod limits;
pub mod records;
mod routes;
#[cfg(feature = "seed")]
pub mod seed;
mod settings;
mod store;
mod tags;

use chassis::{
    Ledger, Parts, Service, StartError,
    database::{Database, Migration},
    peer::Peer,
};
use contract::Clock;

pub use settings::PostSettings;

/// The migrations, in order.
const MIGRATIONS: &[Migration] =
    &[Migration { version: 100, description: "posts", sql: include_str!("../migrations/0100_posts.sql") }];

/// Opens the database and assembles the service.
pub async fn service(settings: &PostSettings, clock: Clock) -> Result<Service, StartError> {
    let database = Database::open(&settings.service.database(), MIGRATIONS, clock).await?;
    let peer = Peer::new(None).map_err(|error| StartError::Other(error.to_string()))?;
    let keys = peer.key_source(format!("{}/.well-known/jwks.json", settings.user_service_url));
    let ledger = Ledger::open(database).await?;
    let routes = routes::all(ledger.clone());
    Service::new(&settings.service, Parts { name: "post-service", ledger, keys, events: events::TYPES, routes })
}
