//! The subscription to new posts. In: the arguments of the root field, then events of the post service. Out: which events are
//! asked for, and the object of each.

use async_graphql::{Context, ID, Result, Subscription};
use contract::{PostId, UserId};
use futures::Stream;
use macros::object;

use super::{Post, routes::POSTS};
use crate::{
    clients::{MAX_IDS, Topic, member},
    graphql::{
        errors::bad_request,
        id,
        scalars::Cursor,
        subscription::{Asked, events},
    },
    services::Service,
};

/// New posts, by author.
pub static NEW_POSTS: Topic = Topic {
    service: Service::Post,
    types: &["post.published"],
    keys: |event| vec![member(event, "author_id")],
    may_see: |_, _| true,
};

/// Root fields of subscriptions to posts.
#[derive(Default)]
pub struct PostSubscription;

/// A post was published.
#[object]
pub struct PostPublishedEvent {
    /// The position behind the event, for `after`.
    cursor: Cursor,
    #[hidden]
    subject: PostId,
    /// The post as it is now; `null` if it was deleted.
    #[one(POSTS, key = subject)]
    post: Post,
}

#[Subscription]
impl PostSubscription {
    /// The posts of these authors as they are published, in their order.
    async fn post_published(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Ids of authors: `usr_…`, at most 100. Without it: posts of all authors.")] author_ids: Option<
            Vec<ID>,
        >,
        #[graphql(desc = "Only events behind this cursor: the cursor of an event, or a position.")] after: Option<
            Cursor,
        >,
    ) -> Result<impl Stream<Item = PostPublishedEvent>> {
        let author_ids = author_ids.as_deref();
        if author_ids.is_some_and(|ids| ids.len() > MAX_IDS) {
            return Err(bad_request(format!("`authorIds` has more than {MAX_IDS} ids")));
        }
        let keys = author_ids.map(|ids| ids.iter().map(author).collect()).transpose()?;
        Ok(events(ctx, &NEW_POSTS, Asked { keys, after }))
    }
}

fn author(author_id: &ID) -> Result<String> {
    id::parse("authorIds", author_id).map(|author: UserId| author.to_string())
}
