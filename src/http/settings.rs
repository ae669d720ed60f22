//! `[http]`: the listener's address, the limits on bodies and running operations, and how the server stops.

use std::{
    net::{IpAddr, Ipv4Addr, SocketAddr},
    time::Duration,
};

use serde::{Deserialize, Serialize};

use super::Network;
use crate::settings::{Between, Milliseconds, Seconds, UNBOUNDED};

/// `[http]`
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct HttpSettings {
    /// Address and port to listen on.
    pub listen: SocketAddr,
    /// Size limit of a request body, in bytes, compressed and decompressed.
    #[serde(with = "Between::<1_024, UNBOUNDED>")]
    pub max_body_bytes: usize,
    /// Size limit of all request bodies that are being received, in bytes. Exceeding it: 503.
    pub max_bodies_bytes: usize,
    /// Addresses and networks of proxies whose `X-Forwarded-For` is trusted.
    pub trusted_proxies: Vec<Network>,
    /// Time from SIGTERM, when `/readyz` becomes 503, until the listener closes.
    #[serde(rename = "linger_ms", with = "Milliseconds::<0, UNBOUNDED>")]
    pub linger: Duration,
    /// Time for requests in flight once the listener is closed.
    #[serde(rename = "drain_seconds", with = "Seconds::<0, UNBOUNDED>")]
    pub drain: Duration,
    /// Operations executed concurrently. Exceeding it: 503.
    #[serde(with = "Between::<1, UNBOUNDED>")]
    pub max_running: usize,
    /// Whether this is `tessera dev`, which serves the playground. Not a setting.
    #[serde(skip)]
    pub development: bool,
}

impl Default for HttpSettings {
    fn default() -> Self {
        Self {
            listen: SocketAddr::new(IpAddr::V4(Ipv4Addr::UNSPECIFIED), 4000),
            max_body_bytes: 256 * 1024,
            max_bodies_bytes: 64 * 1024 * 1024,
            trusted_proxies: Vec::new(),
            linger: Duration::from_secs(5),
            drain: Duration::from_secs(10),
            max_running: 1_000,
            development: false,
        }
    }
}
