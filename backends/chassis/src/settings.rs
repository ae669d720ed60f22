//! The settings of every service, from arguments or environment, validated when they are parsed. Text is used byte for
//! byte.

use std::{net::SocketAddr, time::Duration};

use crate::{
    caller::ApiKeyHash,
    database::{DatabaseSettings, DatabaseUrl},
};

/// Settings that all services have. Part of each program's arguments; `tessera dev` creates them.
#[derive(Clone, Debug, clap::Args)]
pub struct ServiceSettings {
    /// The service's own database: sqlite:PATH or postgres://USER@HOST:PORT/DATABASE
    #[arg(long, env = "TESSERA_DATABASE_URL", hide_env_values = true)]
    pub database_url: DatabaseUrl,

    /// The address to listen on
    #[arg(long, env = "TESSERA_LISTEN")]
    pub listen: SocketAddr,

    /// SHA-256 (hex) of an X-Api-Key of the BFF; repeatable, or several separated by commas
    #[arg(id = "api-key-hash", long, env = "TESSERA_API_KEY_HASHES", value_delimiter = ',', hide_env_values = true)]
    pub api_key_hashes: Vec<ApiKeyHash>,

    /// The issuer of access tokens
    #[arg(long, env = "TESSERA_TOKEN_ISSUER", default_value = "tessera")]
    pub issuer: String,

    /// The audience of access tokens
    #[arg(long, env = "TESSERA_TOKEN_AUDIENCE", default_value = "tessera")]
    pub audience: String,

    /// Connections to the database
    #[arg(long, env = "TESSERA_DATABASE_CONNECTIONS", default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..=1000))]
    pub database_connections: u32,

    /// Statement timeout in milliseconds; the request's deadline applies as well
    #[arg(long, env = "TESSERA_STATEMENT_TIMEOUT_MS", default_value_t = 5_000, value_parser = clap::value_parser!(u64).range(1..=600_000))]
    pub statement_timeout_ms: u64,

    /// Longest time of a request in milliseconds, whatever timeout its caller sends
    #[arg(long, env = "TESSERA_REQUEST_TIMEOUT_MS", default_value_t = 10_000, value_parser = clap::value_parser!(u64).range(1..=60_000))]
    pub request_timeout_ms: u64,

    /// How long events are stored, in seconds: consumers that were away for longer must start anew
    #[arg(long, env = "TESSERA_EVENT_RETENTION_SECONDS", default_value_t = 604_800, value_parser = clap::value_parser!(u64).range(1..=31_536_000))]
    pub event_retention_seconds: u64,

    /// Requests per second per user, or per client address
    #[arg(long, env = "TESSERA_RATE_LIMIT", default_value_t = 500, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    pub rate_limit: u32,

    /// Requests per second of the BFF without a user or client address
    #[arg(long, env = "TESSERA_RATE_LIMIT_BFF", default_value_t = 50_000, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    pub rate_limit_bff: u32,
}

impl ServiceSettings {
    /// The defaults, for that database and address.
    pub fn new(database_url: DatabaseUrl, listen: SocketAddr) -> Self {
        Self {
            database_url,
            listen,
            api_key_hashes: Vec::new(),
            issuer: "tessera".to_owned(),
            audience: "tessera".to_owned(),
            database_connections: 10,
            statement_timeout_ms: 5_000,
            request_timeout_ms: 10_000,
            event_retention_seconds: 604_800,
            rate_limit: 500,
            rate_limit_bff: 50_000,
        }
    }

    /// The settings of the database.
    pub fn database(&self) -> DatabaseSettings {
        DatabaseSettings {
            url: self.database_url.clone(),
            connections: self.database_connections,
            statement_timeout: Duration::from_millis(self.statement_timeout_ms),
        }
    }

    /// How long events are stored.
    pub const fn event_retention(&self) -> Duration {
        Duration::from_secs(self.event_retention_seconds)
    }

    /// The longest time of a request.
    pub const fn request_timeout(&self) -> Duration {
        Duration::from_millis(self.request_timeout_ms)
    }
}
