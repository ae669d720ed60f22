//! Root fields that find users.

use async_graphql::{Context, ID, Object, OneofObject, Result};
use contract::UserId;

use super::{
    User,
    routes::{ALL_USERS, USERS, USERS_BY_HANDLE},
};
use crate::{
    clients::RouteKey,
    graphql::{
        access::Guard,
        connection::{self, Connection},
        directives,
        edge::{self, scope},
        errors::bad_request,
        id,
        roots::{Finds, Returns, Root, Sought, Target},
        rule::AccessRule,
        scalars::Cursor,
        table::Record,
    },
};

/// Root fields that find users.
#[derive(Default)]
pub struct UserQuery;

/// Identifies a user by id or by handle.
#[derive(OneofObject)]
pub enum UserBy {
    /// `usr_…`
    Id(ID),
    /// The handle, in any letter case.
    Handle(String),
}

/// `viewer`
pub static VIEWER: Root = Root {
    name: "viewer",
    returns: Returns::One,
    finds: &[Finds::public(User::table)],
    seek: |_, viewer| Ok(Sought::of(Ok(viewer.map(|viewer| Target::object(&USERS, &viewer.id()))))),
};

/// `user`
pub static USER: Root = Root {
    name: "user",
    returns: Returns::One,
    finds: &[Finds { key: Some("handle"), ..Finds::public(User::table) }],
    seek: |arguments, _| {
        let sought = match arguments.required("by")? {
            UserBy::Id(id) => id::parse("by.id", &id).map(|id: UserId| Some(Target::object(&USERS, &id))),
            UserBy::Handle(handle) => handle_of(&handle).map(|handle| {
                let key = RouteKey::Name(handle.into());
                Some(Target { route: &USERS_BY_HANDLE, key, finds: 0, list: None })
            }),
        };
        Ok(Sought::of(sought))
    },
};

/// `users`
pub static USERS_PAGE: Root = Root {
    name: "users",
    returns: Returns::Page,
    finds: &[Finds::public(User::table)],
    seek: |arguments, _| {
        let page = connection::requested(arguments)?;
        Ok(Sought::of(page.map(|page| Some(Target::page(&ALL_USERS, page.clone(), page.first)))))
    },
};

#[Object]
impl UserQuery {
    /// The signed-in user; `null` when anonymous.
    #[graphql(
        directive = directives::access::apply(AccessRule::Viewer),
        directive = directives::cache_control::apply(None, directives::PRIVATE),
        directive = directives::Call::apply(&USERS)
    )]
    async fn viewer(&self, ctx: &Context<'_>) -> Option<Result<User>> {
        match Guard::Viewer.admit(scope(ctx).request.viewer.as_ref()) {
            Ok(viewer) => User::by_id(ctx, viewer.id()).await,
            Err(denied) => denied.map(Err),
        }
    }

    /// One user; `null` if there is none.
    #[graphql(directive = directives::Call::apply(&USERS))]
    async fn user(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The user's id or handle.")] by: UserBy,
    ) -> Option<Result<User>> {
        match by {
            UserBy::Id(id) => match id::parse("by.id", &id) {
                Ok(id) => User::by_id(ctx, id).await,
                Err(error) => Some(Err(error)),
            },
            UserBy::Handle(handle) => match handle_of(&handle) {
                Ok(handle) => edge::object(scope(ctx).load(&USERS_BY_HANDLE, (), handle).await),
                Err(error) => Some(Err(error)),
            },
        }
    }

    /// All users, in the order they signed up, newest first.
    #[graphql(
        directive = directives::Call::apply(&ALL_USERS),
        directive = directives::list_size::apply(None, directives::first(), directives::items())
    )]
    async fn users(
        &self,
        ctx: &Context<'_>,
        #[graphql(default = 20, desc = "Number of items to return, 1 to 100.")] first: i32,
        #[graphql(desc = "Return items after this cursor.")] after: Option<Cursor>,
    ) -> Option<Result<Connection<User>>> {
        match connection::page(first, after) {
            Ok(page) => edge::value(edge::whole(ctx, &ALL_USERS, &page).await, Connection::of),
            Err(error) => Some(Err(error)),
        }
    }
}

/// The handle in lower case; the service would refuse a batch with a text in it that can be none.
fn handle_of(text: &str) -> Result<String> {
    let is_handle = (1..=30).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
    match is_handle {
        true => Ok(text.to_ascii_lowercase()),
        false => Err(bad_request("`by.handle` holds letters, digits and `_` only, at most 30")),
    }
}
