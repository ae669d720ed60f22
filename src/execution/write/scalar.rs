//! Scalars, and lists of them: copied from the answer, unless they are spelled in another way there.

use super::{Writer, Written};
use crate::clients::{Cell, Leaf, Spelling, text_bytes};

impl Writer<'_> {
    pub(super) fn leaf(&mut self, answer: usize, cell: Cell, leaf: &Leaf) -> Written {
        if cell.is_null() {
            return self.null();
        }
        let answer = &self.run.answers[answer];
        if cell.is_rewritten() {
            return self.copy((leaf.rewrite)(answer.text(cell.range())).as_bytes(), leaf);
        }
        self.copy(answer.bytes(cell.range()), leaf)
    }

    /// A scalar as it is in the response; text counts.
    fn copy(&mut self, json: &[u8], leaf: &Leaf) -> Written {
        if leaf.is_text {
            self.count(text_bytes(json))?;
        }
        self.out.extend_from_slice(json);
        Ok(())
    }

    pub(super) fn leaves(&mut self, answer: usize, cell: Cell, leaf: &Leaf) -> Written {
        if cell.is_null() {
            return self.null();
        }
        let answer = &self.run.answers[answer];
        if !leaf.is_text && !cell.is_rewritten() {
            self.out.extend_from_slice(answer.bytes(cell.range()));
            return Ok(());
        }
        // Each was judged when the record was read.
        let items: Vec<serde_json::Value> = serde_json::from_slice(answer.bytes(cell.range())).unwrap_or_default();
        self.list(items.len(), |writer, item| {
            let json = items[item].to_string();
            let json = if (leaf.check)(&json) == Some(Spelling::Other) { (leaf.rewrite)(&json) } else { json };
            writer.copy(json.as_bytes(), leaf)
        })
    }

    /// A JSON string as it stands in an answer, or null.
    pub(super) fn string(&mut self, json: Option<&str>) {
        match json {
            Some(json) if (Leaf::STRING.check)(json) == Some(Spelling::Other) => {
                self.push(&(Leaf::STRING.rewrite)(json));
            }
            Some(json) => self.push(json),
            None => self.out.extend_from_slice(b"null"),
        }
    }
}
