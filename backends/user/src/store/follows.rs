//! Follows: pages of followers and followed users for many users, newest first; lookups; and changes, with the counts.
//! In: ids of users. Out: pages, flags, or whether a follow changed.

use chassis::database::{
    Connection, DatabaseError, Sql,
    list::{List, Order},
    row::parsed,
};
use contract::{Time, UserId};
use sqlx::{FromRow, any::AnyRow};

use super::users::COLUMNS;

/// The followers of a user.
pub(crate) const FOLLOWERS: List = List {
    kind: "followers",
    columns: COLUMNS,
    from: "follows f JOIN users u ON u.id = f.follower_id",
    parent: "f.followed_id",
    number: "f.created_at",
    id: "f.follower_id",
    order: Order::Descending,
};

/// The users that a user follows.
pub(crate) const FOLLOWING: List = List {
    kind: "following",
    from: "follows f JOIN users u ON u.id = f.followed_id",
    parent: "f.follower_id",
    id: "f.followed_id",
    ..FOLLOWERS
};

/// A follow, by its two users.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Follow {
    /// The user who follows.
    pub(crate) follower: UserId,
    /// The user who is followed.
    pub(crate) followed: UserId,
}

/// The ids among `ids` that `follower` follows.
pub(crate) async fn followed_among(
    connection: &mut Connection,
    follower: UserId,
    ids: &[UserId],
) -> Result<Vec<UserId>, DatabaseError> {
    struct Followed(UserId);
    impl FromRow<'_, AnyRow> for Followed {
        fn from_row(row: &AnyRow) -> Result<Self, sqlx::Error> {
            parsed(row, "followed_id").map(Self)
        }
    }
    let select = Sql::new("SELECT followed_id FROM follows WHERE follower_id = ").bind(follower);
    let select = select.push(" AND followed_id IN ").bind_list(ids.iter().copied());
    let rows: Vec<Followed> = connection.all(select).await?;
    Ok(rows.into_iter().map(|Followed(id)| id).collect())
}

/// Adds a follow; `false` if it exists.
pub(crate) async fn insert(connection: &mut Connection, follow: Follow, now: Time) -> Result<bool, DatabaseError> {
    let sql = Sql::new("INSERT INTO follows (follower_id, followed_id, created_at) VALUES (").bind(follow.follower);
    let sql = sql.push(", ").bind(follow.followed).push(", ").bind(now).push(") ON CONFLICT DO NOTHING");
    Ok(connection.execute(sql).await? == 1)
}

/// Deletes a follow; `false` if it does not exist.
pub(crate) async fn delete(connection: &mut Connection, follow: Follow) -> Result<bool, DatabaseError> {
    let sql = Sql::new("DELETE FROM follows WHERE follower_id = ").bind(follow.follower);
    Ok(connection.execute(sql.push(" AND followed_id = ").bind(follow.followed)).await? == 1)
}

/// Adds `change` to the counts of both users. The row of the smaller id is locked first, so that two users who follow each
/// other at once do not deadlock.
pub(crate) async fn count(connection: &mut Connection, follow: Follow, change: i64) -> Result<(), DatabaseError> {
    let Follow { follower, followed } = follow;
    let of_follower = Sql::new("UPDATE users SET following_count = following_count + ").bind(change);
    let of_follower = of_follower.push(" WHERE id = ").bind(follower);
    let of_followed = Sql::new("UPDATE users SET follower_count = follower_count + ").bind(change);
    let of_followed = of_followed.push(" WHERE id = ").bind(followed);
    let (first, second) = if follower < followed { (of_follower, of_followed) } else { (of_followed, of_follower) };
    connection.execute(first).await?;
    connection.execute(second).await.map(drop)
}
