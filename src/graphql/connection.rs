//! Relay's cursor connections: a page of a service in, `edges`, `nodes` and `pageInfo` out; and the check of `first`.
//! A page is cacheable; where it is private, the field that returns it and its items are marked so.

use std::borrow::Cow;

use async_graphql::{ContainerType, Error, Object, OutputType, SimpleObject, TypeName};

use super::{
    directives, errors,
    scalars::Cursor,
    table::{Arguments, Record, Table},
};
use crate::clients::{PageArguments, PageRecord};

/// The page of a field without `first`; its resolvers' `default`.
pub const FIRST: i32 = 20;
/// The largest page.
const MAX_FIRST: i32 = 100;

/// One page of a list.
pub struct Connection<T: ContainerType> {
    edges: Vec<Edge<T>>,
    has_next: bool,
    has_previous: bool,
}

/// The items of a page.
impl<T: ContainerType + Record> Record for Connection<T> {
    fn table() -> &'static Table {
        T::table()
    }
}

/// One item of a page and its place in the list.
#[derive(SimpleObject)]
#[graphql(name_type, directive = directives::cache_control::apply(directives::MINUTE, None))]
pub struct Edge<T: ContainerType> {
    /// The item's cursor, accepted by `after`.
    cursor: Cursor,
    /// The item.
    node: T,
}

/// `PostEdge`
impl<T: ContainerType> TypeName for Edge<T> {
    fn type_name() -> Cow<'static, str> {
        format!("{}Edge", <T as OutputType>::type_name()).into()
    }
}

/// `PostConnection`
impl<T: ContainerType> TypeName for Connection<T> {
    fn type_name() -> Cow<'static, str> {
        format!("{}Connection", <T as OutputType>::type_name()).into()
    }
}

/// The position of a page in its list.
#[derive(SimpleObject)]
#[graphql(directive = directives::cache_control::apply(directives::MINUTE, None))]
pub struct PageInfo {
    /// Whether items follow this page.
    has_next_page: bool,
    /// Whether items precede this page.
    has_previous_page: bool,
    /// The cursor of the first item; `null` on an empty page.
    start_cursor: Option<Cursor>,
    /// The cursor of the last item; `null` on an empty page.
    end_cursor: Option<Cursor>,
}

/// One page of a list.
#[Object(name_type, directive = directives::cache_control::apply(directives::MINUTE, None))]
impl<T: ContainerType> Connection<T>
where
    Edge<T>: OutputType,
{
    /// The items with their cursors.
    async fn edges(&self) -> &[Edge<T>] {
        &self.edges
    }

    /// The items.
    async fn nodes(&self) -> Vec<&T> {
        self.edges.iter().map(|edge| &edge.node).collect()
    }

    /// The position of the page in its list.
    async fn page_info(&self) -> PageInfo {
        PageInfo {
            has_next_page: self.has_next,
            has_previous_page: self.has_previous,
            start_cursor: self.edges.first().map(|edge| edge.cursor.clone()),
            end_cursor: self.edges.last().map(|edge| edge.cursor.clone()),
        }
    }
}

impl<T: ContainerType> Connection<T> {
    /// The connection of a service's page.
    pub fn of(page: PageRecord<T>) -> Self {
        let edge = |(item, cursor)| Edge { cursor: Cursor(cursor), node: item };
        Self {
            edges: page.items.into_iter().zip(page.page.cursors).map(edge).collect(),
            has_next: page.page.has_next,
            has_previous: page.page.has_previous,
        }
    }
}

/// The page that a field's arguments ask for.
///
/// # Errors
/// Outside: an argument of another type. Inside: `BAD_REQUEST`, as [`page`].
pub fn requested(arguments: &Arguments<'_>) -> Result<Result<PageArguments, Error>, Error> {
    Ok(page(arguments.get("first", || FIRST)?, arguments.get("after", || None)?))
}

/// The page that `first` and `after` ask for.
///
/// # Errors
/// `BAD_REQUEST`: `first` is not 1 to 100.
pub fn page(first: i32, after: Option<Cursor>) -> Result<PageArguments, Error> {
    match u8::try_from(first) {
        Ok(first) if (1..=MAX_FIRST).contains(&i32::from(first)) => {
            Ok(PageArguments { first, after: after.map(|cursor| cursor.0) })
        }
        _ => Err(errors::bad_request(format!("`first` must be between 1 and {MAX_FIRST}, not {first}"))),
    }
}
