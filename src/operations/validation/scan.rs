//! Counts a document's tokens and nesting before it is parsed.
//!
//! In: the text as sent. Out: permission to parse it, or a rejection. Parsers and validators recurse, and a stack
//! overflow ends the process, so both numbers are known before either runs. One pass, no allocation.

use crate::operations::limits::Limits;
use crate::operations::rejection::{Rejection, RejectionCode};

/// The size of a document for a parser.
#[derive(Debug, Default, PartialEq, Eq)]
struct Extent {
    tokens: usize,
    nesting: usize,
}

/// Admits a document whose tokens and nesting are within the limits.
pub(crate) fn admit(text: &str, limits: &Limits) -> Result<(), Rejection> {
    let Extent { tokens, nesting } = measure(text.as_bytes());
    if tokens > limits.tokens {
        let allowed = limits.tokens;
        return Err(Rejection::new(
            RejectionCode::TooManyTokens,
            format!("The document has {tokens} tokens; at most {allowed} are allowed."),
        ));
    }
    if nesting > limits.nesting {
        let allowed = limits.nesting;
        return Err(Rejection::new(
            RejectionCode::TooDeep,
            format!("The document is nested {nesting} levels deep; at most {allowed} are allowed."),
        ));
    }
    Ok(())
}

/// Counts by the lexical grammar (section 2.1). A byte outside the grammar counts as a token, so that malformed texts
/// are never underestimated.
fn measure(text: &[u8]) -> Extent {
    let mut extent = Extent::default();
    let (mut at, mut open) = (0, 0_usize);
    while let Some(&byte) = text.get(at) {
        at = match byte {
            b' ' | b'\t' | b'\n' | b'\r' | b',' => at + 1,
            0xEF if text[at..].starts_with(b"\xEF\xBB\xBF") => at + 3,
            b'#' => end_of_line(text, at),
            _ => {
                extent.tokens += 1;
                match byte {
                    b'{' | b'[' | b'(' => open += 1,
                    b'}' | b']' | b')' => open = open.saturating_sub(1),
                    _ => {}
                }
                extent.nesting = extent.nesting.max(open);
                end_of_token(text, at)
            }
        };
    }
    extent
}

fn end_of_token(text: &[u8], at: usize) -> usize {
    match text[at] {
        b'"' if text[at..].starts_with(b"\"\"\"") => end_of_block_string(text, at + 3),
        b'"' => end_of_string(text, at + 1),
        b'.' if text[at..].starts_with(b"...") => at + 3,
        b'_' | b'a'..=b'z' | b'A'..=b'Z' => skip(text, at, |byte| byte == b'_' || byte.is_ascii_alphanumeric()),
        b'-' | b'0'..=b'9' => {
            skip(text, at + 1, |byte| byte.is_ascii_digit() || matches!(byte, b'.' | b'e' | b'E' | b'+' | b'-'))
        }
        _ => at + 1,
    }
}

fn end_of_line(text: &[u8], at: usize) -> usize {
    skip(text, at, |byte| !matches!(byte, b'\n' | b'\r'))
}

/// A string ends at its quote, or at the end of its line if it has none.
fn end_of_string(text: &[u8], mut at: usize) -> usize {
    while let Some(&byte) = text.get(at) {
        match byte {
            b'"' => return at + 1,
            b'\n' | b'\r' => return at,
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
    at
}

fn end_of_block_string(text: &[u8], mut at: usize) -> usize {
    while at < text.len() {
        if text[at..].starts_with(b"\"\"\"") {
            return at + 3;
        }
        at += if text[at..].starts_with(b"\\\"\"\"") { 4 } else { 1 };
    }
    at
}

fn skip(text: &[u8], from: usize, belongs: impl Fn(u8) -> bool) -> usize {
    let rest = text.get(from..).unwrap_or_default();
    let length = rest.iter().position(|&byte| !belongs(byte));
    length.map_or(text.len(), |length| from + length)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn extent(text: &str) -> (usize, usize) {
        let Extent { tokens, nesting } = measure(text.as_bytes());
        (tokens, nesting)
    }

    #[test]
    fn tokens_are_those_of_the_lexical_grammar() {
        assert_eq!(extent(""), (0, 0));
        assert_eq!(extent("\u{feff}{ a, b # c { {\n }"), (4, 1));
        assert_eq!(extent(r#"{a(b:"x{\"{",c:-1.5e+3,d:$e)@f...G}"#), (19, 2));
        assert_eq!(extent("{a(b:\"\"\"x \\\"\"\" {{ \" \"\"\")}"), (8, 2));
    }

    #[test]
    fn an_unfinished_string_ends_at_its_line() {
        assert_eq!(extent("\"abc { \n{{"), (3, 2));
        assert_eq!(extent("\"abc\\"), (1, 0));
        assert_eq!(extent("\"\"\"abc\\"), (1, 0));
    }

    #[test]
    fn what_is_not_in_the_grammar_counts_byte_by_byte() {
        assert_eq!(extent("%%\u{e9}"), (4, 0));
    }

    #[test]
    fn the_limits_name_themselves() {
        let limits = Limits::default();
        let deep = "{a".repeat(100) + &"}".repeat(100);
        let rejection = admit(&deep, &limits).unwrap_err();
        assert_eq!(rejection.code().as_str(), "QUERY_TOO_DEEP");
        let long = "{".to_owned() + &"a ".repeat(100_000) + "}";
        let rejection = admit(&long, &limits).unwrap_err();
        assert_eq!(rejection.to_string(), "TOO_MANY_TOKENS: The document has 100002 tokens; at most 2000 are allowed.");
    }
}
