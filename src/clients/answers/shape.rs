//! The answer around the records, and the check that it answers what was requested: an id that was not requested, a duplicate,
//! or a parent without its page is a broken answer. In: a body. Out: rows, and which of them belongs to which key.

use std::{collections::HashMap, ops::Range, sync::Arc};

use bytes::Bytes;
use foldhash::fast::RandomState;

use super::{
    Layout, Leaf, Rows,
    leaf::plain,
    scan::{Broken, Scanner},
};
use crate::clients::call::{Cause, text};

/// A key that a route has values for.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum RouteKey {
    /// An id, without its prefix.
    Id(u128),
    /// A name.
    Name(Arc<str>),
    /// None: the route is a list of its own.
    None,
}

/// How the answer of a route is built.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// `{"items": […]}`: records that name their key in that member.
    Records(&'static str),
    /// `{"counts": {KEY: {…}}}`
    Counts,
    /// `{"ids": […]}`: those keys of which something is true.
    Flags,
    /// `{"pages": {KEY: {"items": […], "page": {…}}}}`
    Pages,
    /// `{"items": […], "page": {…}}`
    List,
    /// A document that is part of no response.
    Document,
}

/// What was requested.
pub struct AnswerRequest<'a> {
    /// How the answer is built.
    pub shape: Shape,
    /// Prefix of the ids.
    pub prefix: &'static str,
    /// The keys.
    pub keys: &'a [RouteKey],
    /// Items of a page, at most.
    pub first: usize,
    /// The members that are wanted of each record.
    pub layout: &'a Layout,
}

/// An answer that is one.
pub struct Answer {
    body: Bytes,
    /// Its records, the items of all pages included.
    pub rows: Rows,
    /// What there is for each requested key.
    pub found: Vec<Found>,
}

/// What an answer has for a key.
pub enum Found {
    /// Nothing.
    Nothing,
    /// A record.
    Row(usize),
    /// Whether something is true of it.
    Flag(bool),
    /// A page of a list.
    Page(Page),
}

impl Found {
    /// Whether there is anything.
    pub const fn is_there(&self) -> bool {
        !matches!(self, Self::Nothing)
    }
}

/// One page of a list.
pub struct Page {
    /// Its items.
    pub rows: Range<usize>,
    /// Whether items follow.
    pub has_next: bool,
    /// Whether items precede.
    pub has_previous: bool,
    /// Where the cursor of each item stands in the body, with its quotation marks.
    pub cursors: Vec<Range<usize>>,
}

impl Answer {
    /// Bytes of the body.
    pub fn len(&self) -> usize {
        self.body.len()
    }

    /// Whether the body is empty.
    pub fn is_empty(&self) -> bool {
        self.body.is_empty()
    }

    /// What stands there.
    pub fn bytes(&self, range: Range<usize>) -> &[u8] {
        self.body.get(range).unwrap_or_default()
    }

    /// What stands there, as text: places of values are those of whole characters, and the body is UTF-8.
    pub fn text(&self, range: Range<usize>) -> &str {
        std::str::from_utf8(self.bytes(range)).unwrap_or_default()
    }

    /// The answer to a request; `None` if the body is none.
    pub fn of(body: &Bytes, request: &AnswerRequest<'_>) -> Option<Self> {
        Self::read(body, request).ok()
    }

    /// Reads the answer to a request.
    ///
    /// # Errors
    /// The body is none, or answers what was not requested.
    pub(in crate::clients) fn read(body: &Bytes, request: &AnswerRequest<'_>) -> Result<Self, Cause> {
        let text = text(body)?;
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
            Shape::Document => Err(Wrong::Shape(Broken(0))),
        };
        match read.and_then(|()| reader.scanner.end().map_err(Wrong::Shape)) {
            Ok(()) => Ok(Self { body: body.clone(), rows: reader.rows, found: reader.found }),
            Err(Wrong::NotRequested(what)) => Err(Cause::NotRequested(what)),
            Err(Wrong::Shape(Broken(at))) => {
                let before = &text.as_bytes()[..at.min(text.len())];
                let line = before.iter().filter(|byte| **byte == b'\n').count() + 1;
                let column = before.iter().rev().take_while(|byte| **byte != b'\n').count() + 1;
                Err(Cause::Shape { line, column })
            }
        }
    }
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
        let Some(column) = layout.columns.iter().position(|column| column.name == key) else {
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

    /// `{"items": […], "page": {…}}`
    fn page(&mut self) -> Result<Page, Wrong> {
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

/// The number that 32 lower-case hex digits write.
pub(crate) fn id(digits: &str) -> Option<u128> {
    let digits: &[u8; 32] = digits.as_bytes().try_into().ok()?;
    let (high, low) = digits.split_at(16);
    Some(u128::from(half(high)?) << 64 | u128::from(half(low)?))
}

fn half(digits: &[u8]) -> Option<u64> {
    digits.iter().try_fold(0, |number: u64, digit| {
        let value = match digit {
            b'0'..=b'9' => digit - b'0',
            b'a'..=b'f' => digit - b'a' + 10,
            _ => return None,
        };
        Some(number << 4 | u64::from(value))
    })
}
