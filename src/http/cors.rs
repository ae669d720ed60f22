//! Which pages of other origins may ask (CORS, Fetch standard). In: the origins that are listed. Out: the layer that
//! answers preflights and marks answers; without origins nothing is marked, and a preflight is any other method.

use std::time::Duration;

use axum::http::HeaderValue;
use http::{
    HeaderName, Method,
    header::{ORIGIN, RETRY_AFTER},
};
use tower_http::cors::{AllowHeaders, AllowOrigin, Any, CorsLayer, ExposeHeaders};

use super::response::REQUEST_ID;

/// The pages of other origins that may ask.
#[derive(Clone, Debug, Default)]
pub struct Cors {
    /// Origins, or `*` alone.
    pub origins: Vec<String>,
    /// Whether browsers may send what they keep for us.
    pub credentials: bool,
    /// How long a browser may remember that it may.
    pub max_age: Duration,
}

/// Headers that pages may read beyond the few they always may.
const EXPOSED: [HeaderName; 5] = [
    REQUEST_ID,
    RETRY_AFTER,
    HeaderName::from_static("x-ratelimit-limit"),
    HeaderName::from_static("x-ratelimit-remaining"),
    HeaderName::from_static("x-ratelimit-reset"),
];

impl Cors {
    /// As a layer; `None` if no origin is listed.
    pub fn layer(&self) -> Option<CorsLayer> {
        if self.origins.is_empty() {
            return None;
        }
        let layer = CorsLayer::new()
            .allow_methods([Method::GET, Method::POST])
            // Whose pages may ask at all may name any header: none of them is trusted for its being there.
            .allow_headers(AllowHeaders::mirror_request())
            .expose_headers(ExposeHeaders::list(EXPOSED))
            .max_age(self.max_age);
        if self.origins.iter().any(|origin| origin == "*") {
            return Some(layer.allow_origin(Any).vary([]));
        }
        let origins = self.origins.iter().filter_map(|origin| HeaderValue::from_str(origin).ok());
        Some(layer.allow_origin(AllowOrigin::list(origins)).allow_credentials(self.credentials).vary([ORIGIN]))
    }
}
