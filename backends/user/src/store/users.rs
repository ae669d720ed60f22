//! Users: by id, by handle, all of them newest first, their counts, and changes of profiles. In: ids, handles or a
//! change. Out: records, pages or counts.

use std::collections::BTreeMap;

use chassis::{
    ApiError, Page,
    database::{
        Connection, DatabaseError, Sql,
        list::{List, Order},
        row::{parsed, time},
    },
    pages::PageRequest,
};
use contract::{Time, UserId};
use sqlx::{FromRow, Row, any::AnyRow};

use crate::{
    Handle,
    records::{FollowCountsRecord, UserRecord},
};

/// The columns of a [`UserRecord`].
pub(super) const COLUMNS: &str = "u.id, u.handle, u.name, u.avatar_url, u.bio, u.created_at, u.updated_at, u.version";

/// The same columns without alias: SQLite's RETURNING has none.
const RETURNED: &str = "id, handle, name, avatar_url, bio, created_at, updated_at, version";

/// All users, newest first.
pub(crate) const USERS: List = List {
    kind: "users",
    columns: COLUMNS,
    from: "users u",
    parent: "",
    number: "u.created_at",
    id: "u.id",
    order: Order::Descending,
};

/// A change of a profile; the outer `None` leaves a member, the inner one clears it.
pub(crate) struct ProfileChange {
    pub(crate) name: Option<String>,
    pub(crate) bio: Option<Option<String>>,
    pub(crate) avatar_url: Option<Option<String>>,
    pub(crate) at: Time,
}

impl ProfileChange {
    /// Whether nothing changes.
    pub(crate) const fn is_empty(&self) -> bool {
        self.name.is_none() && self.bio.is_none() && self.avatar_url.is_none()
    }
}

impl FromRow<'_, AnyRow> for UserRecord {
    fn from_row(row: &AnyRow) -> Result<Self, sqlx::Error> {
        Ok(Self {
            id: parsed(row, "id")?,
            handle: row.try_get("handle")?,
            name: row.try_get("name")?,
            avatar_url: row.try_get("avatar_url")?,
            bio: row.try_get("bio")?,
            created_at: time(row, "created_at")?,
            updated_at: time(row, "updated_at")?,
            version: row.try_get("version")?,
        })
    }
}

/// The users of those ids that exist.
pub(crate) async fn by_ids(connection: &mut Connection, ids: &[UserId]) -> Result<Vec<UserRecord>, DatabaseError> {
    let select = Sql::new("SELECT ").push(COLUMNS).push(" FROM users u WHERE u.id IN ");
    connection.all(select.bind_list(ids.iter().copied())).await
}

/// The users of those handles that exist.
pub(crate) async fn by_handles(
    connection: &mut Connection,
    handles: &[Handle],
) -> Result<Vec<UserRecord>, DatabaseError> {
    let select = Sql::new("SELECT ").push(COLUMNS).push(" FROM users u WHERE u.handle_key IN ");
    connection.all(select.bind_list(handles.iter().map(Handle::key))).await
}

/// A page of all users.
pub(crate) async fn page(
    connection: &mut Connection,
    request: &PageRequest,
) -> Result<Page<UserRecord>, DatabaseError> {
    USERS.page(connection, request, Vec::new()).await
}

/// Followers and followed of those of the ids that exist.
pub(crate) async fn counts(
    connection: &mut Connection,
    ids: &[UserId],
) -> Result<BTreeMap<UserId, FollowCountsRecord>, DatabaseError> {
    struct Counted(UserId, FollowCountsRecord);
    impl FromRow<'_, AnyRow> for Counted {
        fn from_row(row: &AnyRow) -> Result<Self, sqlx::Error> {
            let (followers, following) = (row.try_get("follower_count")?, row.try_get("following_count")?);
            Ok(Self(parsed(row, "id")?, FollowCountsRecord { followers, following }))
        }
    }
    let select = Sql::new("SELECT id, follower_count, following_count FROM users WHERE id IN ");
    let rows: Vec<Counted> = connection.all(select.bind_list(ids.iter().copied())).await?;
    Ok(rows.into_iter().map(|Counted(id, counts)| (id, counts)).collect())
}

/// 404: there is no such user.
pub(crate) fn unknown() -> ApiError {
    ApiError::not_found("there is no user of this id")
}

/// The user of that id.
pub(crate) async fn by_id(connection: &mut Connection, id: UserId) -> Result<Option<UserRecord>, DatabaseError> {
    Ok(by_ids(connection, &[id]).await?.pop())
}

/// Changes a profile and its version; `None` when there is no such user.
pub(crate) async fn update(
    connection: &mut Connection,
    id: UserId,
    change: &ProfileChange,
) -> Result<Option<UserRecord>, DatabaseError> {
    let mut sql = Sql::new("UPDATE users SET version = version + 1, updated_at = ").bind(change.at);
    if let Some(name) = &change.name {
        sql = sql.push(", name = ").bind(name.as_str());
    }
    if let Some(bio) = &change.bio {
        sql = sql.push(", bio = ").bind(bio.clone());
    }
    if let Some(avatar_url) = &change.avatar_url {
        sql = sql.push(", avatar_url = ").bind(avatar_url.clone());
    }
    sql = sql.push(" WHERE id = ").bind(id);
    connection.optional(sql.push(" RETURNING ").push(RETURNED)).await
}
