//! Objects: the root, and those of each place, field by field.

use async_graphql::{Pos, Value};

use super::{Segment, Stop, Writer, Written};
use crate::{
    execution::{
        asked::Slot,
        build::{CALL, INTROSPECTION},
        program::{Field, Place, RootField, Step},
        run::{Ask, Object, RootAsk, RootAsks},
    },
    graphql::{roots::Returns, table::Arguments},
};

/// An object that is written.
#[derive(Clone, Copy)]
struct Here<'a> {
    of: &'a Place,
    object: Object,
    /// Its place among the objects there.
    number: usize,
}

impl<'a> Writer<'a> {
    pub(super) fn roots(&mut self) -> Written {
        let run = self.run;
        self.out.push(b'{');
        for (number, step) in run.request.program.roots.iter().enumerate() {
            self.key(number, step);
            match &step.what {
                RootField::Typename => self.typename(run.request.program.root),
                RootField::Introspection => self.introspected(step.name.as_str()),
                RootField::Given(..) | RootField::Field { .. } => {
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
            RootField::Given(given, found) => {
                self.cost += u64::from(given.cost);
                return match given.is_nullable {
                    true => self.nullable(|writer| writer.object(found.place, 0)),
                    false => self.object(found.place, 0),
                };
            }
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

    pub(super) fn object(&mut self, place: usize, number: usize) -> Written {
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
            Field::Objects { column, .. } if rows.cell(object.row, *column).is_null() => self.null(),
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
}
