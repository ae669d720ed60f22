//! Handles: 3 to 30 ASCII letters, digits and `_`, compared without letter case. In: text of a client. Out: a handle, or the
//! reason why it is invalid.

use std::{fmt, str::FromStr};

/// A handle, in its original letter case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Handle(String);

/// Text that is not a handle.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be 3 to 30 letters a-z, digits or underscores")]
pub struct HandleError;

impl Handle {
    /// The handle in lower case, for comparison.
    pub fn key(&self) -> String {
        self.0.to_ascii_lowercase()
    }
}

impl FromStr for Handle {
    type Err = HandleError;

    fn from_str(text: &str) -> Result<Self, HandleError> {
        let plain = text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
        if (3..=30).contains(&text.len()) && plain { Ok(Self(text.to_owned())) } else { Err(HandleError) }
    }
}

impl fmt::Display for Handle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn handles_are_plain_and_compare_without_case() {
        assert_eq!("Ada_L".parse::<Handle>().unwrap().key(), "ada_l");
        for hostile in ["ab", "a b", "ada\u{202e}", "ada\0", "аda", "", &"a".repeat(31), "ada\n"] {
            assert_eq!(hostile.parse::<Handle>(), Err(HandleError), "{hostile:?}");
        }
    }
}
