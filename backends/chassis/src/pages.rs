//! Pages of lists. In: `first` and `after`. Out: `{"items": […], "page": {…}}`. A cursor is the base64url of list kind and
//! key, not signed, because it grants nothing; a malformed cursor, or one of another list kind, is 400.

use std::collections::BTreeMap;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::ApiError;

/// The default of `first`.
const DEFAULT_FIRST: usize = 20;
/// The most items of a page.
const MAX_FIRST: usize = 100;

/// The query parameters of a paged list, as text.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct PageParams {
    /// The number of items, 1 to 100; 20 by default.
    #[param(value_type = Option<u8>, minimum = 1, maximum = 100, default = 20)]
    first: Option<String>,
    /// The cursor after which the page begins.
    after: Option<String>,
}

/// A requested page.
#[derive(Clone, Debug)]
pub struct PageRequest {
    /// The number of items, 1 to [`MAX_FIRST`].
    pub(crate) first: usize,
    /// The key after which the page begins.
    pub(crate) after: Option<Position>,
}

/// An item's key in its list: a number (a time, a count) and, among equals, an id.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Position {
    /// The first sort key of the list.
    pub(crate) number: i64,
    /// The item's id.
    pub(crate) id: String,
}

/// One page.
#[derive(Debug, Serialize, ToSchema)]
pub struct Page<T> {
    /// The items, in the list's order.
    pub items: Vec<T>,
    /// The position of the page in the list.
    pub page: PageInfo,
}

/// The position of a page in its list.
#[derive(Debug, Serialize, ToSchema)]
pub struct PageInfo {
    /// Whether items follow.
    pub has_next: bool,
    /// Whether the page begins after a cursor; whether earlier items still exist is not checked.
    pub has_previous: bool,
    /// The first item's cursor; null when there are no items.
    pub start_cursor: Option<String>,
    /// The last item's cursor; null when there are no items.
    pub end_cursor: Option<String>,
    /// Each item's cursor, in their order.
    pub cursors: Vec<String>,
}

/// A page for each requested parent, by the parent's id.
#[derive(Debug, Serialize, ToSchema)]
pub struct Pages<T> {
    /// Every requested parent; the page of a parent without items, or that does not exist, is empty.
    pub pages: BTreeMap<String, Page<T>>,
}

impl PageParams {
    /// The requested page of the list of that kind; 400 for invalid parameters.
    pub fn of(&self, kind: &'static str) -> Result<PageRequest, ApiError> {
        let first = match &self.first {
            None => DEFAULT_FIRST,
            Some(text) => text
                .parse()
                .ok()
                .filter(|first| (1..=MAX_FIRST).contains(first))
                .ok_or_else(|| ApiError::bad_request("`first` is a whole number from 1 to 100").field("first"))?,
        };
        let malformed = || ApiError::bad_request("`after` is not a cursor of this list").field("after");
        let read = |cursor: &String| Position::from_cursor(kind, cursor).ok_or_else(malformed);
        let after = self.after.as_ref().map(read).transpose()?;
        Ok(PageRequest { first, after })
    }
}

impl Position {
    /// The key as a cursor of the list of that kind.
    fn to_cursor(&self, kind: &str) -> String {
        URL_SAFE_NO_PAD.encode(format!("{kind}|{}|{}", self.number, self.id))
    }

    fn from_cursor(kind: &str, cursor: &str) -> Option<Self> {
        // Cursors of the service are shorter.
        let bytes = URL_SAFE_NO_PAD.decode(Some(cursor).filter(|cursor| cursor.len() <= 256)?).ok()?;
        let text = String::from_utf8(bytes).ok()?;
        let mut parts = text.split('|');
        let (of, number, id) = (parts.next()?, parts.next()?, parts.next()?);
        // The id is bound as a value; plain text excludes NUL, which PostgreSQL rejects.
        let plain = !id.is_empty() && id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
        let whole = of == kind && plain && parts.next().is_none();
        whole.then_some(Self { number: number.parse().ok()?, id: id.to_owned() })
    }
}

impl<T> Page<T> {
    /// The page of an empty list, or of a list that the caller may not read.
    pub fn empty(request: &PageRequest) -> Self {
        Self::new("", request, Vec::new())
    }

    /// A page of up to `first + 1` items; the item beyond `first` sets `has_next`.
    pub(crate) fn new(kind: &str, request: &PageRequest, mut items: Vec<(Position, T)>) -> Self {
        let has_next = items.len() > request.first;
        items.truncate(request.first);
        let (cursors, items): (Vec<_>, Vec<_>) =
            items.into_iter().map(|(position, item)| (position.to_cursor(kind), item)).unzip();
        let page = PageInfo {
            has_next,
            has_previous: request.after.is_some(),
            start_cursor: cursors.first().cloned(),
            end_cursor: cursors.last().cloned(),
            cursors,
        };
        Self { items, page }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn params(first: Option<&str>, after: Option<&str>) -> PageParams {
        PageParams { first: first.map(str::to_owned), after: after.map(str::to_owned) }
    }

    #[test]
    fn a_cursor_reads_back_in_its_own_list_only() {
        let position = Position { number: -3, id: "usr_1".into() };
        let cursor = position.to_cursor("users");
        assert_eq!(params(None, Some(&cursor)).of("users").unwrap().after, Some(position));
        assert!(params(None, Some(&cursor)).of("followers").is_err());
    }

    #[test]
    fn forged_cursors_are_refused() {
        for text in ["users|1|", "users|x|a", "users|1|a|b", "users|1|a\0b", "users|1", "", "users|1|'; --"] {
            let cursor = URL_SAFE_NO_PAD.encode(text);
            assert!(params(None, Some(&cursor)).of("users").is_err(), "{text}");
        }
        for cursor in ["%%%", "", &"A".repeat(300)] {
            assert!(params(None, Some(cursor)).of("users").is_err(), "{cursor}");
        }
    }

    #[test]
    fn first_is_from_1_to_100_and_20_when_not_given() {
        assert_eq!(params(None, None).of("users").unwrap().first, 20);
        assert_eq!(params(Some("100"), None).of("users").unwrap().first, 100);
        for first in ["0", "101", "-1", "1.5", "", "ten", "99999999999999999999"] {
            assert!(params(Some(first), None).of("users").is_err(), "{first}");
        }
    }
}
