//! Root fields that find users.

use async_graphql::{Context, ID, Object, OneofObject, Result};

use super::{
    User,
    routes::{ALL_USERS, USERS, USERS_BY_HANDLE},
};
use crate::graphql::{
    access::Guard,
    connection::{self, Connection},
    directives,
    edge::{self, scope},
    errors::bad_request,
    id,
    in_place::InPlace,
    rule::AccessRule,
    scalars::Cursor,
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

#[Object]
impl UserQuery {
    /// The signed-in user; `null` when anonymous.
    #[graphql(
        directive = directives::access::apply(AccessRule::Viewer),
        directive = directives::cache_control::apply(None, directives::PRIVATE),
        directive = directives::Call::apply(&USERS)
    )]
    async fn viewer(&self, ctx: &Context<'_>) -> Option<Result<InPlace<User>>> {
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
    ) -> Option<Result<InPlace<User>>> {
        match by {
            UserBy::Id(id) => match id::parse("by.id", &id) {
                Ok(id) => User::by_id(ctx, id).await,
                Err(error) => Some(Err(error)),
            },
            UserBy::Handle(handle) if is_handle(&handle) => {
                edge::object(scope(ctx).load(&USERS_BY_HANDLE, (), handle.to_ascii_lowercase()).await)
            }
            UserBy::Handle(_) => Some(Err(bad_request("`by.handle` holds letters, digits and `_` only, at most 30"))),
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

/// Whether the text can be a handle; the service would refuse a batch with another text in it.
fn is_handle(text: &str) -> bool {
    (1..=30).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
}
