//! A post, its offer, and what belongs to one.

mod excerpt;
mod list;
mod mutation;
mod query;
pub(super) mod routes;
mod subscription;

use async_graphql::{Context, Result};
use contract::{PostId, UserId};
use macros::object;

pub use mutation::{DeletePostPayload, LIKED, PostMutation, PostPayload};
pub use query::{POST, POSTS_PAGE, PostQuery};
pub use subscription::{NEW_POSTS, PostPublishedEvent, PostSubscription};

use super::{
    comment::{
        Comment,
        routes::{COMMENT_COUNTS, COMMENTS_BY_POST},
    },
    connection::Connection,
    directives,
    edge::{self, scope},
    id::GlobalId,
    money::Money,
    scalars::DateTime,
    text::Text,
    user::{User, routes::USERS},
};
use excerpt::excerpt;
use routes::{LIKE_COUNTS, LIKED_BY_VIEWER, POSTS};

/// A post, visible to everyone.
#[object(route = POSTS)]
pub struct Post {
    /// Id: `pst_…`.
    pub(super) id: GlobalId<contract::id::Post>,
    /// Title.
    title: Text,
    /// The whole text.
    body: Text,
    /// Tags, in the author's order.
    tags: Vec<Text>,
    /// The time of publication.
    published_at: DateTime,
    /// The time of the last change.
    updated_at: DateTime,
    /// The post's offer; `null` if the post is not for sale.
    offer: Option<Offer>,
    #[hidden]
    author_id: UserId,
    /// The beginning of the text in one line, truncated between words where possible; `…` marks the truncation.
    #[computed(excerpt(body, length: i32 = 140, "Maximum number of characters (grapheme clusters, UAX #29): 1 to 1000."))]
    excerpt: Result<Text>,
    /// The post's author.
    #[one(USERS, key = author_id)]
    author: User,
    /// Comments on the post, newest first.
    #[page(COMMENTS_BY_POST, key = id)]
    comments: Connection<Comment>,
    /// Number of comments on the post.
    #[value(COMMENT_COUNTS.comments, key = id)]
    comment_count: i32,
    /// Number of users who like the post.
    #[value(LIKE_COUNTS.likes, key = id)]
    like_count: i32,
    /// Whether the viewer likes the post; `null` when anonymous.
    #[value(LIKED_BY_VIEWER, key = id, access = Viewer)]
    viewer_likes: bool,
}

/// The offer of a post: price and stock.
#[object]
#[graphql(directive = directives::cache_control::apply(directives::MINUTE, None))]
pub struct Offer {
    /// Price per unit.
    price: Money,
    /// Number of items in stock.
    stock: i32,
    /// Whether the stock is zero.
    #[computed(is_sold_out(stock))]
    sold_out: bool,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "functions of fields take references to them")]
fn is_sold_out(stock: &i32) -> bool {
    *stock == 0
}

impl Post {
    /// The post with this id.
    pub async fn by_id(ctx: &Context<'_>, id: PostId) -> Option<Result<Self>> {
        edge::object(scope(ctx).load(&POSTS, (), id).await)
    }
}
