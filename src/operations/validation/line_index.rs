//! Converts byte offsets to lines and columns.
//!
//! In: the text of a document, once. Out: locations as GraphQL clients count them. The specification's line
//! terminators are LF, CR and CRLF only (section 2.1.2); the compiler's own counting knows more of them.

use std::sync::Arc;

use apollo_compiler::parser::SourceSpan;

use crate::operations::rejection::Location;

/// Bytes between two marks.
const STRIDE: usize = 1_024;

/// Where the lines of a document begin, and how many characters stand before each mark, so that a place late in a
/// long line costs no more than one in a short one.
#[derive(Debug)]
pub(crate) struct LineIndex {
    text: Arc<str>,
    starts: Vec<usize>,
    marks: Vec<usize>,
}

impl LineIndex {
    /// Finds the lines of `text`.
    pub(crate) fn new(text: Arc<str>) -> Self {
        let bytes = text.as_bytes();
        let ends = (0..bytes.len()).filter(|&at| match bytes[at] {
            b'\n' => true,
            b'\r' => bytes.get(at + 1) != Some(&b'\n'),
            _ => false,
        });
        let starts = std::iter::once(0).chain(ends.map(|at| at + 1)).collect();
        let marks = bytes.chunks(STRIDE).scan(0, |before, chunk| {
            let mark = *before;
            *before += characters(chunk);
            Some(mark)
        });
        let marks = marks.collect();
        Self { text, starts, marks }
    }

    /// The text itself.
    pub(crate) fn text(&self) -> &Arc<str> {
        &self.text
    }

    /// The place of a byte offset; one past the end is the end.
    pub(crate) fn locate(&self, offset: usize) -> Location {
        let line = self.starts.partition_point(|&start| start <= offset);
        let start = self.starts[line - 1];
        Location { line, column: self.characters_before(offset) - self.characters_before(start) + 1 }
    }

    fn characters_before(&self, offset: usize) -> usize {
        let offset = offset.min(self.text.len());
        let mark = offset / STRIDE;
        let rest = self.text.as_bytes().get(mark * STRIDE..offset).unwrap_or_default();
        // A text of whole strides has no mark at its very end.
        match self.marks.get(mark) {
            Some(before) => before + characters(rest),
            None => characters(self.text.as_bytes()),
        }
    }

    /// The place where a node of the document starts; `None` for nodes made without a text.
    pub(crate) fn locate_span(&self, span: Option<SourceSpan>) -> Option<Location> {
        span.map(|span| self.locate(span.offset()))
    }

    /// Bytes held beside the text, for the cache's account.
    pub(crate) fn bytes(&self) -> usize {
        (self.starts.len() + self.marks.len()) * size_of::<usize>()
    }
}

/// Characters that begin in these bytes.
fn characters(bytes: &[u8]) -> usize {
    bytes.iter().filter(|&&byte| byte & 0b1100_0000 != 0b1000_0000).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(text: &str, offset: usize) -> (usize, usize) {
        let Location { line, column } = LineIndex::new(text.into()).locate(offset);
        (line, column)
    }

    #[test]
    fn lines_end_in_lf_cr_or_both() {
        assert_eq!(place("a\nb\r\nc\rd", 0), (1, 1));
        assert_eq!(place("a\nb\r\nc\rd", 2), (2, 1));
        assert_eq!(place("a\nb\r\nc\rd", 5), (3, 1));
        assert_eq!(place("a\nb\r\nc\rd", 7), (4, 1));
        assert_eq!(place("a\nb\r\nc\rd", 99), (4, 2));
    }

    #[test]
    fn places_late_in_a_long_line_are_found_across_marks() {
        let text = "ä".repeat(5_000) + "\n" + &"x€".repeat(1_000);
        assert_eq!(place(&text, 9_998), (1, 5_000));
        assert_eq!(place(&text, 10_001 + 4 * 700), (2, 1_401));
        assert_eq!(place(&"x".repeat(2_048), 2_048), (1, 2_049));
    }

    #[test]
    fn columns_count_characters_and_other_separators_are_no_lines() {
        assert_eq!(place("ä\u{2028}x", "ä\u{2028}".len()), (1, 3));
    }
}
