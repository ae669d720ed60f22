//! Demo data for an empty database, in bulk. In: plain values with their counts. Out: rows, in few large statements. Posts
//! must be written before their comments and likes. Only with the feature `seed`.

use std::{collections::BTreeMap, time::Duration};

use chassis::{
    Deadline,
    database::{Database, DatabaseError},
};
use contract::{CommentId, Money, PostId, Time, UserId};

use crate::{
    records::{Offer, PostRecord, Price},
    store::{authors, comments, likes, posts, tags},
};

/// The timeout of one transaction.
const WITHIN: Duration = Duration::from_secs(600);
/// Posts per transaction; their tags are in memory until it ends.
const BATCH: usize = 5_000;

/// A post, in its first version.
#[derive(Clone, Debug)]
pub struct PostSeed {
    /// Id.
    pub id: PostId,
    /// The author.
    pub author_id: UserId,
    /// Title.
    pub title: String,
    /// Text.
    pub body: String,
    /// Tags, in the author's order; none twice.
    pub tags: Vec<String>,
    /// The price and the stock of the offer, if any.
    pub offer: Option<(Money, i64)>,
    /// The time of publication.
    pub published_at: Time,
    /// The time of the last change.
    pub updated_at: Time,
    /// The number of its [`CommentSeed`]s.
    pub comment_count: i64,
    /// The number of its [`LikeSeed`]s.
    pub like_count: i64,
}

/// A comment.
#[derive(Clone, Debug)]
pub struct CommentSeed {
    /// Id.
    pub id: CommentId,
    /// The post.
    pub post_id: PostId,
    /// The author.
    pub author_id: UserId,
    /// Text.
    pub body: String,
    /// The time of the comment.
    pub created_at: Time,
}

/// A like.
#[derive(Clone, Debug)]
pub struct LikeSeed {
    /// The post.
    pub post_id: PostId,
    /// The user who likes it.
    pub user_id: UserId,
    /// The time of the like.
    pub created_at: Time,
}

/// Writes all posts in batches, and their counts by author.
pub async fn seed_posts(database: &Database, posts: impl Iterator<Item = PostSeed>) -> Result<(), DatabaseError> {
    let mut by_author: BTreeMap<UserId, i64> = BTreeMap::new();
    let mut posts = posts.peekable();
    while posts.peek().is_some() {
        let mut tag_rows = Vec::new();
        let post_rows = posts.by_ref().take(BATCH).map(|seed| {
            *by_author.entry(seed.author_id).or_default() += 1;
            let (comments, likes, post) = (seed.comment_count, seed.like_count, record(seed));
            tag_rows.extend(tags::rows(&post, likes));
            posts::row(&post, comments, likes)
        });
        database.insert_bulk(posts::INSERT, post_rows, Deadline::after(WITHIN)).await?;
        database.insert_bulk(tags::INSERT, tag_rows, Deadline::after(WITHIN)).await?;
    }
    let author_rows = by_author.into_iter().map(|(id, posts)| vec![id.into(), posts.into()]);
    database.insert_bulk(authors::INSERT, author_rows, Deadline::after(WITHIN)).await
}

/// Writes all comments, or none.
pub async fn seed_comments(
    database: &Database,
    comments: impl Iterator<Item = CommentSeed>,
) -> Result<(), DatabaseError> {
    let rows = comments.map(|CommentSeed { id, post_id, author_id, body, created_at }| {
        vec![id.into(), post_id.into(), author_id.into(), body.into(), created_at.into(), 1.into()]
    });
    database.insert_bulk(comments::INSERT, rows, Deadline::after(WITHIN)).await
}

/// Writes all likes, or none.
pub async fn seed_likes(database: &Database, likes: impl Iterator<Item = LikeSeed>) -> Result<(), DatabaseError> {
    let rows =
        likes.map(|LikeSeed { post_id, user_id, created_at }| vec![post_id.into(), user_id.into(), created_at.into()]);
    database.insert_bulk(likes::INSERT, rows, Deadline::after(WITHIN)).await
}

fn record(seed: PostSeed) -> PostRecord {
    let offer = |(Money { amount, currency }, stock)| Offer { price: Price { amount, currency }, stock };
    PostRecord {
        id: seed.id,
        author_id: seed.author_id,
        title: seed.title,
        body: seed.body,
        tags: seed.tags,
        offer: seed.offer.map(offer),
        published_at: seed.published_at,
        updated_at: seed.updated_at,
        version: 1,
    }
}
