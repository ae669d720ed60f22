//! The API keys of the BFF. In: a request's `X-Api-Key`. Out: whether the key is valid; an unknown key is logged as a
//! warning, because the responses do not show the misconfiguration.

use std::{
    str::FromStr,
    time::{Duration, Instant},
};

use http::HeaderValue;
use parking_lot::Mutex;
use sha2::{Digest, Sha256};

/// The shortest time between two warnings: a client with wrong keys must not fill the log.
const WARNING_INTERVAL: Duration = Duration::from_secs(10);

/// The SHA-256 of a valid API key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ApiKeyHash([u8; 32]);

/// Text that is not the hash of an API key.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("expected the 64 hex digits of a SHA-256")]
pub struct ApiKeyHashError;

/// The valid API keys of a service.
pub(crate) struct ApiKeys {
    hashes: Vec<ApiKeyHash>,
    warned: Mutex<Option<Instant>>,
}

impl ApiKeyHash {
    /// The hash of `key`.
    pub fn of(key: &str) -> Self {
        Self::of_bytes(key.as_bytes())
    }

    fn of_bytes(key: &[u8]) -> Self {
        Self(Sha256::digest(key).into())
    }

    /// Compared in constant time: how many bytes match must not be measurable by time.
    fn matches(&self, other: &Self) -> bool {
        self.0.iter().zip(other.0).fold(0, |difference, (a, b)| difference | (a ^ b)) == 0
    }
}

impl FromStr for ApiKeyHash {
    type Err = ApiKeyHashError;

    fn from_str(text: &str) -> Result<Self, ApiKeyHashError> {
        let mut hash = [0; 32];
        if text.len() != 64 || !text.is_ascii() {
            return Err(ApiKeyHashError);
        }
        for (index, byte) in hash.iter_mut().enumerate() {
            *byte = u8::from_str_radix(&text[index * 2..index * 2 + 2], 16).map_err(|_| ApiKeyHashError)?;
        }
        Ok(Self(hash))
    }
}

impl ApiKeys {
    pub(crate) const fn new(hashes: Vec<ApiKeyHash>) -> Self {
        Self { hashes, warned: Mutex::new(None) }
    }

    /// Whether `key` is valid.
    pub(super) fn contains(&self, key: &HeaderValue, now: Instant) -> bool {
        let shown = ApiKeyHash::of_bytes(key.as_bytes());
        let is_known = self.hashes.iter().fold(false, |found, hash| found | hash.matches(&shown));
        if !is_known && self.may_warn(now) {
            tracing::warn!(
                "unknown X-Api-Key; if the BFF sent it, all its callers share the rate limit of one address"
            );
        }
        is_known
    }

    fn may_warn(&self, now: Instant) -> bool {
        let mut warned = self.warned.lock();
        let is_due = warned.is_none_or(|then| now.saturating_duration_since(then) >= WARNING_INTERVAL);
        if is_due {
            *warned = Some(now);
        }
        is_due
    }
}

#[cfg(test)]
mod tests {
    use std::{io, sync::Arc};

    use super::*;

    #[derive(Clone, Default)]
    struct Log(Arc<Mutex<Vec<u8>>>);

    impl io::Write for Log {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    impl Log {
        fn text(&self) -> String {
            String::from_utf8(self.0.lock().clone()).unwrap()
        }
    }

    #[test]
    fn an_unknown_key_is_logged_at_most_every_10_seconds_without_its_text() {
        let (log, start) = (Log::default(), Instant::now());
        let writer = log.clone();
        let subscriber = tracing_subscriber::fmt().with_writer(move || writer.clone()).finish();
        let keys = ApiKeys::new(vec![ApiKeyHash::of("old"), ApiKeyHash::of("new")]);
        let is_valid = |key: &'static str, seconds| {
            keys.contains(&HeaderValue::from_static(key), start + Duration::from_secs(seconds))
        };
        tracing::subscriber::with_default(subscriber, || {
            assert!(is_valid("old", 0) && is_valid("new", 0));
            assert_eq!(log.text(), "");
            for (seconds, warnings) in [(0, 1), (9, 1), (10, 2), (11, 2), (20, 3)] {
                assert!(!is_valid("mistaken", seconds));
                assert_eq!(log.text().matches("WARN").count(), warnings, "after {seconds} s");
            }
        });
        assert!(!log.text().contains("mistaken"));
    }
}
