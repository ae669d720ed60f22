//! Comments: by id, by post (newest first), their counts, and a new one. In: ids of comments or posts. Out: records or
//! counts.

use std::collections::BTreeMap;

use chassis::database::{
    Connection, DatabaseError, Sql,
    list::{List, Order},
    row::{parsed, time},
};
use contract::{CommentId, PostId};
use sqlx::{FromRow, Row, any::AnyRow};

use crate::records::{CommentCountRecord, CommentRecord};

const COLUMNS: &str = "c.id, c.post_id, c.author_id, c.body, c.created_at, c.version";

/// The insert, up to the values.
pub(crate) const INSERT: &str = "INSERT INTO comments (id, post_id, author_id, body, created_at, version) VALUES ";

/// The comments on a post, newest first.
pub(crate) const POST_COMMENTS: List = List {
    kind: "post_comments",
    columns: COLUMNS,
    from: "comments c",
    parent: "c.post_id",
    number: "c.created_at",
    id: "c.id",
    order: Order::Descending,
};

impl FromRow<'_, AnyRow> for CommentRecord {
    fn from_row(row: &AnyRow) -> Result<Self, sqlx::Error> {
        Ok(Self {
            id: parsed(row, "id")?,
            post_id: parsed(row, "post_id")?,
            author_id: parsed(row, "author_id")?,
            body: row.try_get("body")?,
            created_at: time(row, "created_at")?,
            version: row.try_get("version")?,
        })
    }
}

/// The comments of those ids that exist.
pub(crate) async fn by_ids(
    connection: &mut Connection,
    ids: &[CommentId],
) -> Result<Vec<CommentRecord>, DatabaseError> {
    let select = Sql::new("SELECT ").push(COLUMNS).push(" FROM comments c WHERE c.id IN ");
    connection.all(select.bind_list(ids.iter().copied())).await
}

/// The number of comments on each post that exists.
pub(crate) async fn counts(
    connection: &mut Connection,
    posts: &[PostId],
) -> Result<BTreeMap<PostId, CommentCountRecord>, DatabaseError> {
    struct Counted(PostId, CommentCountRecord);
    impl FromRow<'_, AnyRow> for Counted {
        fn from_row(row: &AnyRow) -> Result<Self, sqlx::Error> {
            Ok(Self(parsed(row, "id")?, CommentCountRecord { comments: row.try_get("comment_count")? }))
        }
    }
    let select = Sql::new("SELECT id, comment_count FROM posts WHERE id IN ").bind_list(posts.iter().copied());
    let counted: Vec<Counted> = connection.all(select).await?;
    Ok(counted.into_iter().map(|Counted(id, count)| (id, count)).collect())
}

/// Adds a comment to a locked post.
pub(crate) async fn insert(connection: &mut Connection, comment: &CommentRecord) -> Result<(), DatabaseError> {
    let CommentRecord { id, post_id, author_id, body, created_at, version } = comment;
    let statement = Sql::new(INSERT).push("(").bind(*id).push(", ").bind(*post_id).push(", ").bind(*author_id);
    let statement = statement.push(", ").bind(body.as_str()).push(", ").bind(*created_at);
    connection.execute(statement.push(", ").bind(*version).push(")")).await?;
    let count = Sql::new("UPDATE posts SET comment_count = comment_count + 1 WHERE id = ").bind(*post_id);
    connection.execute(count).await.map(drop)
}
