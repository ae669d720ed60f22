//! Writes the data of a query, in the order of the selection: members are copied from the answers as they stand there. In: a run
//! whose answers are all there. Out: JSON, errors with paths, and the cost of what was written. A field that fails where null is
//! not allowed makes null of the next place around it where it is (GraphQL specification, section 6.4.4).

use async_graphql::{Error, PathSegment, Pos, ServerError, Value};

use super::{
    Data, Response,
    asked::{PageAt, Slot},
    build::{CALL, INTROSPECTION},
    program::{ConnectionField, EdgeField, Field, PageInfoField, Place, RootField, Step},
    waves::{Ask, Object, Outcome, RootAsk, RootAsks, Run},
};
use crate::{
    clients::{Answer, Cell, Found, Leaf, Page},
    graphql::{self, roots::Returns, table::Arguments},
};

/// Why a value cannot be written.
enum Stop {
    /// A field failed that must not be null: its error is noted.
    Null,
    /// There is more text than allowed.
    TooLarge,
}

type Written = Result<(), Stop>;

/// A part of a path.
#[derive(Clone, Copy)]
enum Segment<'a> {
    Field(&'a str),
    Index(usize),
}

/// A point to which the writer can go back.
struct Mark {
    length: usize,
    cost: u64,
    errors: usize,
}

struct Writer<'a> {
    run: &'a Run<'a>,
    out: Vec<u8>,
    errors: Vec<ServerError>,
    path: Vec<Segment<'a>>,
    cost: u64,
    text: usize,
}

/// The outcome of a run.
pub(super) fn outcome(run: &Run<'_>) -> Outcome {
    let capacity = run.answers.iter().map(Answer::len).sum::<usize>() / 2 + 256;
    let out = Vec::with_capacity(capacity);
    let errors = run.request.introspected.map_or_else(Vec::new, |response| response.errors.clone());
    let mut writer = Writer { run, out, errors, path: Vec::new(), cost: 0, text: 0 };
    let written = writer.roots();
    let Writer { out, errors, cost, .. } = writer;
    let (data, errors, cost) = match written {
        Ok(()) => (out, errors, cost),
        Err(Stop::Null) => (b"null".to_vec(), errors, 0),
        Err(Stop::TooLarge) => {
            let error = graphql::too_large(run.request.max_text).into_server_error(Pos::default());
            (b"null".to_vec(), vec![error], 0)
        }
    };
    Outcome { response: Response { data: Data::Json(data), errors }, cost }
}

impl<'a> Writer<'a> {
    fn roots(&mut self) -> Written {
        let run = self.run;
        self.out.push(b'{');
        for (number, step) in run.request.program.roots.iter().enumerate() {
            self.key(number, step);
            match &step.what {
                RootField::Typename => self.typename(run.request.program.root),
                RootField::Introspection => self.introspected(step.name.as_str()),
                RootField::Event(_) | RootField::Field { .. } => {
                    self.within(Segment::Field(step.name.as_str()), |writer| writer.root(number, step))?;
                }
            }
        }
        self.out.push(b'}');
        Ok(())
    }

    /// A root field that the engine has run.
    fn introspected(&mut self, key: &str) {
        self.cost += INTROSPECTION;
        let found = self.run.request.introspected.and_then(|response| match &response.data {
            Value::Object(members) => members.get(key),
            _ => None,
        });
        let json = found.and_then(|value| serde_json::to_vec(value).ok());
        self.out.extend_from_slice(&json.unwrap_or_else(|| b"null".to_vec()));
    }

    fn root(&mut self, number: usize, step: &'a Step<RootField>) -> Written {
        let asks = match &self.run.roots[number] {
            RootAsks::Asks(asks) => asks,
            RootAsks::Failed(failure) => {
                self.error(self.run.failures[*failure].clone(), step.pos);
                return Err(Stop::Null);
            }
        };
        let (root, finds, connection) = match &step.what {
            RootField::Typename | RootField::Introspection => return Ok(()),
            RootField::Event(found) => return self.object(found.place, 0),
            RootField::Field { root, finds, connection, .. } => (root, finds, connection),
        };
        self.cost += CALL;
        let find = |writer: &mut Self, item: usize, ask: &RootAsk| {
            writer.nullable(|writer| match writer.found(ask.ask, step.pos) {
                Some(Slot::Row { answer, row }) if writer.run.admits(number, ask.finds, Object { answer, row }) => {
                    let place = finds[ask.finds].place;
                    writer.object(place, writer.run.objects[place].starts[item])
                }
                Some(Slot::Page(at)) => writer.page(connection, 0, at),
                _ => writer.null(),
            })
        };
        if root.returns != Returns::Many {
            return asks.iter().enumerate().try_for_each(|(item, ask)| find(self, item, ask));
        }
        self.list(asks.len(), |writer, item| find(writer, item, &asks[item]))
    }

    /// What was found for an ask; notes the error if it failed.
    fn found(&mut self, ask: Ask, pos: Pos) -> Option<Slot> {
        let failure = match (ask, self.run.slot(ask)) {
            (Ask::Refused(failure), _) | (_, Some(Slot::Failed(failure))) => failure,
            (_, slot) => return slot,
        };
        self.error(self.run.failures[failure].clone(), pos);
        None
    }

    fn object(&mut self, place: usize, number: usize) -> Written {
        let run = self.run;
        let of = &run.request.program.places[place];
        self.cost += of.cost;
        let object = run.objects[place].all[number];
        let rows = run.rows(of, object.answer);
        self.out.push(b'{');
        for (first, step) in of.steps.iter().enumerate() {
            self.key(first, step);
            match &step.what {
                Field::Leaf { column, leaf, is_list } => {
                    let cell = rows.cell(object.row, *column);
                    match is_list {
                        false => self.leaf(object.answer, cell, leaf)?,
                        true => self.leaves(object.answer, cell, leaf)?,
                    }
                }
                Field::Typename => self.typename(of.table.name),
                _ => self.within(Segment::Field(step.name.as_str()), |writer| {
                    writer.field(Here { of, object, number }, step)
                })?,
            }
        }
        self.out.push(b'}');
        Ok(())
    }

    /// A field that may fail, or has fields of its own.
    fn field(&mut self, here: Here<'a>, step: &'a Step<Field>) -> Written {
        let run = self.run;
        let Here { of, object, number } = here;
        let rows = run.rows(of, object.answer);
        match &step.what {
            Field::Object { column, place: below } => match rows.cell(object.row, *column).rows().is_empty() {
                true => self.null(),
                false => self.object(*below, run.objects[*below].starts[number]),
            },
            Field::Objects { column, place: below } => {
                let count = rows.cell(object.row, *column).rows().len();
                let start = run.objects[*below].starts[number];
                self.list(count, |writer, item| writer.object(*below, start + item))
            }
            Field::Computed { computed, columns, arguments } => {
                let members: Vec<_> = columns
                    .iter()
                    .map(|column| run.answers[object.answer].text(rows.cell(object.row, *column).range()))
                    .collect();
                let arguments = run.values(arguments);
                match (computed.compute)(&members, &Arguments(&arguments)) {
                    Ok(value) => {
                        self.count(value.text)?;
                        self.push(&value.json);
                        Ok(())
                    }
                    Err(error) => {
                        self.error(error, step.pos);
                        Err(Stop::Null)
                    }
                }
            }
            Field::One { edge, place: below } => {
                self.nullable(|writer| match writer.found(run.edges[*edge].asks[number], step.pos) {
                    Some(Slot::Row { answer, row })
                        if run.may_see(&run.request.program.edges[*edge], Object { answer, row }) =>
                    {
                        writer.object(*below, run.objects[*below].starts[number])
                    }
                    _ => writer.null(),
                })
            }
            Field::Page { edge, connection } => {
                self.nullable(|writer| match writer.found(run.edges[*edge].asks[number], step.pos) {
                    Some(Slot::Page(at)) => writer.page(connection, number, at),
                    _ => writer.null(),
                })
            }
            Field::Value { edge, column, leaf } => match self.found(run.edges[*edge].asks[number], step.pos) {
                Some(Slot::Row { answer, row }) => self.leaf(answer, run.answers[answer].rows.cell(row, *column), leaf),
                _ => self.null(),
            },
            Field::Flag { edge } => match self.found(run.edges[*edge].asks[number], step.pos) {
                Some(Slot::Flag(flag)) => {
                    self.boolean(flag);
                    Ok(())
                }
                _ => self.null(),
            },
            Field::Typename | Field::Leaf { .. } => Ok(()),
        }
    }

    fn page(&mut self, fields: &'a [Step<ConnectionField>], parent: usize, at: PageAt) -> Written {
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

    fn leaf(&mut self, answer: usize, cell: Cell, leaf: &Leaf) -> Written {
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

    fn leaves(&mut self, answer: usize, cell: Cell, leaf: &Leaf) -> Written {
        let answer = &self.run.answers[answer];
        if !leaf.is_text && !cell.is_rewritten() {
            self.out.extend_from_slice(answer.bytes(cell.range()));
            return Ok(());
        }
        // Each was judged when the record was read.
        let items: Vec<serde_json::Value> = serde_json::from_slice(answer.bytes(cell.range())).unwrap_or_default();
        self.list(items.len(), |writer, item| {
            let json = items[item].to_string();
            let json =
                if (leaf.check)(&json) == Some(crate::clients::Spelling::Other) { (leaf.rewrite)(&json) } else { json };
            writer.count(if leaf.is_text { items[item].as_str().map_or(0, str::len) } else { 0 })?;
            writer.push(&json);
            Ok(())
        })
    }

    /// A JSON string as it stands in an answer, or null.
    fn string(&mut self, json: Option<&str>) {
        match json {
            Some(json) if (Leaf::STRING.check)(json) == Some(crate::clients::Spelling::Other) => {
                self.push(&(Leaf::STRING.rewrite)(json));
            }
            Some(json) => self.push(json),
            None => self.out.extend_from_slice(b"null"),
        }
    }

    fn list(&mut self, count: usize, mut item: impl FnMut(&mut Self, usize) -> Written) -> Written {
        self.out.push(b'[');
        for number in 0..count {
            if number > 0 {
                self.out.push(b',');
            }
            self.within(Segment::Index(number), |writer| item(writer, number))?;
        }
        self.out.push(b']');
        Ok(())
    }

    /// A value in whose place null may be.
    fn nullable(&mut self, write: impl FnOnce(&mut Self) -> Written) -> Written {
        let mark = Mark { length: self.out.len(), cost: self.cost, errors: self.errors.len() };
        match write(self) {
            Err(Stop::Null) => {
                self.out.truncate(mark.length);
                self.cost = mark.cost;
                // Of what is not in the data, only the error that made it null is told.
                let last = self.errors.pop();
                self.errors.truncate(mark.errors);
                self.errors.extend(last);
                self.null()
            }
            other => other,
        }
    }

    fn null(&mut self) -> Written {
        self.out.extend_from_slice(b"null");
        Ok(())
    }

    fn boolean(&mut self, value: bool) {
        self.push(if value { "true" } else { "false" });
    }

    fn push(&mut self, text: &str) {
        self.out.extend_from_slice(text.as_bytes());
    }

    fn typename(&mut self, name: &str) {
        self.out.push(b'"');
        self.push(name);
        self.out.push(b'"');
    }

    fn key<T>(&mut self, number: usize, step: &Step<T>) {
        if number > 0 {
            self.out.push(b',');
        }
        self.push(&step.key);
    }

    /// Counts bytes of text.
    fn count(&mut self, bytes: usize) -> Written {
        self.text += bytes;
        if self.text <= self.run.request.max_text { Ok(()) } else { Err(Stop::TooLarge) }
    }

    fn within(&mut self, segment: Segment<'a>, write: impl FnOnce(&mut Self) -> Written) -> Written {
        self.path.push(segment);
        let written = write(self);
        self.path.pop();
        written
    }

    fn error(&mut self, error: Error, pos: Pos) {
        let path = self.path.iter().map(|segment| match segment {
            Segment::Field(name) => PathSegment::Field((*name).to_owned()),
            Segment::Index(index) => PathSegment::Index(*index),
        });
        let mut error: ServerError = error.into_server_error(pos);
        error.path = path.collect();
        self.errors.push(error);
    }
}

/// An object that is written.
#[derive(Clone, Copy)]
struct Here<'a> {
    of: &'a Place,
    object: Object,
    /// Its place among the objects there.
    number: usize,
}

/// An item of a page.
struct Item<'a> {
    /// The object that the page belongs to.
    parent: usize,
    number: usize,
    cursor: Option<&'a str>,
}

/// The cursor of an item.
fn cursor<'a>(answer: &'a Answer, page: &Page, item: Option<usize>) -> Option<&'a str> {
    Some(answer.text(page.cursors.get(item?)?.clone()))
}
