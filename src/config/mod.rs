//! Every setting, its default and its check. In: a TOML file and `TESSERA__SECTION__KEY` variables, which win.
//! Out: a [`Config`] that holds together, or one sentence that says which key is wrong and how to mend it.

mod caching;
mod check;
mod connections;
mod documents;
mod load;
mod secret;
mod services;

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use serde::{Deserialize, Serialize};

use crate::{
    http::{Connections, Network},
    telemetry::Log,
};

pub use caching::{Caching, TagSeparator};
pub use connections::Cors;
pub use documents::Documents;
pub use load::{ConfigError, load};
pub use secret::Secret;
pub use services::Services;

/// All settings of the BFF.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// The front door.
    #[serde(default)]
    pub http: Http,
    /// Where the services are.
    pub services: Services,
    /// Limits of client connections.
    #[serde(default)]
    pub connections: Connections,
    /// The pages of other origins that may ask.
    #[serde(default)]
    pub cors: Cors,
    /// Whose tokens are taken.
    #[serde(default)]
    pub auth: Auth,
    /// How long anything may take.
    #[serde(default)]
    pub timeouts: Timeouts,
    /// How much a document may ask.
    #[serde(default)]
    pub limits: Limits,
    /// What callers may spend over time.
    #[serde(default)]
    pub budgets: Budgets,
    /// Which documents are answered.
    #[serde(default)]
    pub documents: Documents,
    /// Where metrics are read.
    #[serde(default)]
    pub metrics: Metrics,
    /// What caches in front are told.
    #[serde(default)]
    pub caching: Caching,
    /// What is logged, and how.
    #[serde(default)]
    pub log: Log,
}

impl Config {
    /// These services, and every setting as it is by default.
    pub fn of(services: Services) -> Self {
        Self {
            http: Http::default(),
            services,
            connections: Connections::default(),
            cors: Cors::default(),
            auth: Auth::default(),
            timeouts: Timeouts::default(),
            limits: Limits::default(),
            budgets: Budgets::default(),
            documents: Documents::default(),
            metrics: Metrics::default(),
            caching: Caching::default(),
            log: Log::default(),
        }
    }
}

/// The front door.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Http {
    /// Address and port to listen on.
    pub listen: SocketAddr,
    /// The largest request body, in bytes.
    pub max_body_bytes: usize,
    /// Bytes held of bodies that are still arriving, all together; more than that are refused with 503.
    pub max_bodies_bytes: usize,
    /// Addresses and networks of proxies whose `X-Forwarded-For` is trusted.
    pub trusted_proxies: Vec<Network>,
    /// Milliseconds from SIGTERM until no more connections are taken: `/readyz` says 503 meanwhile.
    pub linger_ms: u64,
    /// Seconds that requests under way get after SIGTERM.
    pub drain_seconds: u64,
    /// Operations executed at a time; more than that are refused with 503.
    pub max_running: usize,
    /// Whether this is `tessera dev`, which shows more. No setting: that verb says so, and nothing else.
    #[serde(skip)]
    pub development: bool,
}

/// Whose tokens are taken. The keys come from the user service's `/.well-known/jwks.json`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Auth {
    /// The `iss` claim.
    pub issuer: String,
    /// The `aud` claim.
    pub audience: String,
}

/// How long anything may take, in milliseconds.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Timeouts {
    /// Connecting to a service.
    pub connect_ms: u64,
    /// One call to a service.
    pub call_ms: u64,
    /// A whole request.
    pub request_ms: u64,
}

/// How much a document may ask; checked before anything runs.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Limits {
    /// Levels of fields once fragments are in place, introspection aside.
    pub max_depth: usize,
    /// Aliases in a document.
    pub max_aliases: usize,
    /// Directives in a document.
    pub max_directives: usize,
    /// Fields at the root of an operation.
    pub max_root_fields: usize,
    /// What an operation may cost: see `@cost` and `@listSize` in the schema.
    pub max_cost: u64,
    /// Lexical tokens of a document.
    pub max_tokens: usize,
    /// Nesting of a document's selections, lists and objects, and of the variables. The engine recurses: see
    /// `server::runtime` for the stack that goes with it.
    pub max_nesting: usize,
    /// Fields of an operation once its fragments are in place.
    pub max_fields: usize,
    /// Bytes of text that people wrote in one answer: cost does not see how long it is.
    pub max_answer_text: usize,
    /// Memory for documents that were judged before, in bytes.
    pub document_cache_bytes: u64,
}

/// What a caller may spend over time, in cost: a bucket for each user, or for each network of anonymous clients.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Budgets {
    /// Whether an empty bucket refuses, or is only counted in the log.
    pub mode: BudgetMode,
    /// What a full bucket holds.
    pub capacity: u64,
    /// How much flows in a second.
    pub per_second: u64,
}

/// What an empty bucket does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BudgetMode {
    /// Refuses with 429.
    Enforce,
    /// Lets through; the request's log line says `overdrawn`.
    Measure,
}

impl Default for Budgets {
    fn default() -> Self {
        Self { mode: BudgetMode::Enforce, capacity: 40_000, per_second: 4_000 }
    }
}

/// Where metrics are read, in Prometheus' text format.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Metrics {
    /// Address and port of their own, which clients cannot reach; none by default.
    pub listen: Option<SocketAddr>,
}

impl Default for Http {
    fn default() -> Self {
        Self {
            listen: SocketAddr::new(IpAddr::V4(Ipv4Addr::UNSPECIFIED), 4000),
            max_body_bytes: 256 * 1024,
            max_bodies_bytes: 64 * 1024 * 1024,
            trusted_proxies: Vec::new(),
            linger_ms: 500,
            drain_seconds: 10,
            max_running: 1_000,
            development: false,
        }
    }
}

impl Default for Auth {
    fn default() -> Self {
        Self { issuer: "tessera".into(), audience: "tessera".into() }
    }
}

impl Default for Timeouts {
    fn default() -> Self {
        Self { connect_ms: 250, call_ms: 1_000, request_ms: 5_000 }
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            max_depth: 12,
            max_aliases: 30,
            max_directives: 20,
            max_root_fields: 10,
            max_cost: 2_000,
            max_tokens: 2_000,
            max_nesting: 48,
            max_fields: 2_000,
            max_answer_text: 8 * 1024 * 1024,
            document_cache_bytes: 64 * 1024 * 1024,
        }
    }
}
