//! Refresh tokens: 256 random bits, stored as a hash only. A spent token's successor is made from the token and a salt
//! that is stored, so that a repeated refresh has the same answer; the database alone does not reveal a token.

use std::{fmt::Write, str::FromStr};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD as BASE64};
use sha2::{Digest, Sha256};

/// A refresh token, valid once. Not `Debug`, because it is a secret.
pub(crate) struct RefreshToken([u8; 32]);

/// Text that is not a refresh token.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RefreshTokenError;

impl RefreshToken {
    /// The first token of a session.
    pub(crate) fn random() -> Self {
        Self(rand::random())
    }

    /// The token as text, for the response.
    pub(crate) fn text(&self) -> String {
        BASE64.encode(self.0)
    }

    /// The stored hash: SHA-256 in hex. A slow hash is not needed for 256 random bits.
    pub(crate) fn hash(&self) -> String {
        let mut hex = String::with_capacity(64);
        for byte in Sha256::digest(self.0) {
            // Writing to a String does not fail.
            let _ = write!(hex, "{byte:02x}");
        }
        hex
    }

    /// The next token of the session. The secret is hashed last, which rules out length extension.
    pub(crate) fn successor(&self, salt: &str) -> Self {
        let digest = Sha256::new().chain_update("the successor of a refresh token").chain_update(salt);
        Self(digest.chain_update(self.0).finalize().into())
    }
}

impl FromStr for RefreshToken {
    type Err = RefreshTokenError;

    fn from_str(text: &str) -> Result<Self, RefreshTokenError> {
        let bytes = BASE64.decode(text).map_err(|_| RefreshTokenError)?;
        bytes.try_into().map(Self).map_err(|_| RefreshTokenError)
    }
}

/// 128 random bits as text: the id of a session, a salt.
pub(crate) fn random_text() -> String {
    BASE64.encode(rand::random::<[u8; 16]>())
}
