//! Validates the members of a profile.
//! In: text of a client. Out: nothing, or the reason why it is invalid.

use axum::http::Uri;
use chassis::text::{Verdict, check_line, check_lines};

use crate::passwords;

/// Longest display name, in characters.
pub(crate) const MAX_NAME: usize = 80;
/// Longest bio, in characters.
pub(crate) const MAX_BIO: usize = 500;
/// Longest URL of a picture, in bytes.
pub(crate) const MAX_URL: usize = 2048;
/// A password's length, in characters.
pub(crate) const PASSWORD: std::ops::RangeInclusive<usize> = 8..=256;

/// A display name: one line, not blank.
pub(crate) fn check_name(text: &str) -> Verdict {
    check_line(text)?;
    if text.chars().count() > MAX_NAME { Err("must be at most 80 characters") } else { Ok(()) }
}

/// A few words, maybe on several lines.
pub(crate) fn check_bio(text: &str) -> Verdict {
    check_lines(text)?;
    if text.contains(['\r', '\t']) {
        Err("must be without control characters other than line breaks")
    } else if text.chars().count() > MAX_BIO {
        Err("must be at most 500 characters")
    } else {
        Ok(())
    }
}

/// An absolute URL that a browser may load a picture from.
pub(crate) fn check_avatar_url(text: &str) -> Verdict {
    const REFUSED: Verdict =
        Err("must be an absolute http or https URL of at most 2048 ASCII characters, without a user");
    // RFC 3986 has none of these unescaped; some of them end an attribute's quotes.
    let plain = text.bytes().all(|b| b.is_ascii_graphic() && !b"\"<>\\^`{|}".contains(&b));
    let Ok(url) = text.parse::<Uri>() else { return REFUSED };
    let of_the_web = matches!(url.scheme_str(), Some("http" | "https"));
    let host =
        url.authority().is_some_and(|authority| !authority.host().is_empty() && !authority.as_str().contains('@'));
    if text.len() <= MAX_URL && plain && of_the_web && host { Ok(()) } else { REFUSED }
}

/// A password's length, once it is normalized.
pub(crate) fn check_password(text: &str) -> Verdict {
    let text = &passwords::normalized(text);
    if !PASSWORD.contains(&text.chars().count()) {
        Err("must be 8 to 256 characters")
    } else if text.chars().any(char::is_control) {
        Err("must be without control characters")
    } else {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_one_line_counted_in_characters() {
        for name in ["A", "Ådа 🦀", &"é".repeat(80), "ليلى"] {
            assert_eq!(check_name(name), Ok(()), "{name}");
        }
        for name in ["", " \u{a0}", &"é".repeat(81), "a\nb", "a\0", "a\u{85}"] {
            assert!(check_name(name).is_err(), "{name:?}");
        }
    }

    #[test]
    fn bios_may_have_lines() {
        assert_eq!(check_bio("one\ntwo"), Ok(()));
        assert_eq!(check_bio(&"é".repeat(500)), Ok(()));
        for bio in [&"é".repeat(501), "a\0b", "a\rb", "a\u{1b}[2J"] {
            assert!(check_bio(bio).is_err(), "{bio:?}");
        }
    }

    #[test]
    fn pictures_are_on_the_web() {
        for url in ["https://example.com/a.png", "http://[::1]:8080/?x=%20#f", "https://example.com"] {
            assert_eq!(check_avatar_url(url), Ok(()), "{url}");
        }
        let long = format!("https://example.com/{}", "a".repeat(MAX_URL));
        for url in [
            "",
            "/a.png",
            "//example.com/a",
            "javascript:alert(1)",
            "data:image/png;base64,AA",
            "ftp://example.com/a",
            "https://",
            "https:///a",
            "https://user:pw@example.com/",
            "https://example.com/a b",
            "https://exämple.com/",
            "https://example.com/\"onload=",
            "https://example.com/<a>",
            "https://example.com/\0",
            &long,
        ] {
            assert!(check_avatar_url(url).is_err(), "{url:?}");
        }
    }

    #[test]
    fn passwords_are_8_to_256_characters() {
        assert_eq!(check_password(&"🦀".repeat(256)), Ok(()));
        for password in ["1234567", &"a".repeat(257), "1234567\0"] {
            assert!(check_password(password).is_err(), "{password:?}");
        }
    }
}
