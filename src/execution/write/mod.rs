//! Writes the data of a query, in the order of the selection: members are copied from the answers as they stand there. In: a run
//! whose answers are all there. Out: JSON, errors with paths, and the cost of what was written. A field that fails where null is
//! not allowed makes null of the next place around it where it is (GraphQL specification, section 6.4.4).

mod connection;
mod object;
mod scalar;

use async_graphql::{Error, PathSegment, Pos, ServerError};

use super::{
    Data, Response,
    program::Step,
    run::{Outcome, Run},
};
use crate::{clients::Answer, graphql};

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
    text: usize,
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
    // What is not written is not resident; a buffer that grew would be, twice.
    let capacity = run.answers.iter().map(Answer::len).sum::<usize>() + 256;
    let out = Vec::with_capacity(capacity);
    let errors = run.request.introspected.map_or_else(Vec::new, |response| response.errors.clone());
    let mut writer = Writer { run, out, errors, path: Vec::new(), cost: 0, text: run.request.text };
    let written = writer.roots();
    let Writer { out, errors, cost, text, .. } = writer;
    let (data, errors, cost) = match written {
        Ok(()) => (out, errors, cost),
        Err(Stop::Null) => (b"null".to_vec(), errors, 0),
        Err(Stop::TooLarge) => {
            let error = graphql::too_large(run.request.max_text).into_server_error(Pos::default());
            (b"null".to_vec(), vec![error], 0)
        }
    };
    Outcome { response: Response { data: Data::Json(data), errors }, cost, text }
}

impl<'a> Writer<'a> {
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
        let mark = Mark { length: self.out.len(), cost: self.cost, text: self.text, errors: self.errors.len() };
        match write(self) {
            Err(Stop::Null) => {
                self.out.truncate(mark.length);
                self.cost = mark.cost;
                self.text = mark.text;
                // Of the errors inside a value that became null, only the one that made it null stays.
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
