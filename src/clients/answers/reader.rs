//! Reads the answer around the records, and checks that it answers what was requested: an id that was not requested, a duplicate, or a
//! parent without its page is a broken answer. In: text. Out: rows, and which of them belongs to which key.

mod page;

use std::{collections::HashMap, ops::Range};

use foldhash::fast::RandomState;

use super::{
    AnswerRequest, Found, RouteKey, Rows, Shape,
    key::id,
    leaf::plain,
    scan::{Broken, Scanner},
};
use crate::clients::call::Cause;

/// The records of an answer, and what it has for each key.
pub(super) struct Read {
    pub(super) rows: Rows,
    pub(super) found: Vec<Found>,
}

/// Reads the answer to a request.
pub(super) fn read(text: &str, request: &AnswerRequest<'_>) -> Result<Read, Cause> {
    let mut reader = Reader {
        scanner: Scanner::new(text),
        request,
        places: OnceMap::default(),
        rows: Rows::new(request.layout),
        found: request.keys.iter().map(|_| Found::Nothing).collect(),
    };
    let read = match request.shape {
        Shape::Records(key) => reader.records(key),
        Shape::Counts => reader.counts(),
        Shape::Flags => reader.flags(),
        Shape::Pages => reader.pages(),
        Shape::List => reader.list(),
        Shape::Record => reader.record(),
        Shape::Document => Err(Wrong::Shape(Broken(0))),
    };
    match read.and_then(|()| reader.scanner.end().map_err(Wrong::Shape)) {
        Ok(()) => Ok(Read { rows: reader.rows, found: reader.found }),
        Err(Wrong::NotRequested(what)) => Err(Cause::NotRequested(what)),
        Err(Wrong::Shape(Broken(at))) => Err(shape_at(text, at)),
    }
}

/// The cause of an answer that is broken there.
fn shape_at(text: &str, at: usize) -> Cause {
    let before = &text.as_bytes()[..at.min(text.len())];
    let line = before.iter().filter(|byte| **byte == b'\n').count() + 1;
    let column = before.iter().rev().take_while(|byte| **byte != b'\n').count() + 1;
    Cause::Shape { line, column }
}

enum Wrong {
    Shape(Broken),
    NotRequested(&'static str),
}

impl From<Broken> for Wrong {
    fn from(broken: Broken) -> Self {
        Self::Shape(broken)
    }
}

/// The places of the requested keys; made when they do not come in the order in which they were requested.
#[derive(Default)]
struct OnceMap(Option<HashMap<RouteKey, usize, RandomState>>);

struct Reader<'a> {
    scanner: Scanner<'a>,
    request: &'a AnswerRequest<'a>,
    places: OnceMap,
    rows: Rows,
    found: Vec<Found>,
}

impl Reader<'_> {
    fn records(&mut self, key: &str) -> Result<(), Wrong> {
        let layout = self.request.layout;
        let Some(column) = layout.find(key) else {
            return Err(self.scanner.broken().into());
        };
        let mut expected = 0;
        self.object(|reader, name| {
            if name != "items" {
                return Ok(false);
            }
            reader.scanner.expect(b'[')?;
            let mut is_first = true;
            while reader.scanner.goes_on(&mut is_first, b']')? {
                let row = reader.rows.read(&mut reader.scanner, layout)?;
                let range = reader.rows.cell(row, column).range();
                let place = reader.place(range, expected);
                match place.filter(|place| matches!(reader.found[*place], Found::Nothing)) {
                    Some(place) => {
                        reader.found[place] = Found::Row(row);
                        expected = place + 1;
                    }
                    None => return Err(Wrong::NotRequested("a record that was not requested")),
                }
            }
            Ok(true)
        })
    }

    fn counts(&mut self) -> Result<(), Wrong> {
        self.by_key("counts", "a count that was not requested", |reader| {
            Ok(Found::Row(reader.rows.read(&mut reader.scanner, reader.request.layout)?))
        })
    }

    fn pages(&mut self) -> Result<(), Wrong> {
        self.by_key("pages", "not the pages that were requested", |reader| reader.page().map(Found::Page))?;
        let is_missing = self.found.iter().any(|found| matches!(found, Found::Nothing));
        if is_missing { Err(Wrong::NotRequested("not the pages that were requested")) } else { Ok(()) }
    }

    fn flags(&mut self) -> Result<(), Wrong> {
        self.found.iter_mut().for_each(|found| *found = Found::Flag(false));
        let mut expected = 0;
        self.object(|reader, name| {
            if name != "ids" {
                return Ok(false);
            }
            reader.scanner.expect(b'[')?;
            let mut is_first = true;
            while reader.scanner.goes_on(&mut is_first, b']')? {
                let range = reader.scanner.value()?;
                let key = reader.scanner.text()[range.clone()].starts_with('"');
                if !key {
                    return Err(Broken(range.start).into());
                }
                match reader.place(range, expected) {
                    Some(place) if matches!(reader.found[place], Found::Flag(false)) => {
                        reader.found[place] = Found::Flag(true);
                        expected = place + 1;
                    }
                    _ => return Err(Wrong::NotRequested("a flag that was not requested")),
                }
            }
            Ok(true)
        })
    }

    fn record(&mut self) -> Result<(), Wrong> {
        let row = self.rows.read(&mut self.scanner, self.request.layout)?;
        self.found = vec![Found::Row(row)];
        Ok(())
    }

    fn list(&mut self) -> Result<(), Wrong> {
        let page = self.page()?;
        self.found = vec![Found::Page(page)];
        Ok(())
    }

    /// `{MEMBER: {KEY: VALUE, …}}`
    fn by_key(
        &mut self,
        member: &str,
        otherwise: &'static str,
        value: impl Fn(&mut Self) -> Result<Found, Wrong>,
    ) -> Result<(), Wrong> {
        let mut expected = 0;
        self.object(|reader, name| {
            if name != member {
                return Ok(false);
            }
            reader.scanner.expect(b'{')?;
            let mut is_first = true;
            while reader.scanner.goes_on(&mut is_first, b'}')? {
                let key = reader.scanner.name()?;
                let place = reader.place(key, expected);
                match place.filter(|place| matches!(reader.found[*place], Found::Nothing)) {
                    Some(place) => {
                        reader.found[place] = value(reader)?;
                        expected = place + 1;
                    }
                    None => return Err(Wrong::NotRequested(otherwise)),
                }
            }
            Ok(true)
        })
    }

    /// An object with one member that is read, which `member` says it has read, once; others are passed over.
    fn object(&mut self, mut member: impl FnMut(&mut Self, &str) -> Result<bool, Wrong>) -> Result<(), Wrong> {
        self.scanner.expect(b'{')?;
        let (mut is_first, mut is_read) = (true, false);
        while self.scanner.goes_on(&mut is_first, b'}')? {
            let name = self.scanner.name()?;
            let text = self.scanner.text();
            let name = &text[name.start + 1..name.end - 1];
            let before = self.scanner.broken();
            if member(self, name)? {
                if std::mem::replace(&mut is_read, true) {
                    return Err(before.into());
                }
            } else {
                self.scanner.value()?;
            }
        }
        if is_read { Ok(()) } else { Err(self.scanner.broken().into()) }
    }

    /// The place of the key that stands there among the requested ones, most likely the expected one.
    fn place(&mut self, quoted: Range<usize>, expected: usize) -> Option<usize> {
        let quoted = &self.scanner.text()[quoted];
        let decoded: String;
        let text = match plain(quoted) {
            Some(text) => text,
            None => {
                decoded = serde_json::from_str(quoted).ok()?;
                &decoded
            }
        };
        let keys = self.request.keys;
        let key = if self.request.prefix.is_empty() {
            RouteKey::Name(text.to_lowercase().into())
        } else {
            RouteKey::Id(id(text.strip_prefix(self.request.prefix)?)?)
        };
        if keys.get(expected) == Some(&key) {
            return Some(expected);
        }
        let places = self.places.0.get_or_insert_with(|| keys.iter().cloned().zip(0..).collect());
        places.get(&key).copied()
    }
}
