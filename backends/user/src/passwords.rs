//! Password hashing with argon2id, on blocking threads and with bounded concurrency, so that log-ins cannot starve the
//! service. In: a password and the hash of the account, if it exists. Out: whether they match, after the same work in each
//! case.

use std::{collections::HashMap, net::IpAddr, sync::Arc};

use argon2::{
    Argon2,
    password_hash::{self, PasswordHasher, PasswordVerifier, phc::PasswordHash},
};
use chassis::{ApiError, Deadline};
use icu_normalizer::{ComposingNormalizerBorrowed, DecomposingNormalizerBorrowed};
use parking_lot::Mutex;
use prometheus_client::metrics::counter::Counter;
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    task::spawn_blocking,
    time::timeout_at,
};

/// The most requests that wait for a hash; the next is 503.
const MAX_WAITING: usize = 256;
/// The most of them from one network, so that one network cannot use all places.
const MAX_WAITING_OF_A_NETWORK: usize = 24;
/// A hash that no password has, verified when there is no account, so that the time is the same.
const DUMMY_HASH: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$bm9ib2R5J3Mgc2FsdCEhIQ$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// The scheduler of password hashes.
pub(crate) struct Passwords {
    turns: Arc<Semaphore>,
    waiting: Semaphore,
    networks: Mutex<HashMap<IpAddr, usize>>,
    computed: Counter,
}

/// A waiting place of a network, until it is dropped.
struct Place<'a> {
    networks: &'a Mutex<HashMap<IpAddr, usize>>,
    network: IpAddr,
}

/// The permission to compute one hash.
pub(crate) struct Turn {
    permit: OwnedSemaphorePermit,
    computed: Counter,
}

impl Passwords {
    /// Uses half of the CPUs at most; `computed` counts the hashes.
    pub(crate) fn new(computed: Counter) -> Self {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let turns = Arc::new(Semaphore::new((cores / 2).max(1)));
        Self { turns, waiting: Semaphore::new(MAX_WAITING), networks: Mutex::default(), computed }
    }

    /// Waits for a turn until the deadline; 503 if too many requests wait already, of this network or of all.
    pub(crate) async fn turn(&self, network: IpAddr, deadline: Deadline) -> Result<Turn, ApiError> {
        let full = || ApiError::unavailable("too many log-ins at the moment");
        let _place = self.place(network).ok_or_else(full)?;
        let _waiting = self.waiting.try_acquire().map_err(|_| full())?;
        let turn = timeout_at(deadline.instant(), Arc::clone(&self.turns).acquire_owned());
        let permit = turn.await.map_err(|_| ApiError::deadline_exceeded())?.map_err(ApiError::internal)?;
        Ok(Turn { permit, computed: self.computed.clone() })
    }

    fn place(&self, network: IpAddr) -> Option<Place<'_>> {
        let mut networks = self.networks.lock();
        let waiting = networks.entry(network).or_default();
        if *waiting >= MAX_WAITING_OF_A_NETWORK {
            return None;
        }
        *waiting += 1;
        Some(Place { networks: &self.networks, network })
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        let mut networks = self.networks.lock();
        if let Some(waiting) = networks.get_mut(&self.network) {
            *waiting -= 1;
            if *waiting == 0 {
                networks.remove(&self.network);
            }
        }
    }
}

impl Turn {
    /// The hash of a new password, in PHC string format.
    pub(crate) async fn hash(self, password: String) -> Result<String, ApiError> {
        self.run(move || hash(&password)).await?.map_err(ApiError::internal)
    }

    /// Whether `password` matches `hash`; without a hash it does not, after the same work. `found` is called before the
    /// next turn, even if the request has ended.
    pub(crate) async fn verify(
        self,
        password: String,
        hash: Option<String>,
        found: impl FnOnce(bool) + Send + 'static,
    ) -> Result<bool, ApiError> {
        let work = move || {
            let matches = verify(&password, hash.as_deref());
            found(matches);
            matches
        };
        self.run(work).await
    }

    /// The turn ends with the work, even if the request ends earlier.
    async fn run<T: Send + 'static>(self, work: impl FnOnce() -> T + Send + 'static) -> Result<T, ApiError> {
        let work = move || {
            let Self { permit, computed } = self;
            computed.inc();
            let result = work();
            drop(permit);
            result
        };
        spawn_blocking(work).await.map_err(ApiError::internal)
    }
}

/// The password as it is measured and hashed: every space is U+0020, composed characters are in normalization form C.
/// Keyboards and systems compose the same characters differently (RFC 8265, 4.2 OpaqueString; NIST SP 800-63B, 3.1.1.2).
pub(crate) fn normalized(password: &str) -> String {
    let is_space = |c: char| c.is_whitespace() && !c.is_control() && !matches!(c, '\u{2028}' | '\u{2029}');
    let spaced: String = password.chars().map(|c| if is_space(c) { ' ' } else { c }).collect();
    ComposingNormalizerBorrowed::new_nfc().normalize(&spaced).into_owned()
}

/// argon2id of the normalized password, with the crate's parameters: 19 MiB, two passes (OWASP's first choice), and a random
/// salt.
pub(crate) fn hash(password: &str) -> Result<String, password_hash::Error> {
    Ok(Argon2::default().hash_password(normalized(password).as_bytes())?.to_string())
}

/// The forms of a password under which it may have been hashed: normalized, and before passwords were normalized as it was
/// typed, composed or not. Most passwords have one form.
fn forms(password: &str) -> Vec<String> {
    let decomposed = DecomposingNormalizerBorrowed::new_nfd().normalize(password).into_owned();
    let mut forms = vec![normalized(password)];
    for form in [password.to_owned(), decomposed] {
        if !forms.contains(&form) {
            forms.push(form);
        }
    }
    forms
}

fn verify(password: &str, hash: Option<&str>) -> bool {
    let stored = hash.and_then(|hash| PasswordHash::new(hash).ok());
    let exists = stored.is_some();
    let Some(hash) = stored.or_else(|| PasswordHash::new(DUMMY_HASH).ok()) else { return false };
    // All forms are verified even after a match, so that the time reveals nothing.
    let matching = |form: &String| Argon2::default().verify_password(form.as_bytes(), &hash).is_ok();
    forms(password).iter().filter(|form| matching(form)).count() > 0 && exists
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_matches_its_own_hash_only() {
        let ada = hash("correct horse").unwrap();
        assert_ne!(ada, hash("correct horse").unwrap(), "salted");
        assert!(verify("correct horse", Some(&ada)));
        for (password, hash) in [("wrong horse", Some(ada.as_str())), ("", Some("")), ("correct horse", None)] {
            assert!(!verify(password, hash));
        }
    }

    #[test]
    fn a_password_is_the_same_however_its_characters_are_composed() {
        let (composed, decomposed) = ("h\u{f8}st\u{e9} \u{c5}ngstr\u{f6}m", "h\u{f8}ste\u{301} A\u{30a}ngstro\u{308}m");
        for (set, typed) in [(composed, decomposed), (decomposed, composed), ("8\u{a0}letters", "8 letters")] {
            assert!(verify(typed, Some(&hash(set).unwrap())), "{set} {typed}");
        }
        assert!(!verify("hoste Angstrom", Some(&hash(composed).unwrap())));
    }

    #[test]
    fn hashes_from_before_normalization_still_match() {
        let before = |password: &str| Argon2::default().hash_password(password.as_bytes()).unwrap().to_string();
        let (composed, decomposed) = ("passw\u{f6}rd", "passwo\u{308}rd");
        for hashed in [composed, decomposed] {
            for typed in [composed, decomposed] {
                assert!(verify(typed, Some(&before(hashed))));
            }
        }
    }

    /// The work is the same whether or not the account exists.
    #[test]
    fn nobodys_hash_costs_what_a_new_one_costs() {
        let (nobodys, new) = (PasswordHash::new(DUMMY_HASH).unwrap(), hash("a").unwrap());
        let new = PasswordHash::new(&new).unwrap();
        assert_eq!((nobodys.algorithm, nobodys.version), (new.algorithm, new.version));
        assert_eq!(nobodys.params, new.params);
        assert_eq!(nobodys.hash.unwrap().len(), new.hash.unwrap().len());
        assert_eq!(nobodys.salt.unwrap().len(), new.salt.unwrap().len());
    }
}
