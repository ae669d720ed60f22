//! The user service: people, their accounts, and who follows whom. Reading order: `records` (what it tells), `routes`
//! (HTTP, a file per noun), `store` (SQL, a file per noun), `migrations/`. Everything around that is the chassis.

mod handle;
mod keys;
pub mod records;
mod routes;
mod store;

use chassis::{Parts, Service, ServiceSettings, StartError, database::Database};
use contract::Clock;
use sqlx::migrate::Migrator;

pub use handle::{Handle, HandleError};

/// The schema, in the order of its making.
static MIGRATIONS: Migrator = sqlx::migrate!("./migrations");

/// Opens the database and puts the service together.
pub async fn service(settings: &ServiceSettings, clock: Clock) -> Result<Service, StartError> {
    let database = Database::open(&settings.database(), &MIGRATIONS, clock).await?;
    let (keys, routes) = (keys::source(database.clone()), routes::all(database.clone()));
    Service::new(settings, Parts { name: "user-service", database, keys, routes })
}
