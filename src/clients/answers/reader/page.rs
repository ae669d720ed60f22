//! One page of a list: `{"items": […], "page": {…}}`, in an answer or for each of its keys.

use std::ops::Range;

use super::{Reader, Wrong};
use crate::clients::answers::{Leaf, Page, scan::Broken};

impl Reader<'_> {
    /// `{"items": […], "page": {…}}`
    pub(super) fn page(&mut self) -> Result<Page, Wrong> {
        let first = self.rows.len();
        let (mut info, mut has_items) = (None, false);
        let layout = self.request.layout;
        let start = self.scanner.broken();
        self.scanner.expect(b'{')?;
        let mut is_first = true;
        while self.scanner.goes_on(&mut is_first, b'}')? {
            let name = self.scanner.name()?;
            match &self.scanner.text()[name] {
                "\"items\"" if !has_items => {
                    has_items = true;
                    self.scanner.expect(b'[')?;
                    let mut is_first = true;
                    while self.scanner.goes_on(&mut is_first, b']')? {
                        self.rows.read(&mut self.scanner, layout)?;
                    }
                }
                "\"page\"" if info.is_none() => info = Some(self.page_info()?),
                "\"items\"" | "\"page\"" => return Err(self.scanner.broken().into()),
                _ => {
                    self.scanner.value()?;
                }
            }
        }
        let rows = first..self.rows.len();
        match info {
            Some(page) if has_items && rows.len() <= self.request.first && page.cursors.len() == rows.len() => {
                Ok(Page { rows, ..page })
            }
            Some(_) if has_items => Err(Wrong::NotRequested("not the pages that were requested")),
            _ => Err(start.into()),
        }
    }

    fn page_info(&mut self) -> Result<Page, Wrong> {
        let start = self.scanner.broken();
        let (mut next, mut previous, mut cursors) = (None, None, None);
        self.scanner.expect(b'{')?;
        let mut is_first = true;
        while self.scanner.goes_on(&mut is_first, b'}')? {
            let name = self.scanner.name()?;
            let slot = match &self.scanner.text()[name] {
                "\"has_next\"" => &mut next,
                "\"has_previous\"" => &mut previous,
                "\"cursors\"" if cursors.is_none() => {
                    cursors = Some(self.cursors()?);
                    continue;
                }
                "\"cursors\"" => return Err(self.scanner.broken().into()),
                _ => {
                    self.scanner.value()?;
                    continue;
                }
            };
            let range = self.scanner.value()?;
            let value = match &self.scanner.text()[range.clone()] {
                "true" => true,
                "false" => false,
                _ => return Err(Broken(range.start).into()),
            };
            if slot.replace(value).is_some() {
                return Err(Broken(range.start).into());
            }
        }
        match (next, previous, cursors) {
            (Some(has_next), Some(has_previous), Some(cursors)) => {
                Ok(Page { rows: 0..0, has_next, has_previous, cursors })
            }
            _ => Err(start.into()),
        }
    }

    fn cursors(&mut self) -> Result<Vec<Range<usize>>, Wrong> {
        let mut cursors = Vec::with_capacity(self.request.first);
        self.scanner.expect(b'[')?;
        let mut is_first = true;
        while self.scanner.goes_on(&mut is_first, b']')? {
            let range = self.scanner.value()?;
            (Leaf::STRING.check)(&self.scanner.text()[range.clone()]).ok_or(Broken(range.start))?;
            cursors.push(range);
        }
        Ok(cursors)
    }
}
