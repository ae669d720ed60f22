//! The answers stored under idempotency keys. The row of a key is claimed at the start of the transaction (on PostgreSQL,
//! other requests with the key wait), the answer is stored at its end and replayed for 24 hours.

use std::time::Duration;

use contract::Time;
use http::StatusCode;
use sqlx::{FromRow, Row, any::AnyRow};

use super::envelope::Scope;
use crate::{
    Answer, ApiError,
    database::{Connection, DatabaseError, Sql},
};

/// The time for which an answer is replayed.
const REPLAY_TIME: Duration = Duration::from_secs(24 * 60 * 60);

struct StoredAnswer {
    request_hash: String,
    status: i64,
    location: Option<String>,
    etag: Option<String>,
    body: String,
    position: Option<String>,
}

impl FromRow<'_, AnyRow> for StoredAnswer {
    fn from_row(row: &AnyRow) -> Result<Self, sqlx::Error> {
        Ok(Self {
            request_hash: row.try_get("request_hash")?,
            status: row.try_get("status")?,
            location: row.try_get("location")?,
            etag: row.try_get("etag")?,
            body: row.try_get("body")?,
            position: row.try_get("position")?,
        })
    }
}

/// Claims the key; `false` if it has an answer that is still replayed.
pub(super) async fn claim(connection: &mut Connection, scope: &Scope, now: Time) -> Result<bool, DatabaseError> {
    let sql = Sql::new("INSERT INTO idempotency (scope, request_hash, status, body, created_at) VALUES (")
        .bind(scope.key())
        .push(", ")
        .bind(scope.body_hash())
        .push(", 0, '', ")
        .bind(now)
        .push(") ON CONFLICT (scope) DO UPDATE SET request_hash = excluded.request_hash, status = 0, location = NULL,")
        .push(" etag = NULL, body = '', created_at = excluded.created_at WHERE idempotency.created_at <= ")
        .bind(now.minus(REPLAY_TIME))
        .push(" RETURNING scope");
    Ok(connection.optional::<(String,)>(sql).await?.is_some())
}

/// The stored answer, marked as replayed; 422 if the key was used with another body.
pub(super) async fn find(connection: &mut Connection, scope: &Scope, now: Time) -> Result<Option<Answer>, ApiError> {
    let sql = Sql::new("SELECT request_hash, status, location, etag, body, position FROM idempotency WHERE scope = ")
        .bind(scope.key())
        .push(" AND created_at > ")
        .bind(now.minus(REPLAY_TIME));
    let Some(stored) = connection.optional::<StoredAnswer>(sql).await? else { return Ok(None) };
    if stored.request_hash != scope.body_hash() {
        let (status, code) = (StatusCode::UNPROCESSABLE_ENTITY, "IDEMPOTENCY_KEY_REUSED");
        return Err(ApiError::new(status, code, "this idempotency key was used with another body"));
    }
    let status = u16::try_from(stored.status).ok().and_then(|status| StatusCode::from_u16(status).ok());
    let status = status.ok_or_else(|| ApiError::internal("a stored answer without a status"))?;
    let StoredAnswer { location, etag, body, position, .. } = stored;
    Ok(Some(Answer { status, body, location, etag, position, replayed: true }))
}

/// Stores the answer under the claimed key.
pub(super) async fn store(connection: &mut Connection, scope: &Scope, answer: &Answer) -> Result<(), DatabaseError> {
    let sql = Sql::new("UPDATE idempotency SET status = ")
        .bind(i64::from(answer.status.as_u16()))
        .push(", location = ")
        .bind(answer.location.clone())
        .push(", etag = ")
        .bind(answer.etag.clone())
        .push(", body = ")
        .bind(answer.body.as_str())
        .push(", position = ")
        .bind(answer.position.clone())
        .push(" WHERE scope = ")
        .bind(scope.key());
    connection.execute(sql).await.map(drop)
}

/// Deletes a bounded number of answers that are no longer replayed at `now`.
pub(super) async fn forget(connection: &mut Connection, now: Time) -> Result<u64, DatabaseError> {
    let sql = Sql::new("DELETE FROM idempotency WHERE scope IN (SELECT scope FROM idempotency WHERE created_at <= ")
        .bind(now.minus(REPLAY_TIME))
        .push(" ORDER BY created_at LIMIT 1000)");
    connection.execute(sql).await
}
