//! Refresh tokens: 256 random bits, stored as a hash only. A spent token's successor is made from the token and a salt
//! that is stored: whoever shows the token again in time gets the same answer, and the database alone gives no token.

use std::{fmt::Write, str::FromStr};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD as BASE64};
use sha2::{Digest, Sha256};

/// Good for one refresh. Not `Debug`: it is never shown but to its owner.
pub(crate) struct RefreshToken([u8; 32]);

/// Text that is no refresh token of ours.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RefreshTokenError;

impl RefreshToken {
    /// The first of a session.
    pub(crate) fn random() -> Self {
        Self(rand::random())
    }

    /// As its owner gets it.
    pub(crate) fn text(&self) -> String {
        BASE64.encode(self.0)
    }

    /// As it is stored: SHA-256, in hex. Nothing slower is needed for what cannot be guessed.
    pub(crate) fn hash(&self) -> String {
        let mut hex = String::with_capacity(64);
        for byte in Sha256::digest(self.0) {
            // Writing to a String does not fail.
            let _ = write!(hex, "{byte:02x}");
        }
        hex
    }

    /// The one that follows. The secret comes last, so that no part of the answer can be lengthened into another.
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
