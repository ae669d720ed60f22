//! E-mail addresses of the common form, compared without letter case. In: text of a client. Out: an address in ASCII, or the
//! reason why it is invalid.

use std::{fmt, str::FromStr};

/// Longest address (RFC 5321, section 4.5.3.1.3: a path of 256 with its brackets).
pub(crate) const MAX_LENGTH: usize = 254;

/// An e-mail address, in its original letter case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Email(String);

/// Text that is not an e-mail address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be an e-mail address like name@example.com, of at most 254 characters")]
pub(crate) struct EmailError;

impl Email {
    /// The address in lower case, for comparison.
    pub(crate) fn key(&self) -> String {
        self.0.to_ascii_lowercase()
    }
}

impl FromStr for Email {
    type Err = EmailError;

    /// Accepts `dot-atom@domain` of RFC 5322, section 3.4.1; no quoted names, no address literals, no comments.
    fn from_str(text: &str) -> Result<Self, EmailError> {
        let (name, domain) = text.split_once('@').ok_or(EmailError)?;
        let atom = |b: u8| b.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~".contains(&b);
        let atoms = name.split('.').all(|part| !part.is_empty() && part.bytes().all(atom));
        let label = |part: &str| {
            let plain = part.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
            (1..=63).contains(&part.len()) && plain && !part.starts_with('-') && !part.ends_with('-')
        };
        let labels = domain.contains('.') && domain.split('.').all(label);
        let fits = text.len() <= MAX_LENGTH && name.len() <= 64;
        if fits && atoms && labels { Ok(Self(text.to_owned())) } else { Err(EmailError) }
    }
}

impl fmt::Display for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_addresses_are_taken_and_compare_without_case() {
        assert_eq!("Ada.L+x@Example.com".parse::<Email>().unwrap().key(), "ada.l+x@example.com");
        assert!(format!("{}@{}.com", "a".repeat(64), "b".repeat(63)).parse::<Email>().is_ok());
    }

    #[test]
    fn what_does_not_look_like_one_is_refused() {
        let long = format!("a@{}com", "bbbbbbbbb.".repeat(25));
        for text in [
            "",
            "@",
            "a",
            "a@",
            "@b.c",
            "a@b",
            "a@b..c",
            "a@.c",
            "a@b.c.",
            ".a@b.c",
            "a.@b.c",
            "a..b@c.d",
            "a b@c.d",
            "a@b@c.d",
            "a@-b.c",
            "a@b-.c",
            "a@b_c.d",
            "ä@b.c",
            "a@bü.c",
            "a\0@b.c",
            "a@b.c\n",
            "\u{202e}a@b.c",
            &long,
        ] {
            assert_eq!(text.parse::<Email>(), Err(EmailError), "{text:?}");
        }
    }
}
