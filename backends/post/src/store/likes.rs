//! Likes and their counts. A count is stored in the post and in its tags, for the lists that are sorted by it. In: ids of
//! posts and users. Out: counts or the liked posts.

use std::collections::BTreeMap;

use chassis::database::{Connection, DatabaseError, Sql, row::parsed};
use contract::{PostId, Time, UserId};
use sqlx::{FromRow, Row, any::AnyRow};

use crate::records::LikeCountRecord;

/// The insert, up to the values.
pub(crate) const INSERT: &str = "INSERT INTO likes (post_id, user_id, created_at) VALUES ";

/// The number of likes of each post that exists.
pub(crate) async fn counts(
    connection: &mut Connection,
    posts: &[PostId],
) -> Result<BTreeMap<PostId, LikeCountRecord>, DatabaseError> {
    struct Counted(PostId, LikeCountRecord);
    impl FromRow<'_, AnyRow> for Counted {
        fn from_row(row: &AnyRow) -> Result<Self, sqlx::Error> {
            Ok(Self(parsed(row, "id")?, LikeCountRecord { likes: row.try_get("like_count")? }))
        }
    }
    let select = Sql::new("SELECT id, like_count FROM posts WHERE id IN ").bind_list(posts.iter().copied());
    let counted: Vec<Counted> = connection.all(select).await?;
    Ok(counted.into_iter().map(|Counted(id, count)| (id, count)).collect())
}

/// The posts among `posts` that `user` likes.
pub(crate) async fn liked_among(
    connection: &mut Connection,
    user: UserId,
    posts: &[PostId],
) -> Result<Vec<PostId>, DatabaseError> {
    struct Liked(PostId);
    impl FromRow<'_, AnyRow> for Liked {
        fn from_row(row: &AnyRow) -> Result<Self, sqlx::Error> {
            parsed(row, "post_id").map(Self)
        }
    }
    let select = Sql::new("SELECT post_id FROM likes WHERE user_id = ").bind(user);
    let select = select.push(" AND post_id IN ").bind_list(posts.iter().copied());
    let rows: Vec<Liked> = connection.all(select).await?;
    Ok(rows.into_iter().map(|Liked(id)| id).collect())
}

/// Adds a like to the locked post; the new count, or `None` if it exists.
pub(crate) async fn insert(
    connection: &mut Connection,
    post: PostId,
    user: UserId,
    now: Time,
) -> Result<Option<i64>, DatabaseError> {
    let insert = Sql::new(INSERT).push("(").bind(post).push(", ").bind(user).push(", ").bind(now);
    let inserted = connection.execute(insert.push(") ON CONFLICT (post_id, user_id) DO NOTHING")).await?;
    if inserted == 0 { Ok(None) } else { count(connection, post, 1).await }
}

/// Deletes a like of the locked post; the new count, or `None` if it does not exist.
pub(crate) async fn delete(
    connection: &mut Connection,
    post: PostId,
    user: UserId,
) -> Result<Option<i64>, DatabaseError> {
    let delete = Sql::new("DELETE FROM likes WHERE post_id = ").bind(post).push(" AND user_id = ").bind(user);
    let deleted = connection.execute(delete).await?;
    if deleted == 0 { Ok(None) } else { count(connection, post, -1).await }
}

async fn count(connection: &mut Connection, post: PostId, change: i64) -> Result<Option<i64>, DatabaseError> {
    let update = Sql::new("UPDATE post_tags SET like_count = like_count + ").bind(change);
    connection.execute(update.push(" WHERE post_id = ").bind(post)).await?;
    let update = Sql::new("UPDATE posts SET like_count = like_count + ").bind(change).push(" WHERE id = ").bind(post);
    Ok(connection.optional::<(i64,)>(update.push(" RETURNING like_count")).await?.map(|(likes,)| likes))
}
