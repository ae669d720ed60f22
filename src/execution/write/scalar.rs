//! Scalars, and lists of them: copied from the answer, unless they are spelled in another way there.

use super::{Writer, Written};
use crate::clients::{Cell, Leaf, Spelling};

impl Writer<'_> {
    pub(super) fn leaf(&mut self, answer: usize, cell: Cell, leaf: &Leaf) -> Written {
        if cell.is_null() {
            return self.null();
        }
        let answer = &self.run.answers[answer];
        if cell.is_rewritten() {
            let json = (leaf.rewrite)(answer.text(cell.range()));
            if leaf.is_text {
                self.count(serde_json::from_str::<String>(&json).map_or(json.len(), |text| text.len()))?;
            }
            self.push(&json);
        } else {
            let json = answer.bytes(cell.range());
            if leaf.is_text {
                self.count(json.len().saturating_sub(2))?;
            }
            self.out.extend_from_slice(json);
        }
        Ok(())
    }

    pub(super) fn leaves(&mut self, answer: usize, cell: Cell, leaf: &Leaf) -> Written {
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
            writer.count(if leaf.is_text { items[item].as_str().map_or(0, str::len) } else { 0 })?;
            writer.push(&json);
            Ok(())
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
