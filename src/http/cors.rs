//! Cross-origin requests (CORS, Fetch standard). In: the origins of `[cors]`. Out: the layer that answers preflights and adds
//! the `Access-Control-…` headers. Without origins there is no layer, and a preflight is answered like any other method.

use std::time::Duration;

use http::{
    HeaderName, Method,
    header::{ORIGIN, RETRY_AFTER},
};
use serde::{Deserialize, Serialize};
use tower_http::cors::{AllowHeaders, AllowOrigin, Any, CorsLayer, ExposeHeaders};

use super::{response::REQUEST_ID, streaming};
use crate::settings::{Origin, Seconds, UNBOUNDED};

/// `[cors]`
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Cors {
    /// Origins such as `https://app.example.com`, or `*` alone for all. None by default.
    pub origins: Vec<Origin>,
    /// `Access-Control-Allow-Credentials`; not with `*`.
    pub credentials: bool,
    /// `Access-Control-Max-Age`.
    #[serde(rename = "max_age_seconds", with = "Seconds::<0, UNBOUNDED>")]
    pub max_age: Duration,
}

impl Default for Cors {
    fn default() -> Self {
        Self { origins: Vec::new(), credentials: false, max_age: Duration::from_secs(3_600) }
    }
}

/// `Access-Control-Expose-Headers`.
const EXPOSED: [HeaderName; 6] = [
    REQUEST_ID,
    streaming::CURSOR,
    RETRY_AFTER,
    HeaderName::from_static("x-ratelimit-limit"),
    HeaderName::from_static("x-ratelimit-remaining"),
    HeaderName::from_static("x-ratelimit-reset"),
];

impl Cors {
    /// Whether all origins are allowed.
    pub(crate) fn allows_all(&self) -> bool {
        self.origins.iter().any(Origin::is_wildcard)
    }

    /// Whether pages of that origin may read responses.
    pub(super) fn allows(&self, origin: &str) -> bool {
        self.allows_all() || self.origins.iter().filter_map(Origin::header_value).any(|allowed| allowed == origin)
    }

    /// The layer; `None` without origins.
    pub(super) fn layer(&self) -> Option<CorsLayer> {
        if self.origins.is_empty() {
            return None;
        }
        let layer = CorsLayer::new()
            .allow_methods([Method::GET, Method::POST])
            // No header grants anything by its presence, so pages of an allowed origin may send all of them.
            .allow_headers(AllowHeaders::mirror_request())
            .expose_headers(ExposeHeaders::list(EXPOSED))
            .max_age(self.max_age);
        if self.allows_all() {
            return Some(layer.allow_origin(Any).vary([]));
        }
        let origins = self.origins.iter().filter_map(Origin::header_value);
        Some(layer.allow_origin(AllowOrigin::list(origins)).allow_credentials(self.credentials).vary([ORIGIN]))
    }
}
