//! The root fields of queries and subscriptions as data: which object or page each one seeks, from its arguments and the viewer. The engine's root
//! fields and these are made of the same functions.

use async_graphql::Error;
use contract::{Id, IdKind};

use super::{
    comment, node, order, post,
    table::{Arguments, Record, Table},
    user,
};
use crate::{
    auth::Viewer,
    clients::{Answer, AnyRoute, Layout, Parameters, RouteKey},
};

/// A root field.
pub struct Root {
    /// Its name in the schema.
    pub name: &'static str,
    /// What it returns.
    pub returns: Returns,
    /// The types of the objects that it may find.
    pub finds: &'static [Finds],
    /// What it seeks.
    pub seek: fn(&Arguments<'_>, Option<&Viewer>) -> Result<Vec<Sought>, Error>,
}

/// What a root field returns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Returns {
    /// An object, or null.
    One,
    /// A connection.
    Page,
    /// A list of objects and nulls.
    Many,
}

/// A type of objects that a root field finds.
#[derive(Clone, Copy)]
pub struct Finds {
    /// The type.
    pub table: fn() -> &'static Table,
    /// Who may see one, if not everybody.
    pub guard: Option<&'static Guard>,
}

/// Whether the viewer may see an object: for others it does not exist.
pub struct Guard {
    /// Adds the members that it judges by.
    pub wants: fn(&mut Layout),
    /// Judges an object.
    pub admits: fn(&Viewer, Judged<'_>) -> bool,
}

/// An object that a guard judges: a row of an answer.
pub struct Judged<'a> {
    /// The answer.
    pub answer: &'a Answer,
    /// The members that were read.
    pub layout: &'a Layout,
    /// The row.
    pub row: usize,
}

/// What a root field, or an item of one, seeks.
pub enum Sought {
    /// An object or page.
    At(Target),
    /// Nothing: null, without an error.
    Nothing,
    /// Null, with an error.
    Refused(Error),
}

/// Where an object or page is.
pub struct Target {
    /// The route.
    pub route: &'static dyn AnyRoute,
    /// The key.
    pub key: RouteKey,
    /// The place among the types that the field finds.
    pub finds: usize,
    /// What the route is asked beside the key, and the largest number of items; for pages.
    pub list: Option<(Box<dyn Parameters>, usize)>,
}

/// All root fields of queries.
pub static ROOTS: [&Root; 8] = [
    &user::VIEWER,
    &user::USER,
    &user::USERS_PAGE,
    &post::POST,
    &post::POSTS_PAGE,
    &order::ORDER,
    &node::NODE,
    &node::NODES,
];

/// A root field of subscriptions.
pub struct EventRoot {
    /// Its name in the schema.
    pub name: &'static str,
    /// The type of its events.
    pub table: fn() -> &'static Table,
}

/// All root fields of subscriptions.
pub static EVENTS: [EventRoot; 3] = [
    EventRoot { name: "postPublished", table: post::PostPublishedEvent::table },
    EventRoot { name: "commentAdded", table: comment::CommentAddedEvent::table },
    EventRoot { name: "orderStatusChanged", table: order::OrderStatusEvent::table },
];

impl Target {
    /// The object with that id, as the first type that the field finds.
    pub fn object<K: IdKind>(route: &'static dyn AnyRoute, id: &Id<K>) -> Self {
        Self { route, key: RouteKey::Id(id.as_u128()), finds: 0, list: None }
    }

    /// A page of a list of its own.
    pub fn page(route: &'static dyn AnyRoute, parameters: impl Parameters + 'static, first: u8) -> Self {
        let list = Some((Box::new(parameters) as Box<dyn Parameters>, usize::from(first)));
        Self { route, key: RouteKey::None, finds: 0, list }
    }
}

impl Sought {
    /// One of these.
    pub fn of(sought: Result<Option<Target>, Error>) -> Vec<Self> {
        vec![match sought {
            Ok(Some(target)) => Self::At(target),
            Ok(None) => Self::Nothing,
            Err(error) => Self::Refused(error),
        }]
    }
}
