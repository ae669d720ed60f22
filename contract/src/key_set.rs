//! The public keys of a token verifier (JWKS, RFC 7517): fetched at the start or on first use, fetched again when a token
//! has an unknown key id (at most every 10 s), and used on while the user service is down.

use std::{collections::HashMap, future::Future, pin::Pin, sync::Arc, time::Duration};

pub use jsonwebtoken::jwk::JwkSet;
use jsonwebtoken::{
    DecodingKey,
    jwk::{AlgorithmParameters, EllipticCurve},
};
use parking_lot::RwLock;
use tokio::{sync::Mutex, time::Instant};

/// The shortest time between two fetches.
pub(crate) const REFRESH_INTERVAL: Duration = Duration::from_secs(10);

/// Fetches the current key set; the error is logged.
pub type KeySource = Box<dyn Fn() -> Pin<Box<dyn Future<Output = Result<JwkSet, String>> + Send>> + Send + Sync>;

type Keys = Arc<HashMap<String, DecodingKey>>;

/// The last fetched key set, and its source.
pub(crate) struct KeySet {
    source: KeySource,
    keys: Arc<RwLock<Option<Keys>>>,
    /// The time of the last fetch; locked during a fetch, so that concurrent requests cause one.
    fetched_at: Mutex<Option<Instant>>,
}

/// The result of looking a key id up.
pub(crate) enum Lookup {
    Known(DecodingKey),
    Unknown,
    /// No key set was fetched yet: tokens cannot be verified.
    Unavailable,
}

impl KeySet {
    /// A key set that is fetched from `source` when needed.
    pub fn new(source: KeySource) -> Self {
        Self { source, keys: Arc::default(), fetched_at: Mutex::new(None) }
    }

    pub(crate) async fn key(&self, id: &str) -> Lookup {
        self.refresh(|keys| keys.is_some_and(|keys| keys.contains_key(id))).await;
        match self.current() {
            None => Lookup::Unavailable,
            Some(keys) => keys.get(id).cloned().map_or(Lookup::Unknown, Lookup::Known),
        }
    }

    /// Fetches the key set if there is none; whether there is one then.
    pub(crate) async fn ensure(&self) -> bool {
        self.refresh(|keys| keys.is_some()).await;
        self.current().is_some()
    }

    fn current(&self) -> Option<Keys> {
        self.keys.read().clone()
    }

    /// Fetches the key set unless the current one is `enough`, or the last fetch is less than [`REFRESH_INTERVAL`] ago.
    async fn refresh(&self, enough: impl Fn(Option<&Keys>) -> bool) {
        if enough(self.current().as_ref()) {
            return;
        }
        let mut fetched_at = self.fetched_at.lock().await;
        // Another task may have fetched during the wait for the lock.
        let recently = fetched_at.is_some_and(|then| then.elapsed() < REFRESH_INTERVAL);
        // Without keys every request fails, so that a fetch is due after a second.
        let eager = self.current().is_none() && fetched_at.is_none_or(|then| then.elapsed() >= Duration::from_secs(1));
        if enough(self.current().as_ref()) || (recently && !eager) {
            return;
        }
        *fetched_at = Some(Instant::now());
        let (fetch, keys) = ((self.source)(), Arc::clone(&self.keys));
        // In a task of its own: a cancelled request must not cancel the fetch.
        let fetched = tokio::spawn(async move {
            match fetch.await {
                Ok(set) => {
                    let set = set.keys.iter().filter_map(signing_key).collect();
                    *keys.write() = Some(Arc::new(set));
                }
                Err(error) => tracing::warn!(error, "the key set could not be fetched; the last one stays in use"),
            }
        });
        let _ = fetched.await;
    }
}

/// The key and its id, if it is an Ed25519 public key (RFC 8037); other keys are ignored.
fn signing_key(jwk: &jsonwebtoken::jwk::Jwk) -> Option<(String, DecodingKey)> {
    let id = jwk.common.key_id.clone()?;
    match &jwk.algorithm {
        AlgorithmParameters::OctetKeyPair(parameters) if parameters.curve == EllipticCurve::Ed25519 => {
            Some((id, DecodingKey::from_ed_components(&parameters.x).ok()?))
        }
        _ => None,
    }
}
