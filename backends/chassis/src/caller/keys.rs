//! The keys by which a service knows the BFF. In: a request's `X-Api-Key`. Out: whether it is one of them; and a
//! warning for whoever runs the service when it is not, because the answers alone do not show it.

use std::{
    str::FromStr,
    time::{Duration, Instant},
};

use http::HeaderValue;
use parking_lot::Mutex;
use sha2::{Digest, Sha256};

/// Between two warnings lies that much time at least: strangers must not fill the log.
const QUIET: Duration = Duration::from_secs(10);

/// SHA-256 of a key that the BFF may show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ApiKeyHash([u8; 32]);

/// Text that is no hash of a key.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("expected the 64 hex digits of a SHA-256")]
pub struct ApiKeyHashError;

/// All of a service's.
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

    /// Compared in constant time: how many bytes match must not be measurable.
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

    /// Whether `key` is one of them.
    pub(super) fn know(&self, key: &HeaderValue, now: Instant) -> bool {
        let shown = ApiKeyHash::of_bytes(key.as_bytes());
        let is_known = self.hashes.iter().fold(false, |found, hash| found | hash.matches(&shown));
        if !is_known && self.may_warn(now) {
            tracing::warn!(
                "an unknown X-Api-Key was shown; if the BFF shows it, all its callers share the limit of one address"
            );
        }
        is_known
    }

    fn may_warn(&self, now: Instant) -> bool {
        let mut warned = self.warned.lock();
        let is_due = warned.is_none_or(|then| now.saturating_duration_since(then) >= QUIET);
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
    fn a_key_that_nobody_knows_is_warned_of_now_and_then_and_never_shown() {
        let (log, start) = (Log::default(), Instant::now());
        let writer = log.clone();
        let subscriber = tracing_subscriber::fmt().with_writer(move || writer.clone()).finish();
        let keys = ApiKeys::new(vec![ApiKeyHash::of("old"), ApiKeyHash::of("new")]);
        let know = |key: &'static str, seconds| {
            keys.know(&HeaderValue::from_static(key), start + Duration::from_secs(seconds))
        };
        tracing::subscriber::with_default(subscriber, || {
            assert!(know("old", 0) && know("new", 0));
            assert_eq!(log.text(), "");
            for (seconds, warnings) in [(0, 1), (9, 1), (10, 2), (11, 2), (20, 3)] {
                assert!(!know("mistaken", seconds));
                assert_eq!(log.text().matches("WARN").count(), warnings, "after {seconds} s");
            }
        });
        assert!(!log.text().contains("mistaken"));
    }
}
