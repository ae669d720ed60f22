//! A comment on a post.

mod mutation;

use async_graphql::{ComplexObject, Context, Result, SimpleObject};
use contract::{PostId, UserId};

pub use mutation::CommentMutation;

use super::{
    answer_size::Counted,
    directives,
    id::GlobalId,
    in_place::InPlace,
    post::Post,
    resolve::{object, scope},
    scalars::DateTime,
    user::User,
};
use crate::clients::comment::CommentRecord;

/// A comment on a post.
#[derive(SimpleObject)]
#[graphql(complex, directive = directives::call::apply("post".into(), "/v1/comments".into()), directive = directives::cache_control::apply(directives::MINUTE, None))]
pub struct Comment {
    /// Id: `cmt_…`.
    pub(super) id: GlobalId<contract::id::Comment>,
    /// The text.
    body: Counted<String>,
    /// The time at which the comment was created.
    created_at: DateTime,
    #[graphql(skip)]
    author_id: UserId,
    #[graphql(skip)]
    post_id: PostId,
}

impl From<CommentRecord> for Comment {
    fn from(record: CommentRecord) -> Self {
        Self {
            id: GlobalId(record.id),
            body: Counted(record.body),
            created_at: DateTime(record.created_at),
            author_id: record.author_id,
            post_id: record.post_id,
        }
    }
}

#[ComplexObject]
impl Comment {
    /// The comment's author.
    #[graphql(directive = directives::call::apply("user".into(), "/v1/users".into()))]
    async fn author(&self, ctx: &Context<'_>) -> Option<Result<InPlace<User>>> {
        object(scope(ctx).loaders().users_by_id.load((), self.author_id).await)
    }

    /// The post that the comment belongs to.
    #[graphql(directive = directives::call::apply("post".into(), "/v1/posts".into()))]
    async fn post(&self, ctx: &Context<'_>) -> Option<Result<InPlace<Post>>> {
        object(scope(ctx).loaders().posts_by_id.load((), self.post_id).await)
    }
}
