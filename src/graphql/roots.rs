//! The root fields as data: which object or page a query's field seeks, from its arguments and the viewer, and of which type the events of
//! a subscription and the payloads of a mutation are. The engine's root fields of queries and these are made of the same functions.

use async_graphql::Error;
use contract::{Id, IdKind};

use super::{
    comment, node, order, post, session,
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
    /// The member by which a route has it that does not have it by its id.
    pub key: Option<&'static str>,
}

impl Finds {
    /// Objects that everybody may see, found by their ids.
    pub const fn public(table: fn() -> &'static Table) -> Self {
        Self { table, guard: None, key: None }
    }
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

/// A root field whose object is given: an event, or what became of a command.
pub struct GivenRoot {
    /// Its name in the schema.
    pub name: &'static str,
    /// The type of its object.
    pub table: fn() -> &'static Table,
    /// Its cost, beside that of the object.
    pub cost: u16,
    /// Whether it is null if the object cannot be written.
    pub is_nullable: bool,
}

impl GivenRoot {
    const fn event(name: &'static str, table: fn() -> &'static Table) -> Self {
        Self { name, table, cost: 0, is_nullable: false }
    }

    /// A mutation with that payload.
    const fn mutation(name: &'static str, table: fn() -> &'static Table) -> Self {
        Self { name, table, cost: MUTATION, is_nullable: true }
    }

    const fn costs(self, cost: u16) -> Self {
        Self { cost, ..self }
    }
}

/// The cost of a mutation, and of the calls that its payload makes.
pub(crate) const MUTATION: u16 = 10;

/// All root fields of subscriptions.
pub static EVENTS: [GivenRoot; 3] = [
    GivenRoot::event("postPublished", post::PostPublishedEvent::table),
    GivenRoot::event("commentAdded", comment::CommentAddedEvent::table),
    GivenRoot::event("orderStatusChanged", order::OrderStatusEvent::table),
];

/// All root fields of mutations.
pub static MUTATIONS: [GivenRoot; 17] = [
    GivenRoot::mutation("signUp", session::SignUpPayload::table).costs(session::PASSWORD_COST),
    GivenRoot::mutation("logIn", session::LogInPayload::table).costs(session::PASSWORD_COST),
    GivenRoot::mutation("refreshSession", session::LogInPayload::table),
    GivenRoot::mutation("logOut", session::LogOutPayload::table),
    GivenRoot::mutation("updateProfile", user::UpdateProfilePayload::table),
    GivenRoot::mutation("followUser", || &user::FOLLOWED),
    GivenRoot::mutation("unfollowUser", || &user::FOLLOWED),
    GivenRoot::mutation("publishPost", post::PostPayload::table),
    GivenRoot::mutation("editPost", post::PostPayload::table),
    GivenRoot::mutation("deletePost", post::DeletePostPayload::table),
    GivenRoot::mutation("likePost", || &post::LIKED),
    GivenRoot::mutation("unlikePost", || &post::LIKED),
    GivenRoot::mutation("addComment", || &comment::COMMENTED),
    GivenRoot::mutation("placeOrder", order::OrderPayload::table),
    GivenRoot::mutation("cancelOrder", order::OrderPayload::table),
    GivenRoot::mutation("shipOrder", order::OrderPayload::table),
    GivenRoot::mutation("deliverOrder", order::OrderPayload::table),
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
