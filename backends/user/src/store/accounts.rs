//! Accounts: private data, credentials, and new accounts. In: ids, an address or a new account. Out: records, credentials
//! or whether the account was added.

use chassis::database::{Connection, DatabaseError, Sql, row::parsed};
use contract::{Time, UserId, token::Role};
use sqlx::{FromRow, Row, any::AnyRow};

use crate::{Handle, email::Email, records::AccountRecord};

/// A new account.
pub(crate) struct NewAccount<'a> {
    pub(crate) id: UserId,
    pub(crate) handle: &'a Handle,
    pub(crate) name: &'a str,
    pub(crate) email: &'a Email,
    pub(crate) password_hash: &'a str,
    pub(crate) now: Time,
}

/// The stored credentials of an account.
pub(crate) struct Credentials {
    pub(crate) id: UserId,
    pub(crate) password_hash: String,
}

impl FromRow<'_, AnyRow> for AccountRecord {
    fn from_row(row: &AnyRow) -> Result<Self, sqlx::Error> {
        let stored: &str = row.try_get("role")?;
        let role = if stored == role_text(Role::Admin) { Role::Admin } else { Role::Member };
        Ok(Self { id: parsed(row, "id")?, email: row.try_get("email")?, role })
    }
}

/// A role as it is stored.
pub(crate) const fn role_text(role: Role) -> &'static str {
    match role {
        Role::Member => "member",
        Role::Admin => "admin",
    }
}

/// The accounts of those ids that exist.
pub(crate) async fn by_ids(connection: &mut Connection, ids: &[UserId]) -> Result<Vec<AccountRecord>, DatabaseError> {
    let select = Sql::new("SELECT id, email, role FROM users WHERE id IN ");
    connection.all(select.bind_list(ids.iter().copied())).await
}

impl FromRow<'_, AnyRow> for Credentials {
    fn from_row(row: &AnyRow) -> Result<Self, sqlx::Error> {
        Ok(Self { id: parsed(row, "id")?, password_hash: row.try_get("password_hash")? })
    }
}

/// The account of that e-mail address, in any letter case.
pub(crate) async fn credentials(
    connection: &mut Connection,
    email: &Email,
) -> Result<Option<Credentials>, DatabaseError> {
    let select = Sql::new("SELECT id, password_hash FROM users WHERE email_key = ").bind(email.key());
    connection.optional(select).await
}

/// Adds a member; `false` if the handle or the e-mail address is in use.
pub(crate) async fn insert(connection: &mut Connection, account: &NewAccount<'_>) -> Result<bool, DatabaseError> {
    let sql = Sql::new(
        "INSERT INTO users (id, handle, handle_key, name, email, email_key, password_hash, role, created_at, \
         updated_at, version, follower_count, following_count) VALUES (",
    )
    .bind(account.id)
    .push(", ")
    .bind(account.handle.to_string())
    .push(", ")
    .bind(account.handle.key())
    .push(", ")
    .bind(account.name)
    .push(", ")
    .bind(account.email.to_string())
    .push(", ")
    .bind(account.email.key())
    .push(", ")
    .bind(account.password_hash)
    .push(", ")
    .bind(role_text(Role::Member))
    .push(", ")
    .bind(account.now)
    .push(", ")
    .bind(account.now)
    .push(", 1, 0, 0) ON CONFLICT DO NOTHING");
    Ok(connection.execute(sql).await? == 1)
}

/// Whether the handle and the e-mail address are in use.
pub(crate) async fn taken(
    connection: &mut Connection,
    handle: &Handle,
    email: &Email,
) -> Result<(bool, bool), DatabaseError> {
    let by_handle = Sql::new("SELECT id FROM users WHERE handle_key = ").bind(handle.key());
    let by_handle = connection.optional::<(String,)>(by_handle).await?.is_some();
    Ok((by_handle, credentials(connection, email).await?.is_some()))
}
