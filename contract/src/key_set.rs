//! The public keys that sign tokens (JWKS, RFC 7517), as somebody who verifies them keeps them: fetched when first
//! needed, fetched again when a token names a key we do not know (at most every 10 s), and kept while the user service is down.

use std::{
    collections::HashMap,
    future::Future,
    pin::Pin,
    sync::{Arc, RwLock},
    time::Duration,
};

pub use jsonwebtoken::jwk::JwkSet;
use jsonwebtoken::{
    DecodingKey,
    jwk::{AlgorithmParameters, EllipticCurve},
};
use tokio::{sync::Mutex, time::Instant};

/// How often an unknown key id may make us ask again.
pub const REFRESH_INTERVAL: Duration = Duration::from_secs(10);

/// Fetches the current key set; the error is for the log.
pub type KeySource = Box<dyn Fn() -> Pin<Box<dyn Future<Output = Result<JwkSet, String>> + Send>> + Send + Sync>;

/// The last good key set, and where the next comes from.
pub struct KeySet {
    source: KeySource,
    keys: RwLock<Option<Arc<HashMap<String, DecodingKey>>>>,
    /// When the source was last asked; held while asking, so that it is asked once however many wait.
    asked: Mutex<Option<Instant>>,
}

/// What is known of a key id.
pub(crate) enum Lookup {
    Known(DecodingKey),
    Unknown,
    /// No key set was ever fetched: nobody can say whether a token is good.
    Unavailable,
}

impl KeySet {
    /// A key set that asks `source` when it needs to.
    pub fn new(source: KeySource) -> Self {
        Self { source, keys: RwLock::new(None), asked: Mutex::new(None) }
    }

    pub(crate) async fn key(&self, id: &str) -> Lookup {
        let known =
            |keys: &Option<Arc<HashMap<String, DecodingKey>>>| keys.as_ref().is_some_and(|keys| keys.contains_key(id));
        self.refresh(known).await;
        match self.current() {
            None => Lookup::Unavailable,
            Some(keys) => keys.get(id).cloned().map_or(Lookup::Unknown, Lookup::Known),
        }
    }

    fn current(&self) -> Option<Arc<HashMap<String, DecodingKey>>> {
        self.keys.read().unwrap_or_else(std::sync::PoisonError::into_inner).clone()
    }

    /// Asks the source unless what we have is `enough`, or we asked less than [`REFRESH_INTERVAL`] ago.
    async fn refresh(&self, enough: impl Fn(&Option<Arc<HashMap<String, DecodingKey>>>) -> bool) {
        if enough(&self.current()) {
            return;
        }
        let mut asked = self.asked.lock().await;
        // Somebody else may have asked while we waited for the lock.
        let recently = asked.is_some_and(|then| then.elapsed() < REFRESH_INTERVAL);
        // With no keys at all every request fails: then a second is long enough to wait.
        let eager = self.current().is_none() && asked.is_none_or(|then| then.elapsed() >= Duration::from_secs(1));
        if enough(&self.current()) || (recently && !eager) {
            return;
        }
        let fetched = (self.source)().await;
        *asked = Some(Instant::now());
        match fetched {
            Ok(set) => {
                let keys = set.keys.iter().filter_map(signing_key).collect();
                *self.keys.write().unwrap_or_else(std::sync::PoisonError::into_inner) = Some(Arc::new(keys));
            }
            Err(error) => tracing::warn!(error, "the key set could not be fetched; the last good one is kept"),
        }
    }
}

/// The key and its id, if it is an Ed25519 public key (RFC 8037); others are none of ours.
fn signing_key(jwk: &jsonwebtoken::jwk::Jwk) -> Option<(String, DecodingKey)> {
    let id = jwk.common.key_id.clone()?;
    match &jwk.algorithm {
        AlgorithmParameters::OctetKeyPair(parameters) if parameters.curve == EllipticCurve::Ed25519 => {
            Some((id, DecodingKey::from_ed_components(&parameters.x).ok()?))
        }
        _ => None,
    }
}
