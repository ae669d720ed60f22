//! Accounts: what only their owner and admins may read.

use chassis::database::{Connection, DatabaseError, Sql, row::parsed};
use contract::{UserId, token::Role};
use sqlx::{FromRow, Row, any::AnyRow};

use crate::records::AccountRecord;

impl FromRow<'_, AnyRow> for AccountRecord {
    fn from_row(row: &AnyRow) -> Result<Self, sqlx::Error> {
        let role = match row.try_get("role")? {
            "admin" => Role::Admin,
            _ => Role::Member,
        };
        Ok(Self { id: parsed(row, "id")?, email: row.try_get("email")?, role })
    }
}

/// Those of the ids that exist.
pub(crate) async fn by_ids(connection: &mut Connection, ids: &[UserId]) -> Result<Vec<AccountRecord>, DatabaseError> {
    let select = Sql::new("SELECT id, email, role FROM users WHERE id IN ");
    connection.all(select.bind_list(ids.iter().copied())).await
}
