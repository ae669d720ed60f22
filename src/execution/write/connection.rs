//! Connections: a page as `nodes`, `edges` and `pageInfo`.

use super::{Segment, Writer, Written};
use crate::{
    clients::{Answer, Found, Page},
    execution::{
        asked::PageAt,
        program::{ConnectionField, EdgeField, PageInfoField, Step},
    },
};

/// An item of a page.
struct Item<'a> {
    /// The object that the page belongs to.
    parent: usize,
    number: usize,
    cursor: Option<&'a str>,
}

impl<'a> Writer<'a> {
    pub(super) fn page(&mut self, fields: &'a [Step<ConnectionField>], parent: usize, at: PageAt) -> Written {
        let run = self.run;
        let PageAt { answer, place } = at;
        let answer = &run.answers[answer];
        let Some(Found::Page(page)) = answer.found.get(place) else { return self.null() };
        self.cost += 1;
        self.out.push(b'{');
        for (first, step) in fields.iter().enumerate() {
            self.key(first, step);
            match &step.what {
                ConnectionField::Typename(name) => self.typename(name),
                ConnectionField::Nodes(place) => {
                    let start = run.objects[*place].starts[parent];
                    self.within(Segment::Field(step.name.as_str()), |writer| {
                        writer.list(page.rows.len(), |writer, item| writer.object(*place, start + item))
                    })?;
                }
                ConnectionField::Edges(fields) => {
                    self.within(Segment::Field(step.name.as_str()), |writer| {
                        writer.list(page.rows.len(), |writer, item| {
                            writer.edge(fields, Item { parent, number: item, cursor: cursor(answer, page, Some(item)) })
                        })
                    })?;
                }
                ConnectionField::PageInfo(fields) => self.page_info(fields, answer, page),
            }
        }
        self.out.push(b'}');
        Ok(())
    }

    fn edge(&mut self, fields: &'a [Step<EdgeField>], item: Item<'_>) -> Written {
        self.cost += 1;
        self.out.push(b'{');
        for (first, step) in fields.iter().enumerate() {
            self.key(first, step);
            match &step.what {
                EdgeField::Typename(name) => self.typename(name),
                EdgeField::Cursor => self.string(item.cursor),
                EdgeField::Node(place) => {
                    let start = self.run.objects[*place].starts[item.parent];
                    self.within(Segment::Field(step.name.as_str()), |writer| {
                        writer.object(*place, start + item.number)
                    })?;
                }
            }
        }
        self.out.push(b'}');
        Ok(())
    }

    fn page_info(&mut self, fields: &'a [Step<PageInfoField>], answer: &'a Answer, page: &Page) {
        self.cost += 1;
        self.out.push(b'{');
        for (first, step) in fields.iter().enumerate() {
            self.key(first, step);
            match step.what {
                PageInfoField::Typename => self.typename("PageInfo"),
                PageInfoField::HasNext => self.boolean(page.has_next),
                PageInfoField::HasPrevious => self.boolean(page.has_previous),
                PageInfoField::Start => self.string(cursor(answer, page, page.cursors.len().min(1).checked_sub(1))),
                PageInfoField::End => self.string(cursor(answer, page, page.cursors.len().checked_sub(1))),
            }
        }
        self.out.push(b'}');
    }
}

/// The cursor of an item.
fn cursor<'a>(answer: &'a Answer, page: &Page, item: Option<usize>) -> Option<&'a str> {
    Some(answer.text(page.cursors.get(item?)?.clone()))
}
