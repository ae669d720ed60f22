//! The post service: posts and what they sell, comments, likes. Reading order: `records` (what it tells), `drafts` (what
//! it is told), `routes` (HTTP, a file per noun), `store` (SQL, a file per noun), `migrations/`. Everything around that is
//! the chassis.

mod drafts;
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

/// The schema, in the order of its making.
const MIGRATIONS: &[Migration] =
    &[Migration { version: 100, description: "posts", sql: include_str!("../migrations/0100_posts.sql") }];

/// Opens the database and puts the service together.
pub async fn service(settings: &PostSettings, clock: Clock) -> Result<Service, StartError> {
    let database = Database::open(&settings.service.database(), MIGRATIONS, clock).await?;
    let peer = Peer::new(None).map_err(|error| StartError::Other(error.to_string()))?;
    let keys = peer.key_source(format!("{}/.well-known/jwks.json", settings.user_service_url));
    let ledger = Ledger::new(database);
    let routes = routes::all(ledger.clone());
    Service::new(&settings.service, Parts { name: "post-service", ledger, keys, routes })
}
