//! The query string of a read: the keys as one comma-separated parameter, then the route's other parameters.

use std::{fmt::Write, hash::Hash};

use contract::{Id, IdKind};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::{PageArguments, RouteKey};

/// Everything but the unreserved characters of RFC 3986.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// The bytes that a key takes: an id and a comma.
const KEY_BYTES: usize = 37;

/// A path and its query string.
pub struct Query {
    text: String,
    has_parameters: bool,
}

/// A key that a read requests values by.
pub trait Key: Clone + Eq + Hash + Send + Sync + 'static {
    /// The prefix of its text; empty where it is no id.
    const PREFIX: &'static str = "";

    /// Writes it, in unreserved characters.
    fn write_to(&self, query: &mut String);

    /// The key of this kind; `None` if it is of another kind.
    fn of(key: &RouteKey) -> Option<Self>;
}

/// Parameters that a call has once, beside its keys.
pub trait Parameters: Send + Sync {
    /// Adds them.
    fn add_to(&self, query: &mut Query);
}

impl Query {
    /// The path without parameters.
    pub(super) fn new(path: &str, keys: usize) -> Self {
        let mut text = String::with_capacity(path.len() + 64 + keys * KEY_BYTES);
        text.push_str(path);
        Self { text, has_parameters: false }
    }

    /// Adds keys, separated by commas.
    pub(super) fn keys<K: Key>(&mut self, name: &str, keys: &[K]) {
        self.name(name);
        for (index, key) in keys.iter().enumerate() {
            if index > 0 {
                self.text.push(',');
            }
            key.write_to(&mut self.text);
        }
    }

    /// Adds a parameter, percent-encoded.
    pub fn parameter(&mut self, name: &str, value: &str) {
        self.name(name);
        self.text.extend(utf8_percent_encode(value, RESERVED));
    }

    fn name(&mut self, name: &str) {
        let separator = if self.has_parameters { '&' } else { '?' };
        self.has_parameters = true;
        let _ = write!(self.text, "{separator}{name}=");
    }

    pub(super) fn into_string(self) -> String {
        self.text
    }
}

impl<K: IdKind> Key for Id<K> {
    const PREFIX: &'static str = K::PREFIX;

    fn write_to(&self, query: &mut String) {
        let _ = write!(query, "{self}");
    }

    fn of(key: &RouteKey) -> Option<Self> {
        match key {
            RouteKey::Id(id) => Some(Self::from_u128(*id)),
            _ => None,
        }
    }
}

/// A name of letters, digits and `_`.
impl Key for String {
    fn write_to(&self, query: &mut String) {
        query.push_str(self);
    }

    fn of(key: &RouteKey) -> Option<Self> {
        match key {
            RouteKey::Name(name) => Some(name.as_ref().to_owned()),
            _ => None,
        }
    }
}

/// The key of a route without keys.
impl Key for () {
    fn write_to(&self, _: &mut String) {}

    fn of(key: &RouteKey) -> Option<Self> {
        (*key == RouteKey::None).then_some(())
    }
}

impl Parameters for () {
    fn add_to(&self, _: &mut Query) {}
}

impl Parameters for PageArguments {
    fn add_to(&self, query: &mut Query) {
        query.parameter("first", &self.first.to_string());
        if let Some(after) = &self.after {
            query.parameter("after", after);
        }
    }
}
