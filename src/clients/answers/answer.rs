//! An answer that is one: its records, and which of them belongs to which requested key. In: a body, and what was requested.

use std::ops::Range;

use bytes::Bytes;

use super::{Layout, RouteKey, Rows, reader};
use crate::clients::call::{Cause, text};

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
    /// One record, as the whole of the body.
    Record,
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
#[derive(Clone)]
pub struct Answer {
    pub(super) body: Bytes,
    /// Its records, the items of all pages included.
    pub rows: Rows,
    /// What there is for each requested key.
    pub found: Vec<Found>,
}

/// What an answer has for a key.
#[derive(Clone)]
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
#[derive(Clone)]
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

    /// One record.
    ///
    /// # Errors
    /// The body is none.
    pub(crate) fn record(body: &Bytes, layout: &Layout) -> Result<Self, Cause> {
        Self::read(body, &AnswerRequest { shape: Shape::Record, prefix: "", keys: &[], first: 0, layout })
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
        let reader::Read { rows, found } = reader::read(text, request)?;
        Ok(Self { body: body.clone(), rows, found }.compact(request.layout))
    }
}
