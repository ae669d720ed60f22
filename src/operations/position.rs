//! From a byte offset to line and column.
//!
//! In: the text of a document, once. Out: places as GraphQL clients count them. The specification's line
//! terminators are LF, CR and CRLF only (section 2.1.2); the compiler's own counting knows more of them.

use apollo_compiler::parser::SourceSpan;

use super::rejection::Location;

/// Where the lines of a document begin, and the text that columns are counted in.
#[derive(Debug)]
pub(crate) struct LineIndex {
    text: std::sync::Arc<str>,
    starts: Vec<usize>,
}

impl LineIndex {
    /// Finds the lines of `text`.
    pub(crate) fn new(text: std::sync::Arc<str>) -> Self {
        let bytes = text.as_bytes();
        let ends = (0..bytes.len()).filter(|&at| match bytes[at] {
            b'\n' => true,
            b'\r' => bytes.get(at + 1) != Some(&b'\n'),
            _ => false,
        });
        let starts = std::iter::once(0).chain(ends.map(|at| at + 1)).collect();
        Self { text, starts }
    }

    /// The text itself.
    pub(crate) fn text(&self) -> &std::sync::Arc<str> {
        &self.text
    }

    /// The place of a byte offset; one past the end is the end.
    pub(crate) fn locate(&self, offset: usize) -> Location {
        let line = self.starts.partition_point(|&start| start <= offset);
        let start = self.starts[line - 1];
        let before = self.text.get(start..offset.min(self.text.len()));
        Location { line, column: before.map_or(0, |before| before.chars().count()) + 1 }
    }

    /// The place where a node of the document starts; `None` for nodes made without a text.
    pub(crate) fn locate_span(&self, span: Option<SourceSpan>) -> Option<Location> {
        span.map(|span| self.locate(span.offset()))
    }

    /// Bytes held beside the text, for the cache's account.
    pub(crate) fn bytes(&self) -> usize {
        self.text.len() + self.starts.len() * size_of::<usize>()
    }
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
    fn columns_count_characters_and_other_separators_are_no_lines() {
        assert_eq!(place("ä\u{2028}x", "ä\u{2028}".len()), (1, 3));
    }
}
