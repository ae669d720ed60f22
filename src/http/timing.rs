//! `Server-Timing` (W3C Server Timing). In: the duration of a request, and the part of it that was spent waiting for services.
//! Out: the header, in milliseconds.

use std::time::Duration;

use http::{HeaderMap, HeaderName, HeaderValue};

const SERVER_TIMING: HeaderName = HeaderName::from_static("server-timing");

/// Writes `services;dur=…, tessera;dur=…`.
pub(super) fn write(headers: &mut HeaderMap, whole: Duration, services: Duration) {
    let milliseconds = |time: Duration| time.as_secs_f64() * 1000.0;
    let own = whole.saturating_sub(services);
    let timing = format!("services;dur={:.3}, tessera;dur={:.3}", milliseconds(services), milliseconds(own));
    if let Ok(timing) = HeaderValue::from_str(&timing) {
        headers.insert(SERVER_TIMING, timing);
    }
}
