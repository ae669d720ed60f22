//! Valid, expired, forged and foreign tokens, and key sets that are late, rotated or unavailable.

use std::{collections::VecDeque, sync::Arc, time::Duration};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD as BASE64};
use ed25519_dalek::{SigningKey, pkcs8::EncodePrivateKey};
use jsonwebtoken::{EncodingKey, Header, encode, jwk::JwkSet};
use parking_lot::Mutex;

use super::*;

const NOW: i64 = 1_800_000_000;

struct Signer(SigningKey, &'static str);

impl Signer {
    fn new(seed: u8, kid: &'static str) -> Self {
        Self(SigningKey::from_bytes(&[seed; 32]), kid)
    }

    fn jwk(&self) -> serde_json::Value {
        serde_json::json!({"kty": "OKP", "crv": "Ed25519", "use": "sig", "alg": "EdDSA", "kid": self.1,
            "x": BASE64.encode(self.0.verifying_key().as_bytes())})
    }

    fn sign(&self, claims: &serde_json::Value) -> String {
        let header = Header { kid: Some(self.1.into()), ..Header::new(Algorithm::EdDSA) };
        let key = EncodingKey::from_ed_der(self.0.to_pkcs8_der().unwrap().as_bytes());
        encode(&header, claims, &key).unwrap()
    }
}

fn claims() -> serde_json::Value {
    let user = UserId::from_parts(Time::from_millis(1), 7);
    serde_json::json!({"iss": "tessera", "aud": "tessera", "sub": user, "roles": ["member"], "sid": "s",
        "iat": NOW, "nbf": NOW, "exp": NOW + 900})
}

fn with(name: &str, value: impl Into<serde_json::Value>) -> serde_json::Value {
    let mut claims = claims();
    claims[name] = value.into();
    claims
}

/// A verifier whose source returns these key sets in turn, then fails; and the number of fetches.
fn verifier(answers: Vec<Vec<&Signer>>) -> (TokenVerifier, Clock, Arc<Mutex<usize>>) {
    let sets: VecDeque<serde_json::Value> = answers
        .into_iter()
        .map(|signers| serde_json::json!({"keys": signers.iter().map(|s| s.jwk()).collect::<Vec<_>>()}))
        .collect();
    let (sets, asked) = (Mutex::new(sets), Arc::new(Mutex::new(0)));
    let counter = Arc::clone(&asked);
    let source: KeySource = Box::new(move || {
        *counter.lock() += 1;
        let next = sets.lock().pop_front();
        Box::pin(async move {
            next.map(|set| serde_json::from_value::<JwkSet>(set).unwrap()).ok_or_else(|| "down".to_owned())
        })
    });
    let clock = Clock::fixed(Time::from_millis(NOW * 1000));
    (TokenVerifier::new("tessera", "tessera", source, clock.clone()), clock, asked)
}

#[tokio::test(start_paused = true)]
async fn a_good_token_is_verified_once_and_kept_until_it_ends() {
    let signer = Signer::new(1, "k1");
    let (verifier, clock, asked) = verifier(vec![vec![&signer]]);
    let token = signer.sign(&claims());
    for _ in 0..3 {
        assert_eq!(verifier.verify(&token).await.unwrap().roles, [Role::Member]);
    }
    assert_eq!(*asked.lock(), 1);
    clock.advance(Duration::from_secs(900 + 29));
    assert!(verifier.verify(&token).await.is_ok(), "within the leeway");
    clock.advance(Duration::from_secs(1));
    assert_eq!(verifier.verify(&token).await.unwrap_err(), TokenError::Expired);
}

#[tokio::test(start_paused = true)]
async fn what_is_forged_foreign_or_early_is_refused() {
    let (ours, theirs) = (Signer::new(1, "k1"), Signer::new(2, "k1"));
    let (verifier, _, _) = verifier(vec![vec![&ours]]);
    let good = ours.sign(&claims());
    let (body, signature) = good.rsplit_once('.').unwrap();
    let none = format!("{}.{}.", BASE64.encode(r#"{"alg":"none","kid":"k1"}"#), body.split_once('.').unwrap().1);
    let hs256 = encode(
        &Header { kid: Some("k1".into()), ..Header::new(Algorithm::HS256) },
        &claims(),
        &EncodingKey::from_secret(ours.0.verifying_key().as_bytes()),
    );
    for (what, token) in [
        ("signed by another key of the same id", theirs.sign(&claims())),
        ("of another issuer", ours.sign(&with("iss", "evil"))),
        ("for another audience", ours.sign(&with("aud", "other"))),
        ("not good yet", ours.sign(&with("nbf", NOW + 31))),
        ("without an end", ours.sign(&with("exp", serde_json::Value::Null))),
        ("of a subject that is no user", ours.sign(&with("sub", "pst_x"))),
        ("with a changed body", format!("{}x.{signature}", body)),
        ("unsigned", none),
        ("signed with the public key as a secret", hs256.unwrap()),
        ("no token", "nonsense".into()),
        ("too long", "x".repeat(MAX_TOKEN_BYTES + 1)),
    ] {
        assert_eq!(verifier.verify(&token).await.unwrap_err(), TokenError::Invalid, "{what}");
    }
    assert_eq!(verifier.verify(&ours.sign(&with("exp", NOW - 30))).await.unwrap_err(), TokenError::Expired);
    assert!(verifier.verify(&ours.sign(&with("nbf", NOW + 30))).await.is_ok(), "within the leeway");
}

#[tokio::test(start_paused = true)]
async fn an_unknown_key_is_asked_for_at_most_every_ten_seconds() {
    let (old, new) = (Signer::new(1, "k1"), Signer::new(2, "k2"));
    let (verifier, _, asked) = verifier(vec![vec![&old], vec![&old, &new]]);
    assert!(verifier.verify(&old.sign(&claims())).await.is_ok());
    let rotated = new.sign(&claims());
    for _ in 0..5 {
        assert_eq!(verifier.verify(&rotated).await.unwrap_err(), TokenError::Invalid);
    }
    assert_eq!(*asked.lock(), 1);
    tokio::time::advance(REFRESH).await;
    assert!(verifier.verify(&rotated).await.is_ok());
    assert_eq!(*asked.lock(), 2);
}

#[tokio::test(start_paused = true)]
async fn the_last_good_keys_are_kept_while_the_source_is_down_but_none_is_neither_good_nor_bad() {
    let (known, unknown) = (Signer::new(1, "k1"), Signer::new(2, "k2"));
    let (verifier, _, _) = verifier(vec![vec![&known]]);
    assert!(verifier.verify(&known.sign(&claims())).await.is_ok());
    tokio::time::advance(REFRESH).await;
    assert_eq!(verifier.verify(&unknown.sign(&claims())).await.unwrap_err(), TokenError::Invalid);
    assert!(verifier.verify(&known.sign(&with("sid", "another"))).await.is_ok());

    let (never, _, asked) = self::verifier(vec![]);
    assert_eq!(never.verify(&known.sign(&claims())).await.unwrap_err(), TokenError::KeysUnavailable);
    assert_eq!(never.verify(&known.sign(&claims())).await.unwrap_err(), TokenError::KeysUnavailable);
    assert_eq!(*asked.lock(), 1, "asked once a second at most while there are no keys");
}

const REFRESH: Duration = crate::key_set::REFRESH_INTERVAL;
