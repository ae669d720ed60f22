//! A comment on a post.

mod mutation;
pub(super) mod routes;
mod subscription;

use async_graphql::{Context, Result};
use contract::{CommentId, PostId, UserId};
use macros::object;

pub use mutation::{COMMENTED, CommentMutation};
pub use subscription::{CommentAddedEvent, CommentSubscription, NEW_COMMENTS};

use super::{
    edge::{self, scope},
    id::GlobalId,
    post::{Post, routes::POSTS},
    scalars::DateTime,
    text::Text,
    user::{User, routes::USERS},
};
use routes::COMMENTS;

/// A comment on a post.
#[object(route = COMMENTS)]
pub struct Comment {
    /// Id: `cmt_…`.
    pub(super) id: GlobalId<contract::id::Comment>,
    /// The text.
    body: Text,
    /// The time at which the comment was created.
    created_at: DateTime,
    #[hidden]
    author_id: UserId,
    #[hidden]
    post_id: PostId,
    /// The comment's author.
    #[one(USERS, key = author_id)]
    author: User,
    /// The post that the comment belongs to.
    #[one(POSTS, key = post_id)]
    post: Post,
}

impl Comment {
    /// The comment with this id.
    pub async fn by_id(ctx: &Context<'_>, id: CommentId) -> Option<Result<Self>> {
        edge::object(scope(ctx).load(&COMMENTS, (), id).await)
    }
}
