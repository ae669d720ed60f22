//! The calls to the services that an operation will make, in waves.
//!
//! In: a plan. Out: the calls in the order they leave. A field's call leaves one wave after the call that its object comes
//! from; calls of one wave, route and arguments are one batch, if the objects they hang on arrive at the same time.

use super::{Call, Plan, PlannedField, Selections};

/// The keys of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Keys {
    /// The keys of one level of the operation, at most 100 a call.
    Many,
    /// None: a list that depends on no object.
    None,
}

/// A call that the operation will make, if there are keys for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlannedCall {
    /// From 1; calls of one wave run concurrently. The root fields of a mutation run one after the other.
    pub wave: usize,
    /// Which service.
    pub service: String,
    /// Its batch route.
    pub batch: String,
    /// One call, or one per 100 keys.
    pub keys: Keys,
    /// The call is made only if the given id is that of an object of this type.
    pub object: Option<String>,
    /// The fields it is made for, as paths in the answer.
    pub fields: Vec<String>,
    /// The most times it is made: more than once only if its objects come from different calls.
    pub at_most: usize,
    group: String,
    /// The calls that it waits for, by their places.
    after: Vec<Option<usize>>,
}

impl Plan {
    /// All calls, by wave. In a mutation the first wave of each root field follows the last wave of the one before it.
    pub(crate) fn calls(&self, one_by_one: bool) -> Vec<PlannedCall> {
        let mut calls = Calls(Vec::new());
        for field in &self.fields {
            let (wave, from) = if one_by_one { (calls.last_wave(), calls.0.len()) } else { (0, 0) };
            calls.field(field, &Place { path: "", wave, after: None, from });
        }
        calls.0.sort_by_key(|call| call.wave);
        calls.0
    }
}

/// Where a field stands.
struct Place<'a> {
    path: &'a str,
    /// The wave that brings its object; 0 for the root.
    wave: usize,
    /// The call that brings its object.
    after: Option<usize>,
    /// Calls before this one belong to an earlier root field of a mutation, and are not shared.
    from: usize,
}

struct Calls(Vec<PlannedCall>);

impl Calls {
    fn last_wave(&self) -> usize {
        self.0.iter().map(|call| call.wave).max().unwrap_or_default()
    }

    fn field(&mut self, field: &PlannedField, place: &Place<'_>) {
        let path = if place.path.is_empty() { field.key.to_string() } else { format!("{}.{}", place.path, field.key) };
        let made: Vec<_> = field.calls.iter().map(|call| (&call.object, self.call(call, &path, place))).collect();
        let below = |call: Option<usize>| match call {
            Some(call) => Place { path: &path, wave: place.wave + 1, after: Some(call), from: place.from },
            None => Place { path: &path, wave: place.wave, after: place.after, from: place.from },
        };
        match &field.selections {
            Selections::Fields(fields) => {
                let place = below(made.first().map(|(_, call)| *call));
                fields.iter().for_each(|field| self.field(field, &place));
            }
            Selections::ByObject(objects) => {
                for (object, fields) in objects {
                    let of_object = made.iter().find(|(of, _)| of.as_ref().is_none_or(|of| of == object));
                    let place = below(of_object.map(|(_, call)| *call));
                    fields.iter().for_each(|field| self.field(field, &place));
                }
            }
        }
    }

    /// Notes a call, or that it is made for one more field; its place.
    fn call(&mut self, call: &Call, path: &str, place: &Place<'_>) -> usize {
        let wave = place.wave + 1;
        let same = |known: &PlannedCall| {
            (call.keys, known.keys) == (Keys::Many, Keys::Many)
                && known.wave == wave
                && (&known.service, &known.batch, &known.group) == (&call.service, &call.batch, &call.group)
        };
        match self.0[place.from..].iter().position(same) {
            Some(found) => {
                let known = &mut self.0[place.from + found];
                known.fields.push(path.to_owned());
                // Another field may need it whatever that id is.
                known.object = known.object.take().filter(|_| call.object.is_some());
                if !known.after.contains(&place.after) {
                    known.after.push(place.after);
                    known.at_most += 1;
                }
                place.from + found
            }
            None => {
                self.0.push(PlannedCall {
                    wave,
                    service: call.service.clone(),
                    batch: call.batch.clone(),
                    keys: call.keys,
                    object: call.object.as_ref().map(ToString::to_string),
                    fields: vec![path.to_owned()],
                    at_most: 1,
                    group: call.group.clone(),
                    after: vec![place.after],
                });
                self.0.len() - 1
            }
        }
    }
}
