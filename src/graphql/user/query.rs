//! Root fields that find users.

use async_graphql::{Context, ID, Object, OneofObject, Result};

use crate::graphql::{
    access::{self, AccessRule},
    connection::{self, Connection},
    directives,
    errors::{bad_request, failed_call},
    id,
    in_place::InPlace,
    resolve::{object, scope},
    scalars::Cursor,
    user::User,
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
        directive = directives::call::apply("user".into(), "/v1/users".into())
    )]
    async fn viewer(&self, ctx: &Context<'_>) -> Option<Result<InPlace<User>>> {
        let viewer = access::viewer(ctx)?;
        object(scope(ctx).loaders().users_by_id.load((), viewer.id()).await)
    }

    /// One user; `null` if there is none.
    #[graphql(directive = directives::call::apply("user".into(), "/v1/users".into()))]
    async fn user(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The user's id or handle.")] by: UserBy,
    ) -> Option<Result<InPlace<User>>> {
        let loaders = scope(ctx).loaders();
        match by {
            UserBy::Id(id) => match id::parse("by.id", &id) {
                Ok(id) => object(loaders.users_by_id.load((), id).await),
                Err(error) => Some(Err(error)),
            },
            UserBy::Handle(handle) if is_handle(&handle) => {
                object(loaders.users_by_handle.load((), handle.to_ascii_lowercase()).await)
            }
            UserBy::Handle(_) => Some(Err(bad_request("`by.handle` holds letters, digits and `_` only, at most 30"))),
        }
    }

    /// All users, in the order they signed up, newest first.
    #[graphql(
        directive = directives::call::apply("user".into(), "/v1/users".into()),
        directive = directives::list_size::apply(None, directives::first(), directives::items())
    )]
    async fn users(
        &self,
        ctx: &Context<'_>,
        #[graphql(default = 20, desc = "Number of items to return, 1 to 100.")] first: i32,
        #[graphql(desc = "Return items after this cursor.")] after: Option<Cursor>,
    ) -> Option<Result<Connection<User>>> {
        let request = &scope(ctx).request;
        let page = match connection::page(first, after) {
            Ok(page) => page,
            Err(error) => return Some(Err(error)),
        };
        let users = request.clients.users.users(&request.context, &page).await;
        Some(users.map(Connection::of).map_err(failed_call))
    }
}

/// What can be a handle at all; anything else would spoil the batch it goes in.
fn is_handle(text: &str) -> bool {
    (1..=30).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
}
