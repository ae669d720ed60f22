//! Who follows whom: a page of followers or followed for each of many users, newest follow first; and which of some
//! users somebody follows.

use chassis::database::{
    Connection, DatabaseError, Sql,
    list::{List, Order},
    row::parsed,
};
use contract::UserId;
use sqlx::{FromRow, any::AnyRow};

use super::users::COLUMNS;

/// Who follows a user.
pub(crate) const FOLLOWERS: List = List {
    kind: "followers",
    columns: COLUMNS,
    from: "follows f JOIN users u ON u.id = f.follower_id",
    parent: "f.followed_id",
    number: "f.created_at",
    id: "f.follower_id",
    order: Order::Descending,
};

/// Whom a user follows.
pub(crate) const FOLLOWING: List = List {
    kind: "following",
    from: "follows f JOIN users u ON u.id = f.followed_id",
    parent: "f.follower_id",
    id: "f.followed_id",
    ..FOLLOWERS
};

/// Those of the ids whom `follower` follows.
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
