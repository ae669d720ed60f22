//! The public keys that sign tokens (JWKS, RFC 7517), as somebody who verifies them keeps them: fetched at the start or
//! when first needed, fetched again when a token names a key we do not know (at most every 10 s), and kept while the user service is down.

use std::{collections::HashMap, future::Future, pin::Pin, sync::Arc, time::Duration};

pub use jsonwebtoken::jwk::JwkSet;
use jsonwebtoken::{
    DecodingKey,
    jwk::{AlgorithmParameters, EllipticCurve},
};
use parking_lot::RwLock;
use tokio::{sync::Mutex, time::Instant};

/// How often an unknown key id may make us ask again.
pub(crate) const REFRESH_INTERVAL: Duration = Duration::from_secs(10);

/// Fetches the current key set; the error is for the log.
pub type KeySource = Box<dyn Fn() -> Pin<Box<dyn Future<Output = Result<JwkSet, String>> + Send>> + Send + Sync>;

type Keys = Arc<HashMap<String, DecodingKey>>;

/// The last good key set, and where the next comes from.
pub(crate) struct KeySet {
    source: KeySource,
    keys: Arc<RwLock<Option<Keys>>>,
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
        Self { source, keys: Arc::default(), asked: Mutex::new(None) }
    }

    pub(crate) async fn key(&self, id: &str) -> Lookup {
        self.refresh(|keys| keys.is_some_and(|keys| keys.contains_key(id))).await;
        match self.current() {
            None => Lookup::Unavailable,
            Some(keys) => keys.get(id).cloned().map_or(Lookup::Unknown, Lookup::Known),
        }
    }

    /// Fetches the first key set, or has it; whether there is one then.
    pub(crate) async fn ensure(&self) -> bool {
        self.refresh(|keys| keys.is_some()).await;
        self.current().is_some()
    }

    fn current(&self) -> Option<Keys> {
        self.keys.read().clone()
    }

    /// Asks the source unless what we have is `enough`, or we asked less than [`REFRESH_INTERVAL`] ago.
    async fn refresh(&self, enough: impl Fn(Option<&Keys>) -> bool) {
        if enough(self.current().as_ref()) {
            return;
        }
        let mut asked = self.asked.lock().await;
        // Somebody else may have asked while we waited for the lock.
        let recently = asked.is_some_and(|then| then.elapsed() < REFRESH_INTERVAL);
        // With no keys at all every request fails: then a second is long enough to wait.
        let eager = self.current().is_none() && asked.is_none_or(|then| then.elapsed() >= Duration::from_secs(1));
        if enough(self.current().as_ref()) || (recently && !eager) {
            return;
        }
        *asked = Some(Instant::now());
        let (fetch, kept) = ((self.source)(), Arc::clone(&self.keys));
        // In a task of its own: a waiting client that disconnects must neither cancel the fetch nor cause another one.
        let fetched = tokio::spawn(async move {
            match fetch.await {
                Ok(set) => {
                    let keys = set.keys.iter().filter_map(signing_key).collect();
                    *kept.write() = Some(Arc::new(keys));
                }
                Err(error) => tracing::warn!(error, "the key set could not be fetched; the last good one is kept"),
            }
        });
        let _ = fetched.await;
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
