//! Demo data for an empty database, by the million: plain rows in, few and large statements out. The counters come with
//! the posts and are believed; posts must be there before what hangs on them. Only in programs that ask for the feature
//! `seed`.

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

/// The longest that filling one table may take.
const WITHIN: Duration = Duration::from_secs(600);
/// Posts of one transaction: their tags wait in memory meanwhile.
const BATCH: usize = 5_000;

/// A post, in its first version.
#[derive(Clone, Debug)]
pub struct PostSeed {
    /// Id.
    pub id: PostId,
    /// Who wrote it.
    pub author_id: UserId,
    /// Title.
    pub title: String,
    /// Text.
    pub body: String,
    /// Tags, in the author's order; none twice.
    pub tags: Vec<String>,
    /// Price of one and how many are left, if it sells something.
    pub offer: Option<(Money, i64)>,
    /// When it was published.
    pub published_at: Time,
    /// When it last changed.
    pub updated_at: Time,
    /// How many rows of [`CommentSeed`] are on it.
    pub comment_count: i64,
    /// How many rows of [`LikeSeed`] are on it.
    pub like_count: i64,
}

/// A comment.
#[derive(Clone, Debug)]
pub struct CommentSeed {
    /// Id.
    pub id: CommentId,
    /// On which post.
    pub post_id: PostId,
    /// Who wrote it.
    pub author_id: UserId,
    /// Text.
    pub body: String,
    /// When.
    pub created_at: Time,
}

/// A like.
#[derive(Clone, Debug)]
pub struct LikeSeed {
    /// Which post.
    pub post_id: PostId,
    /// Who likes it.
    pub user_id: UserId,
    /// Since when.
    pub created_at: Time,
}

/// Publishes all posts, some thousands at a time, and counts them by author.
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
