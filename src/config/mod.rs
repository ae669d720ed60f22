//! The configuration of the BFF: all sections, read from a TOML file and from `TESSERA__SECTION__KEY` variables, which take
//! precedence. Each section's struct is beside the code that it sets. Reading yields a valid [`Config`], or one sentence
//! that names the wrong setting.

mod contradictions;
mod documents;
mod load;
mod secret;
mod services;
mod timeouts;

use serde::{Deserialize, Serialize};

use crate::{
    auth::AuthSettings,
    budgets::BudgetSettings,
    events::EventSettings,
    http::{CacheHeaders, ConnectionLimits, Cors, HttpSettings},
    operations::Limits,
    telemetry::{ListenerSettings, Log},
};

pub use documents::Documents;
pub use load::{ConfigError, load};
pub use secret::Secret;
pub use services::Services;
pub use timeouts::Timeouts;

/// All settings of the BFF.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// The HTTP server.
    #[serde(default)]
    pub http: HttpSettings,
    /// The services behind the BFF.
    pub services: Services,
    /// Client connections.
    #[serde(default)]
    pub connections: ConnectionLimits,
    /// Cross-origin requests.
    #[serde(default)]
    pub cors: Cors,
    /// Access tokens.
    #[serde(default)]
    pub auth: AuthSettings,
    /// Timeouts of requests and calls.
    #[serde(default)]
    pub timeouts: Timeouts,
    /// Limits of one operation.
    #[serde(default)]
    pub limits: Limits,
    /// Cost per caller over time.
    #[serde(default)]
    pub budgets: BudgetSettings,
    /// Trusted and other documents.
    #[serde(default)]
    pub documents: Documents,
    /// The listener for metrics.
    #[serde(default)]
    pub metrics: ListenerSettings,
    /// HTTP caching of public responses.
    #[serde(default)]
    pub caching: CacheHeaders,
    /// Live updates.
    #[serde(default)]
    pub events: EventSettings,
    /// The log.
    #[serde(default)]
    pub log: Log,
}

impl Config {
    /// The defaults, with these services.
    pub fn of(services: Services) -> Self {
        Self {
            http: HttpSettings::default(),
            services,
            connections: ConnectionLimits::default(),
            cors: Cors::default(),
            auth: AuthSettings::default(),
            timeouts: Timeouts::default(),
            limits: Limits::default(),
            budgets: BudgetSettings::default(),
            documents: Documents::default(),
            metrics: ListenerSettings::default(),
            caching: CacheHeaders::default(),
            events: EventSettings::default(),
            log: Log::default(),
        }
    }
}
