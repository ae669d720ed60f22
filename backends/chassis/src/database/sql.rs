//! A statement and its values, built in pieces: text is a constant of the program (`&'static str`), all values are bound.
//! Values are TEXT, BIGINT or NULL, which sqlx's `Any` reads and writes alike on both databases.

use std::fmt::Write;

use sqlx::{Arguments, any::AnyArguments};

/// A value to bind.
#[derive(Clone, Debug)]
pub enum Value {
    /// TEXT
    Text(String),
    /// BIGINT; times are epoch milliseconds, flags 0 or 1.
    Number(i64),
    /// NULL of type TEXT
    NoText,
    /// NULL of type BIGINT
    NoNumber,
}

/// A statement.
#[derive(Clone, Debug, Default)]
pub struct Sql {
    text: String,
    values: Vec<Value>,
}

impl Sql {
    /// A statement that begins with `text`.
    pub fn new(text: &'static str) -> Self {
        Self { text: text.to_owned(), values: Vec::new() }
    }

    /// Appends `text`.
    #[must_use]
    pub fn push(mut self, text: &'static str) -> Self {
        self.text.push_str(text);
        self
    }

    /// Appends a placeholder for `value`.
    #[must_use]
    pub fn bind(mut self, value: impl Into<Value>) -> Self {
        self.values.push(value.into());
        // Writing to a String does not fail.
        let _ = write!(self.text, "${}", self.values.len());
        self
    }

    /// Appends `(…, …)` for `IN`. The list is padded to a power of two with its last value, so that lists of
    /// any length share eight statements in the databases' caches. An empty list is `(NULL)`, which matches no row.
    #[must_use]
    pub fn bind_list<T: Into<Value>>(mut self, values: impl IntoIterator<Item = T>) -> Self {
        let mut values: Vec<Value> = values.into_iter().map(Into::into).collect();
        let last = values.last().cloned().unwrap_or(Value::NoText);
        values.resize(values.len().max(1).next_power_of_two(), last);
        self.text.push('(');
        for (index, value) in values.into_iter().enumerate() {
            self = if index == 0 { self } else { self.push(", ") };
            self = self.bind(value);
        }
        self.push(")")
    }

    /// Appends a number as text: the planner sees `LIMIT 21`, not a parameter.
    #[must_use]
    pub(crate) fn push_number(mut self, number: usize) -> Self {
        let _ = write!(self.text, "{number}");
        self
    }

    /// The statement's text.
    pub fn text(&self) -> &str {
        &self.text
    }

    pub(super) fn into_parts(self) -> (String, AnyArguments) {
        let mut arguments = AnyArguments::default();
        for value in self.values {
            // Encoding these types for `Any` cannot fail: it moves them into a list.
            let _ = match value {
                Value::Text(text) => arguments.add(text),
                Value::Number(number) => arguments.add(number),
                Value::NoText => arguments.add(None::<String>),
                Value::NoNumber => arguments.add(None::<i64>),
            };
        }
        (self.text, arguments)
    }

    /// The same values with `prefix` before the statement.
    #[cfg(feature = "testing")]
    pub(crate) fn prefixed(mut self, prefix: &str) -> Self {
        self.text.insert_str(0, prefix);
        self
    }
}

impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Self::Number(number)
    }
}
impl From<bool> for Value {
    fn from(flag: bool) -> Self {
        Self::Number(flag.into())
    }
}
impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}
impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}
impl From<contract::Time> for Value {
    fn from(time: contract::Time) -> Self {
        Self::Number(time.as_millis())
    }
}
impl<K: contract::IdKind> From<contract::Id<K>> for Value {
    fn from(id: contract::Id<K>) -> Self {
        Self::Text(id.to_string())
    }
}
impl From<Option<String>> for Value {
    fn from(text: Option<String>) -> Self {
        text.map_or(Self::NoText, Self::Text)
    }
}
impl From<Option<i64>> for Value {
    fn from(number: Option<i64>) -> Self {
        number.map_or(Self::NoNumber, Self::Number)
    }
}
impl From<Option<contract::Time>> for Value {
    fn from(time: Option<contract::Time>) -> Self {
        time.map_or(Self::NoNumber, Self::from)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_of_like_length_share_a_statement() {
        let of = |count: i64| Sql::new("x IN ").bind_list(0..count);
        assert_eq!(of(3).text(), "x IN ($1, $2, $3, $4)");
        assert_eq!(of(3).text(), of(4).text());
        assert_eq!(of(0).text(), "x IN ($1)");
        assert_eq!(of(100).values.len(), 128);
    }
}
