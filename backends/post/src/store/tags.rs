//! The index of tags: a row for each tag of each post. Their order is stored in the post. In: a post record. Out: rows of
//! `post_tags`.

use chassis::database::{Connection, DatabaseError, Sql, Value};
use contract::PostId;

use crate::records::PostRecord;

/// The insert, up to the values, which are in the order of [`rows`].
pub(crate) const INSERT: &str = "INSERT INTO post_tags (post_id, tag, published_at, like_count, for_sale) VALUES ";

/// Adds the tags of a post with that number of likes.
pub(super) async fn insert(connection: &mut Connection, post: &PostRecord, likes: i64) -> Result<(), DatabaseError> {
    let mut statement = Sql::new(INSERT);
    for (place, row) in rows(post, likes).enumerate() {
        statement = statement.push(if place == 0 { "(" } else { ", (" });
        for (index, value) in row.into_iter().enumerate() {
            statement = if index == 0 { statement } else { statement.push(", ") };
            statement = statement.bind(value);
        }
        statement = statement.push(")");
    }
    if post.tags.is_empty() { Ok(()) } else { connection.execute(statement).await.map(drop) }
}

/// Deletes a post's tags.
pub(super) async fn delete(connection: &mut Connection, post: PostId) -> Result<(), DatabaseError> {
    connection.execute(Sql::new("DELETE FROM post_tags WHERE post_id = ").bind(post)).await.map(drop)
}

/// A row for each tag.
pub(crate) fn rows(post: &PostRecord, likes: i64) -> impl Iterator<Item = Vec<Value>> {
    let row = move |tag: &String| {
        let sale = post.offer.is_some().into();
        vec![post.id.into(), tag.as_str().into(), post.published_at.into(), likes.into(), sale]
    };
    post.tags.iter().map(row)
}
