//! Scalars in answers. In: a JSON value as it stands in the body. Out: whether it is what the contract says, and whether its
//! text is already that of the response.

use serde::Serialize;

/// A kind of scalar, as a service writes it and as the schema shows it.
pub struct Leaf {
    /// Judges a JSON value; `None`: it is not of this kind.
    pub check: fn(&str) -> Option<Spelling>,
    /// The value as the response has it, of a value whose spelling is [`Spelling::Other`].
    pub rewrite: fn(&str) -> String,
    /// Whether users write it, at any length: it counts against the bound of text in a response.
    pub is_text: bool,
}

/// How a value is spelled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Spelling {
    /// As the response spells it: copied.
    Same,
    /// Otherwise: read and written anew.
    Other,
}

impl Leaf {
    /// A string of any text.
    pub const STRING: Self = Self { check: check_string, rewrite: rewrite_string, is_text: false };
    /// A string that users write.
    pub const TEXT: Self = Self { is_text: true, ..Self::STRING };
    /// `true` or `false`.
    pub const BOOLEAN: Self = Self::copied(|json| matches!(json, "true" | "false").then_some(Spelling::Same));
    /// A whole number of 32 bits.
    pub const INT: Self = Self::copied(|json| is_whole(json, json.parse::<i32>().is_ok()));
    /// A whole number of 64 bits.
    pub const LONG: Self = Self::copied(|json| is_whole(json, json.parse::<i64>().is_ok()));

    /// A kind whose valid values are spelled in one way.
    pub const fn copied(check: fn(&str) -> Option<Spelling>) -> Self {
        Self { check, rewrite: str::to_owned, is_text: false }
    }
}

/// The content of a JSON string without escapes; `None` for anything else.
pub(crate) fn plain(json: &str) -> Option<&str> {
    let inner = json.strip_prefix('"')?.strip_suffix('"')?;
    // To the end in any case: the compiler then looks at many bytes at once.
    let is_special = |byte: u8| byte < 0x20 || byte == b'\\' || byte == b'"';
    let has_special = inner.bytes().fold(false, |found, byte| found | is_special(byte));
    (!has_special).then_some(inner)
}

/// The value as JSON.
pub(crate) fn written(value: &impl Serialize) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

fn check_string(json: &str) -> Option<Spelling> {
    let inner = json.strip_prefix('"')?.strip_suffix('"')?;
    if plain(json).is_some() || has_usual_escapes(inner.as_bytes()) {
        return Some(Spelling::Same);
    }
    serde_json::from_str::<String>(json).ok().map(|_| Spelling::Other)
}

/// Whether all escapes in the text are those that are written for these characters in a response, too.
fn has_usual_escapes(mut text: &[u8]) -> bool {
    if text.iter().fold(false, |found, byte| found | (*byte < 0x20)) {
        return false;
    }
    while let Some(at) = memchr::memchr2(b'\\', b'"', text) {
        let is_usual =
            text[at] == b'\\' && matches!(text.get(at + 1), Some(b'"' | b'\\' | b'n' | b'r' | b't' | b'b' | b'f'));
        if !is_usual {
            return false;
        }
        text = &text[at + 2..];
    }
    true
}

/// Bytes of the text that a JSON string of a response stands for. It has escapes of one letter, and of control characters by number.
pub fn text_bytes(json: &[u8]) -> usize {
    let (mut bytes, mut rest) = (json.len().saturating_sub(2), json);
    while let Some(at) = memchr::memchr(b'\\', rest) {
        let length = if rest.get(at + 1) == Some(&b'u') { 6 } else { 2 };
        bytes = bytes.saturating_sub(length - 1);
        rest = rest.get(at + length..).unwrap_or_default();
    }
    bytes
}

fn rewrite_string(json: &str) -> String {
    serde_json::from_str::<String>(json).map(|text| written(&text)).unwrap_or_default()
}

/// JSON has no plus sign and no leading zeros; `-0` is a number with a fraction to readers of JSON.
fn is_whole(json: &str, is_in_range: bool) -> Option<Spelling> {
    let digits = json.strip_prefix('-').unwrap_or(json);
    let is_written_so = json == "0" || (!digits.is_empty() && !digits.starts_with('0') && !json.starts_with('+'));
    (is_in_range && is_written_so).then_some(Spelling::Same)
}
