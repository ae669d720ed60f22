//! The number of posts of each author, updated in the transactions that publish and delete. In: ids of users. Out:
//! counts.

use std::collections::BTreeMap;

use chassis::database::{Connection, DatabaseError, Sql, row::parsed};
use contract::UserId;
use sqlx::{FromRow, Row, any::AnyRow};

use crate::records::PostCountRecord;

/// The insert, up to the values.
pub(crate) const INSERT: &str = "INSERT INTO authors (id, post_count) VALUES ";

/// The number of posts of each author; 0 for authors without posts.
pub(crate) async fn post_counts(
    connection: &mut Connection,
    ids: &[UserId],
) -> Result<BTreeMap<UserId, PostCountRecord>, DatabaseError> {
    struct Counted(UserId, i64);
    impl FromRow<'_, AnyRow> for Counted {
        fn from_row(row: &AnyRow) -> Result<Self, sqlx::Error> {
            Ok(Self(parsed(row, "id")?, row.try_get("post_count")?))
        }
    }
    let select = Sql::new("SELECT id, post_count FROM authors WHERE id IN ").bind_list(ids.iter().copied());
    let mut counts: BTreeMap<_, _> = ids.iter().map(|id| (*id, PostCountRecord { posts: 0 })).collect();
    let counted: Vec<Counted> = connection.all(select).await?;
    counts.extend(counted.into_iter().map(|Counted(id, posts)| (id, PostCountRecord { posts })));
    Ok(counts)
}

/// Counts a new post.
pub(super) async fn published(connection: &mut Connection, author: UserId) -> Result<(), DatabaseError> {
    let insert = Sql::new(INSERT).push("(").bind(author);
    let insert = insert.push(", 1) ON CONFLICT (id) DO UPDATE SET post_count = authors.post_count + 1");
    connection.execute(insert).await.map(drop)
}

/// Counts a deleted post.
pub(super) async fn unpublished(connection: &mut Connection, author: UserId) -> Result<(), DatabaseError> {
    let update = Sql::new("UPDATE authors SET post_count = post_count - 1 WHERE id = ").bind(author);
    connection.execute(update).await.map(drop)
}
