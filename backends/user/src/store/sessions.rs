//! Sessions and their refresh tokens. Every change of a session locks its row first, which serializes
//! refreshes and log-out.

use std::time::Duration;

use chassis::database::{
    Connection, DatabaseError, Sql,
    row::{parsed, time},
};
use contract::{Time, UserId};
use sqlx::{FromRow, Row, any::AnyRow};

/// The lifetime of a session after its last refresh.
pub(crate) const IDLE: Duration = Duration::from_secs(30 * 24 * 60 * 60);
/// The spent tokens of a session that are stored: a month of refreshes every 15 minutes.
const SPENT_KEPT: i64 = 3_000;

/// A session and its user.
pub(crate) struct Session {
    pub(crate) id: String,
    pub(crate) user_id: UserId,
}

/// The state of a refresh token.
pub(crate) struct TokenState {
    /// Its place in its session.
    pub(crate) number: i64,
    /// The time of its use, and the salt of its successor.
    pub(crate) spent: Option<(Time, String)>,
}

/// A refresh token that is replaced by its successor.
pub(crate) struct SpentToken<'a> {
    pub(crate) hash: &'a str,
    /// Its place in its session.
    pub(crate) number: i64,
    pub(crate) at: Time,
    /// Makes the successor from the token.
    pub(crate) salt: &'a str,
}

impl FromRow<'_, AnyRow> for Session {
    fn from_row(row: &AnyRow) -> Result<Self, sqlx::Error> {
        Ok(Self { id: row.try_get("id")?, user_id: parsed(row, "user_id")? })
    }
}

impl FromRow<'_, AnyRow> for TokenState {
    fn from_row(row: &AnyRow) -> Result<Self, sqlx::Error> {
        let salt: Option<String> = row.try_get("salt")?;
        let spent = salt.map(|salt| Ok::<_, sqlx::Error>((time(row, "spent_at")?, salt))).transpose()?;
        Ok(Self { number: row.try_get("number")?, spent })
    }
}

/// Adds a session without a token. A user has 100 at most: the oldest are deleted, and returned.
pub(crate) async fn insert(
    connection: &mut Connection,
    session: &Session,
    now: Time,
) -> Result<Vec<String>, DatabaseError> {
    let beyond = Sql::new("DELETE FROM sessions WHERE id IN (SELECT id FROM sessions WHERE user_id = ")
        .bind(session.user_id)
        .push(" ORDER BY created_at DESC, id DESC LIMIT 10 OFFSET 99) RETURNING id");
    let ended: Vec<(String,)> = connection.all(beyond).await?;
    let sql = Sql::new("INSERT INTO sessions (id, user_id, created_at, ends_at) VALUES (")
        .bind(session.id.as_str())
        .push(", ")
        .bind(session.user_id)
        .push(", ")
        .bind(now)
        .push(", ")
        .bind(now.plus(IDLE))
        .push(")");
    connection.execute(sql).await?;
    Ok(ended.into_iter().map(|(id,)| id).collect())
}

/// Extends the session of a token and locks it until the write ends; `None` if there is none, or it has ended.
pub(crate) async fn prolong(
    connection: &mut Connection,
    hash: &str,
    now: Time,
) -> Result<Option<Session>, DatabaseError> {
    let sql = Sql::new("UPDATE sessions SET ends_at = ")
        .bind(now.plus(IDLE))
        .push(" WHERE id = (SELECT session_id FROM refresh_tokens WHERE hash = ")
        .bind(hash)
        .push(") AND ends_at > ")
        .bind(now)
        .push(" RETURNING id, user_id");
    connection.optional(sql).await
}

/// The state of a token.
pub(crate) async fn token(connection: &mut Connection, hash: &str) -> Result<Option<TokenState>, DatabaseError> {
    let select = Sql::new("SELECT number, spent_at, salt FROM refresh_tokens WHERE hash = ").bind(hash);
    connection.optional(select).await
}

/// Adds an unused token.
pub(crate) async fn insert_token(
    connection: &mut Connection,
    session: &str,
    hash: &str,
    number: i64,
) -> Result<(), DatabaseError> {
    let sql = Sql::new("INSERT INTO refresh_tokens (hash, session_id, number) VALUES (").bind(hash);
    let sql = sql.push(", ").bind(session).push(", ").bind(number).push(")");
    connection.execute(sql).await.map(drop)
}

/// Marks a token as spent, and deletes tokens spent long before it.
pub(crate) async fn spend_token(
    connection: &mut Connection,
    session: &str,
    spent: SpentToken<'_>,
) -> Result<(), DatabaseError> {
    let SpentToken { hash, number, at, salt } = spent;
    let sql = Sql::new("UPDATE refresh_tokens SET spent_at = ").bind(at).push(", salt = ").bind(salt);
    connection.execute(sql.push(" WHERE hash = ").bind(hash)).await?;
    let old = Sql::new("DELETE FROM refresh_tokens WHERE session_id = ").bind(session);
    connection.execute(old.push(" AND number <= ").bind(number - SPENT_KEPT)).await.map(drop)
}

/// Ends a session with all its tokens, if it is that user's; whether there was one.
pub(crate) async fn end(connection: &mut Connection, id: &str, user: UserId) -> Result<bool, DatabaseError> {
    let sql = Sql::new("DELETE FROM sessions WHERE id = ").bind(id).push(" AND user_id = ").bind(user);
    connection.execute(sql).await.map(|ended| ended > 0)
}
