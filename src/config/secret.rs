//! The API key: never shown, neither in logs nor in errors nor by `tessera config print`.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};

/// Bytes that a key has at least.
const MIN_BYTES: usize = 16;

/// A text that is written as asterisks.
#[derive(Clone)]
pub struct Secret(String);

impl Secret {
    /// A secret of that text.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text.
    pub(crate) fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("********")
    }
}

impl Serialize for Secret {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str("********")
    }
}

impl<'de> Deserialize<'de> for Secret {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let key = String::deserialize(deserializer)?;
        let is_visible = key.trim() == key && key.bytes().all(|byte| (b' '..=b'~').contains(&byte));
        let problem = "must be 16 or more visible ASCII characters, without white space around them";
        if is_visible && key.len() >= MIN_BYTES { Ok(Self(key)) } else { Err(D::Error::custom(problem)) }
    }
}
