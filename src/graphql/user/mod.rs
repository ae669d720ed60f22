//! A user, and everything that hangs on one. Plain fields come with the record; edges are loaded, each for itself, so
//! that a dead service takes no more than its own.

mod mutation;
mod query;

use async_graphql::{ComplexObject, Context, Enum, Result, SimpleObject};
use contract::{UserId, token};

pub use mutation::UserMutation;
pub use query::UserQuery;

use super::{
    access::{self, AccessRule},
    answer_size::Counted,
    connection::Connection,
    directives,
    errors::failed_call,
    id::GlobalId,
    order::Order,
    post::Post,
    resolve::{page_of, scope, value},
    scalars::{Cursor, DateTime, Url},
};
use crate::{
    clients::user::{AccountRecord, UserRecord},
    loaders::OrdersByUser,
};

/// A registered user.
#[derive(SimpleObject)]
#[graphql(complex, directive = directives::call::apply("user".into(), "/v1/users".into()), directive = directives::cache_control::apply(directives::MINUTE, None))]
pub struct User {
    /// Id: `usr_…`.
    pub(super) id: GlobalId<contract::id::User>,
    /// Unique name without spaces.
    handle: Counted<String>,
    /// Display name.
    name: Counted<String>,
    /// URL of the avatar image.
    avatar_url: Option<Counted<Url>>,
    /// A short biography.
    bio: Option<Counted<String>>,
    /// The time at which the user signed up.
    created_at: DateTime,
}

/// A user's role.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub enum Role {
    /// A regular user.
    Member,
    /// An administrator.
    Admin,
}

impl From<UserRecord> for User {
    fn from(record: UserRecord) -> Self {
        Self {
            id: GlobalId(record.id),
            handle: Counted(record.handle),
            name: Counted(record.name),
            avatar_url: record.avatar_url.map(Url).map(Counted),
            bio: record.bio.map(Counted),
            created_at: DateTime(record.created_at),
        }
    }
}

impl From<token::Role> for Role {
    fn from(role: token::Role) -> Self {
        match role {
            token::Role::Member => Self::Member,
            token::Role::Admin => Self::Admin,
        }
    }
}

impl User {
    fn key(&self) -> UserId {
        self.id.0
    }

    /// The account, if this viewer may see it.
    async fn account(&self, ctx: &Context<'_>) -> Result<Option<AccountRecord>> {
        let scope = scope(ctx);
        access::self_or_admin(scope.request.viewer.as_ref(), self.key())?;
        scope.loaders().accounts.load((), self.key()).await.map_err(failed_call)
    }

    /// A page of the orders that the user has a part in, if this viewer may see them.
    async fn private_page(
        &self,
        ctx: &Context<'_>,
        orders: &OrdersByUser,
        page: (i32, Option<Cursor>),
    ) -> Option<Result<Connection<Order>>> {
        match access::self_or_admin(scope(ctx).request.viewer.as_ref(), self.key()) {
            Ok(()) => page_of(orders, self.key(), page).await,
            Err(error) => Some(Err(error)),
        }
    }
}

#[ComplexObject]
impl User {
    /// E-mail address.
    #[graphql(
        directive = directives::access::apply(AccessRule::SelfOrAdmin),
        directive = directives::cache_control::apply(None, directives::PRIVATE),
        directive = directives::call::apply("user".into(), "/v1/accounts".into())
    )]
    async fn email(&self, ctx: &Context<'_>) -> Option<Result<String>> {
        self.account(ctx).await.map(|account| account.map(|account| account.email)).transpose()
    }

    /// The user's role.
    #[graphql(
        directive = directives::access::apply(AccessRule::SelfOrAdmin),
        directive = directives::cache_control::apply(None, directives::PRIVATE),
        directive = directives::call::apply("user".into(), "/v1/accounts".into())
    )]
    async fn role(&self, ctx: &Context<'_>) -> Option<Result<Role>> {
        self.account(ctx).await.map(|account| account.map(|account| account.role.into())).transpose()
    }

    /// The user's followers, latest first.
    #[graphql(
        directive = directives::call::apply("user".into(), "/v1/followers/by-user".into()),
        directive = directives::list_size::apply(None, directives::first(), directives::items())
    )]
    async fn followers(
        &self,
        ctx: &Context<'_>,
        #[graphql(default = 20, desc = "Number of items to return, 1 to 100.")] first: i32,
        #[graphql(desc = "Return items after this cursor.")] after: Option<Cursor>,
    ) -> Option<Result<Connection<Self>>> {
        page_of(&scope(ctx).loaders().followers, self.key(), (first, after)).await
    }

    /// The users that this user follows, latest first.
    #[graphql(
        directive = directives::call::apply("user".into(), "/v1/following/by-user".into()),
        directive = directives::list_size::apply(None, directives::first(), directives::items())
    )]
    async fn following(
        &self,
        ctx: &Context<'_>,
        #[graphql(default = 20, desc = "Number of items to return, 1 to 100.")] first: i32,
        #[graphql(desc = "Return items after this cursor.")] after: Option<Cursor>,
    ) -> Option<Result<Connection<Self>>> {
        page_of(&scope(ctx).loaders().following, self.key(), (first, after)).await
    }

    /// Number of followers.
    #[graphql(directive = directives::call::apply("user".into(), "/v1/users/counts".into()))]
    async fn follower_count(&self, ctx: &Context<'_>) -> Option<Result<i32>> {
        value(scope(ctx).loaders().follow_counts.load((), self.key()).await, |counts| counts.followers)
    }

    /// Number of users that this user follows.
    #[graphql(directive = directives::call::apply("user".into(), "/v1/users/counts".into()))]
    async fn following_count(&self, ctx: &Context<'_>) -> Option<Result<i32>> {
        value(scope(ctx).loaders().follow_counts.load((), self.key()).await, |counts| counts.following)
    }

    /// Whether the viewer follows the user; `null` when anonymous.
    #[graphql(
        directive = directives::access::apply(AccessRule::Viewer),
        directive = directives::cache_control::apply(None, directives::PRIVATE),
        directive = directives::call::apply("user".into(), "/v1/follows".into())
    )]
    async fn viewer_follows(&self, ctx: &Context<'_>) -> Option<Result<bool>> {
        access::viewer(ctx)?;
        value(scope(ctx).loaders().followed_by_viewer.load((), self.key()).await, |follows| follows)
    }

    /// The user's posts, newest first.
    #[graphql(
        directive = directives::call::apply("post".into(), "/v1/posts/by-author".into()),
        directive = directives::list_size::apply(None, directives::first(), directives::items())
    )]
    async fn posts(
        &self,
        ctx: &Context<'_>,
        #[graphql(default = 20, desc = "Number of items to return, 1 to 100.")] first: i32,
        #[graphql(desc = "Return items after this cursor.")] after: Option<Cursor>,
    ) -> Option<Result<Connection<Post>>> {
        page_of(&scope(ctx).loaders().posts_by_author, self.key(), (first, after)).await
    }

    /// Number of the user's posts.
    #[graphql(directive = directives::call::apply("post".into(), "/v1/posts/counts".into()))]
    async fn post_count(&self, ctx: &Context<'_>) -> Option<Result<i32>> {
        value(scope(ctx).loaders().post_counts.load((), self.key()).await, |count| count.posts)
    }

    /// Orders placed by the user, newest first.
    #[graphql(
        directive = directives::access::apply(AccessRule::SelfOrAdmin),
        directive = directives::cache_control::apply(None, directives::PRIVATE),
        directive = directives::call::apply("order".into(), "/v1/orders/by-buyer".into()),
        directive = directives::list_size::apply(None, directives::first(), directives::items())
    )]
    async fn orders(
        &self,
        ctx: &Context<'_>,
        #[graphql(default = 20, desc = "Number of items to return, 1 to 100.")] first: i32,
        #[graphql(desc = "Return items after this cursor.")] after: Option<Cursor>,
    ) -> Option<Result<Connection<Order>>> {
        self.private_page(ctx, &scope(ctx).loaders().orders_by_buyer, (first, after)).await
    }

    /// Orders with items sold by the user, newest first.
    #[graphql(
        directive = directives::access::apply(AccessRule::SelfOrAdmin),
        directive = directives::cache_control::apply(None, directives::PRIVATE),
        directive = directives::call::apply("order".into(), "/v1/orders/by-seller".into()),
        directive = directives::list_size::apply(None, directives::first(), directives::items())
    )]
    async fn sales(
        &self,
        ctx: &Context<'_>,
        #[graphql(default = 20, desc = "Number of items to return, 1 to 100.")] first: i32,
        #[graphql(desc = "Return items after this cursor.")] after: Option<Cursor>,
    ) -> Option<Result<Connection<Order>>> {
        self.private_page(ctx, &scope(ctx).loaders().orders_by_seller, (first, after)).await
    }
}
