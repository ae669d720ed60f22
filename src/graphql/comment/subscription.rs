//! The subscription to new comments. In: the arguments of the root field, then events of the post service. Out: which events are
//! asked for, and the object of each.

use async_graphql::{Context, ID, Result, Subscription};
use contract::{CommentId, PostId};
use futures::Stream;
use macros::object;

use super::{Comment, routes::COMMENTS};
use crate::{
    clients::{Topic, member},
    graphql::{
        id,
        scalars::Cursor,
        subscription::{Asked, events},
    },
    services::Service,
};

/// New comments, by post.
pub static NEW_COMMENTS: Topic = Topic {
    service: Service::Post,
    types: &["comment.added"],
    keys: |event| vec![member(event, "post_id")],
    may_see: |_, _| true,
};

/// Root fields of subscriptions to comments.
#[derive(Default)]
pub struct CommentSubscription;

/// A comment was added.
#[object]
pub struct CommentAddedEvent {
    /// The position behind the event, for `after`.
    cursor: Cursor,
    #[hidden]
    subject: CommentId,
    /// The comment as it is now; `null` if it was deleted.
    #[one(COMMENTS, key = subject)]
    comment: Comment,
}

#[Subscription]
impl CommentSubscription {
    /// The comments on a post as they are added, in their order; a post that does not exist has none.
    async fn comment_added(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Id of the post: `pst_…`.")] post_id: ID,
        #[graphql(desc = "Only events behind this cursor: the cursor of an event, or a position.")] after: Option<
            Cursor,
        >,
    ) -> Result<impl Stream<Item = CommentAddedEvent>> {
        let post: PostId = id::parse("postId", &post_id)?;
        Ok(events(ctx, &NEW_COMMENTS, Asked { keys: Some(vec![post.to_string()]), after }))
    }
}
