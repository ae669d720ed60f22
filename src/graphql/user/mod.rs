//! A user, and what belongs to one. Edges are loaded each for itself, so that a failed service fails only its own fields.

mod mutation;
mod query;
pub(super) mod routes;

use async_graphql::{Context, Enum, Result};
use contract::UserId;
use macros::object;
use serde::Deserialize;

pub use mutation::{FOLLOWED, UpdateProfilePayload, UserMutation};
pub use query::{USER, USERS_PAGE, UserQuery, VIEWER};

use super::{
    connection::Connection,
    edge::{self, scope},
    id::GlobalId,
    order::{
        Order,
        routes::{ORDERS_BY_BUYER, ORDERS_BY_SELLER},
    },
    post::{
        Post,
        routes::{POST_COUNTS, POSTS_BY_AUTHOR},
    },
    scalars::{DateTime, Url},
    text::{Text, Written},
};
use routes::{ACCOUNTS, FOLLOW_COUNTS, FOLLOWED_BY_VIEWER, FOLLOWERS, FOLLOWING, USERS};

/// A registered user.
#[object(route = USERS)]
pub struct User {
    /// Id: `usr_…`.
    pub(super) id: GlobalId<contract::id::User>,
    /// Unique name without spaces.
    handle: Text,
    /// Display name.
    name: Text,
    /// URL of the avatar image.
    avatar_url: Option<Written<Url>>,
    /// A short biography.
    bio: Option<Text>,
    /// The time at which the user signed up.
    created_at: DateTime,
    /// E-mail address.
    #[value(ACCOUNTS.email, key = id, access = SelfOrAdmin(id))]
    email: String,
    /// The user's role.
    #[value(ACCOUNTS.role, key = id, access = SelfOrAdmin(id))]
    role: Role,
    /// The user's followers, latest first.
    #[page(FOLLOWERS, key = id)]
    followers: Connection<User>,
    /// The users that this user follows, latest first.
    #[page(FOLLOWING, key = id)]
    following: Connection<User>,
    /// Number of followers.
    #[value(FOLLOW_COUNTS.followers, key = id)]
    follower_count: i32,
    /// Number of users that this user follows.
    #[value(FOLLOW_COUNTS.following, key = id)]
    following_count: i32,
    /// Whether the viewer follows the user; `null` when anonymous.
    #[value(FOLLOWED_BY_VIEWER, key = id, access = Viewer)]
    viewer_follows: bool,
    /// The user's posts, newest first.
    #[page(POSTS_BY_AUTHOR, key = id)]
    posts: Connection<Post>,
    /// Number of the user's posts.
    #[value(POST_COUNTS.posts, key = id)]
    post_count: i32,
    /// Orders placed by the user, newest first.
    #[page(ORDERS_BY_BUYER, key = id, access = SelfOrAdmin(id))]
    orders: Connection<Order>,
    /// Orders with items sold by the user, newest first.
    #[page(ORDERS_BY_SELLER, key = id, access = SelfOrAdmin(id))]
    sales: Connection<Order>,
}

/// A user's role.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Enum)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// A regular user.
    Member,
    /// An administrator.
    Admin,
}

impl User {
    /// The user with this id.
    pub async fn by_id(ctx: &Context<'_>, id: UserId) -> Option<Result<Self>> {
        edge::object(scope(ctx).load(&USERS, (), id).await)
    }
}
