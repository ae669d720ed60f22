//! Finds values in JSON without reading them (RFC 8259). In: text. Out: places in it, or the place where it is not JSON. Values
//! that are passed over are not judged: only where they end.

use std::ops::Range;

/// Where the text is not as it should be, in bytes from its beginning.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Broken(pub(super) usize);

/// A place in a text.
pub(super) struct Scanner<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Scanner<'a> {
    /// The beginning of the text.
    pub(super) const fn new(text: &'a str) -> Self {
        Self { text, at: 0 }
    }

    pub(super) const fn text(&self) -> &'a str {
        self.text
    }

    /// The error of this place.
    pub(super) const fn broken(&self) -> Broken {
        Broken(self.at)
    }

    /// The next byte that is not white space.
    pub(super) fn peek(&mut self) -> Option<u8> {
        let bytes = self.text.as_bytes();
        while let Some(byte) = bytes.get(self.at) {
            match byte {
                b' ' | b'\n' | b'\r' | b'\t' => self.at += 1,
                byte => return Some(*byte),
            }
        }
        None
    }

    /// Passes that byte, if it is the next one.
    pub(super) fn take(&mut self, byte: u8) -> bool {
        let is_next = self.peek() == Some(byte);
        self.at += usize::from(is_next);
        is_next
    }

    /// Passes that byte.
    pub(super) fn expect(&mut self, byte: u8) -> Result<(), Broken> {
        if self.take(byte) { Ok(()) } else { Err(self.broken()) }
    }

    /// Whether an object or list, of which `is_first` member or item has not come yet, goes on; passes what is between, or the
    /// `end`.
    pub(super) fn goes_on(&mut self, is_first: &mut bool, end: u8) -> Result<bool, Broken> {
        if self.take(end) {
            return Ok(false);
        }
        if !std::mem::take(is_first) {
            self.expect(b',')?;
        }
        Ok(true)
    }

    /// Passes `null`, if it is next.
    pub(super) fn null(&mut self) -> bool {
        let is_null = self.peek() == Some(b'n') && self.text.as_bytes()[self.at..].starts_with(b"null");
        self.at += if is_null { 4 } else { 0 };
        is_null
    }

    /// Passes a name with its quotation marks and colon, if that is next and written without white space.
    pub(super) fn take_name(&mut self, quoted: &str) -> bool {
        self.peek();
        let is_next = self.text.as_bytes()[self.at..].starts_with(quoted.as_bytes());
        self.at += if is_next { quoted.len() } else { 0 };
        is_next
    }

    /// Passes the name of a member and its colon; where the name stands, with its quotation marks.
    pub(super) fn name(&mut self) -> Result<Range<usize>, Broken> {
        self.peek();
        let start = self.at;
        self.string()?;
        let name = start..self.at;
        self.expect(b':')?;
        Ok(name)
    }

    /// Passes a value; where it stands.
    pub(super) fn value(&mut self) -> Result<Range<usize>, Broken> {
        let first = self.peek().ok_or(self.broken())?;
        let start = self.at;
        match first {
            b'"' => self.string()?,
            b'{' | b'[' => self.nested()?,
            _ => self.word()?,
        }
        Ok(start..self.at)
    }

    /// Nothing but white space is left.
    pub(super) fn end(&mut self) -> Result<(), Broken> {
        if self.peek().is_none() { Ok(()) } else { Err(self.broken()) }
    }

    fn string(&mut self) -> Result<(), Broken> {
        let bytes = self.text.as_bytes();
        if bytes.get(self.at) != Some(&b'"') {
            return Err(self.broken());
        }
        let mut at = self.at + 1;
        while let Some(found) = bytes.get(at..).and_then(|rest| memchr::memchr2(b'"', b'\\', rest)) {
            at += found;
            if bytes[at] == b'"' {
                self.at = at + 1;
                return Ok(());
            }
            at += 2;
        }
        Err(Broken(bytes.len()))
    }

    /// A number, `true`, `false` or `null`.
    fn word(&mut self) -> Result<(), Broken> {
        let rest = &self.text.as_bytes()[self.at..];
        let is_part = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'+' | b'.');
        let length = rest.iter().take_while(|byte| is_part(byte)).count();
        self.at += length;
        if length > 0 { Ok(()) } else { Err(self.broken()) }
    }

    /// An object or list, by its brackets.
    fn nested(&mut self) -> Result<(), Broken> {
        let mut depth = 0_usize;
        while let Some(byte) = self.text.as_bytes().get(self.at) {
            match byte {
                b'"' => {
                    self.string()?;
                    continue;
                }
                b'{' | b'[' => depth += 1,
                b'}' | b']' => depth -= 1,
                _ => {}
            }
            self.at += 1;
            if depth == 0 {
                return Ok(());
            }
        }
        Err(self.broken())
    }
}
