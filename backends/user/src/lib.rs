//! The user service: users, accounts, sessions and follows. Reading order: `records` (response bodies),
//! `routes` (HTTP, a file per noun), `sessions` with `passwords`, `guesses`, `tokens`, `refresh_token` and `keys` (signing
//! in), `store` (SQL, a file per noun), `migrations/`. The rest is the chassis.

mod email;
mod events;
mod guesses;
mod handle;
mod keys;
mod passwords;
mod profile;
pub mod records;
mod refresh_token;
mod routes;
#[cfg(feature = "seed")]
pub mod seed;
mod sessions;
mod settings;
mod store;
mod tokens;

use std::sync::Arc;

use chassis::{
    ApiError, Ledger, Parts, Service, ServiceSettings, StartError,
    database::{Database, Migration},
};
use contract::{Clock, Time};
use prometheus_client::metrics::counter::Counter;

use self::{guesses::Guesses, passwords::Passwords, sessions::IdentityProvider, tokens::TokenIssuer};

pub use handle::{Handle, HandleError};
pub use settings::UserSettings;

/// The migrations, in order.
const MIGRATIONS: &[Migration] = &[
    Migration { version: 100, description: "users", sql: include_str!("../migrations/0100_users.sql") },
    Migration { version: 101, description: "signing keys", sql: include_str!("../migrations/0101_signing_keys.sql") },
    Migration { version: 102, description: "sessions", sql: include_str!("../migrations/0102_sessions.sql") },
];

/// Opens the database, creates the first signing key if there is none, and assembles the service.
pub async fn service(settings: &UserSettings, clock: Clock) -> Result<Service, StartError> {
    let refresh_grace = settings.refresh_grace();
    let settings = &settings.service;
    let ledger = open(settings, clock.clone()).await?;
    let hashes = Counter::default();
    let provider = IdentityProvider {
        ledger: ledger.clone(),
        passwords: Arc::new(Passwords::new(hashes.clone())),
        guesses: Arc::new(Guesses::new(clock)),
        refresh_grace,
        issuer: Arc::new(TokenIssuer { issuer: settings.issuer.clone(), audience: settings.audience.clone() }),
    };
    let (keys, routes) = (keys::source(ledger.database().clone()), routes::all(provider));
    let service = Service::new(settings, Parts { name: "user-service", ledger, keys, events: events::TYPES, routes })?;
    Ok(service.counting("password_hashes", "Password hashes computed", hashes))
}

/// Creates the next signing key; returns the time from which it signs. An error while the last rotation has not ended.
pub async fn rotate_key(settings: &ServiceSettings, clock: Clock) -> Result<Time, StartError> {
    let ledger = open(settings, clock).await?;
    let signs_from = keys::rotate(&ledger).await.map_err(refused);
    ledger.database().close().await;
    signs_from
}

async fn open(settings: &ServiceSettings, clock: Clock) -> Result<Ledger, StartError> {
    let ledger = Ledger::open(Database::open(&settings.database(), MIGRATIONS, clock).await?).await?;
    keys::make_first(&ledger).await.map_err(refused)?;
    Ok(ledger)
}

fn refused(error: ApiError) -> StartError {
    StartError::Other(error.to_string())
}
