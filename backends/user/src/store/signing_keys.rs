//! The keys that sign tokens. The next, the current and the previous are the last three by the time they begin to sign.
//! In: a time or a key. Out: keys, with their private halves only for signing.

use std::time::Duration;

use chassis::{
    Deadline,
    database::{Connection, Database, DatabaseError, Sql, row::time},
};
use contract::Time;
use sqlx::{FromRow, Row, any::AnyRow};

use crate::records::{KeyRecord, KeySetRecord};

/// The timeout of reading three rows.
const WITHIN: Duration = Duration::from_secs(2);

/// A key with its private half. Not `Debug`.
pub(crate) struct SigningKeyRow {
    pub(crate) kid: String,
    /// 32 bytes, base64url without padding: `x` of RFC 8037.
    pub(crate) public_key: String,
    /// PKCS #8, base64url without padding; empty when it will not sign again.
    pub(crate) private_key: String,
    pub(crate) signs_from: Time,
}

impl FromRow<'_, AnyRow> for SigningKeyRow {
    fn from_row(row: &AnyRow) -> Result<Self, sqlx::Error> {
        Ok(Self {
            kid: row.try_get("kid")?,
            public_key: row.try_get("public_key")?,
            private_key: row.try_get("private_key")?,
            signs_from: time(row, "signs_from")?,
        })
    }
}

/// The public halves as a JWKS (RFC 7517, RFC 8037).
pub(crate) async fn public(database: &Database) -> Result<KeySetRecord, DatabaseError> {
    let mut connection = database.read(Deadline::after(WITHIN)).await?;
    let sql = Sql::new("SELECT kid, public_key FROM signing_keys ORDER BY signs_from DESC LIMIT 3");
    let rows: Vec<(String, String)> = connection.all(sql).await?;
    Ok(KeySetRecord { keys: rows.into_iter().map(|(kid, x)| KeyRecord::new(kid, x)).collect() })
}

/// The key that signs at that time; the result for a time never changes.
pub(crate) async fn signing_at(
    connection: &mut Connection,
    when: Time,
) -> Result<Option<SigningKeyRow>, DatabaseError> {
    connection.optional(select_signing_at(when)).await
}

/// The same key, with the keys locked until the write ends.
pub(crate) async fn hold_signing_at(
    connection: &mut Connection,
    when: Time,
) -> Result<Option<SigningKeyRow>, DatabaseError> {
    connection.locked(select_signing_at(when)).await
}

fn select_signing_at(when: Time) -> Sql {
    Sql::new("SELECT kid, public_key, private_key, signs_from FROM signing_keys WHERE signs_from <= ")
        .bind(when)
        .push(" ORDER BY signs_from DESC LIMIT 1")
}

/// When the next key signs, if there is one.
pub(crate) async fn next_signs_from(connection: &mut Connection, now: Time) -> Result<Option<Time>, DatabaseError> {
    let sql = Sql::new("SELECT signs_from FROM signing_keys WHERE signs_from > ").bind(now);
    let next = connection.optional::<(i64,)>(sql.push(" ORDER BY signs_from LIMIT 1")).await?;
    Ok(next.map(|(millis,)| Time::from_millis(millis)))
}

/// Adds a key; `false` when another signs from that very time.
pub(crate) async fn insert(connection: &mut Connection, key: &SigningKeyRow, now: Time) -> Result<bool, DatabaseError> {
    let sql = Sql::new("INSERT INTO signing_keys (kid, public_key, private_key, created_at, signs_from) VALUES (")
        .bind(key.kid.as_str())
        .push(", ")
        .bind(key.public_key.as_str())
        .push(", ")
        .bind(key.private_key.as_str())
        .push(", ")
        .bind(now)
        .push(", ")
        .bind(key.signs_from)
        .push(") ON CONFLICT DO NOTHING");
    Ok(connection.execute(sql).await? == 1)
}

/// Deletes what is older than the key before `current`, and the private half of that one.
pub(crate) async fn retire_before(connection: &mut Connection, current: Time) -> Result<(), DatabaseError> {
    let older = Sql::new(
        "DELETE FROM signing_keys WHERE signs_from < (SELECT MAX(signs_from) FROM signing_keys \
                          WHERE signs_from < ",
    );
    connection.execute(older.bind(current).push(")")).await?;
    let previous = Sql::new("UPDATE signing_keys SET private_key = '' WHERE signs_from < ").bind(current);
    connection.execute(previous).await.map(drop)
}
