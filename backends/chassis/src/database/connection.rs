//! A connection for one read or one write. All statements of the stores run here: none starts after the deadline, and the
//! wait for each ends at the deadline. Builds for tests record the statements.

use sqlx::{
    AnyConnection, AssertSqlSafe, FromRow, Transaction,
    any::{Any, AnyRow},
    pool::PoolConnection,
};
use tokio::time::timeout_at;

use super::{DatabaseError, Engine, Sql, plans::StatementLog};
use crate::Deadline;

/// A connection of the pool, until it is dropped. For a write it is inside a transaction.
pub struct Connection {
    pub(super) engine: Engine,
    pub(super) link: Link,
    pub(super) deadline: Deadline,
    pub(super) log: StatementLog,
}

/// Reads on SQLite need no transaction; all other work has one.
pub(super) enum Link {
    Plain(PoolConnection<Any>),
    Transaction(Transaction<'static, Any>),
}

impl Link {
    fn raw(&mut self) -> &mut AnyConnection {
        match self {
            Self::Plain(connection) => connection,
            Self::Transaction(transaction) => transaction,
        }
    }
}

impl Connection {
    /// SQLite or PostgreSQL.
    pub(crate) const fn engine(&self) -> Engine {
        self.engine
    }

    /// All rows.
    pub async fn all<T>(&mut self, sql: Sql) -> Result<Vec<T>, DatabaseError>
    where
        T: for<'r> FromRow<'r, AnyRow> + Send + Unpin,
    {
        let deadline = self.admit(&sql)?;
        let (text, arguments) = sql.into_parts();
        let query = sqlx::query_as_with(AssertSqlSafe(text), arguments).fetch_all(self.link.raw());
        Ok(timeout_at(deadline.instant(), query).await.map_err(|_| DatabaseError::DeadlinePassed)??)
    }

    /// The first row, if any.
    pub async fn optional<T>(&mut self, sql: Sql) -> Result<Option<T>, DatabaseError>
    where
        T: for<'r> FromRow<'r, AnyRow> + Send + Unpin,
    {
        let deadline = self.admit(&sql)?;
        let (text, arguments) = sql.into_parts();
        let query = sqlx::query_as_with(AssertSqlSafe(text), arguments).fetch_optional(self.link.raw());
        Ok(timeout_at(deadline.instant(), query).await.map_err(|_| DatabaseError::DeadlinePassed)??)
    }

    /// The first row, if any, locked until the write ends. (On SQLite a write locks the whole database.)
    pub async fn locked<T>(&mut self, sql: Sql) -> Result<Option<T>, DatabaseError>
    where
        T: for<'r> FromRow<'r, AnyRow> + Send + Unpin,
    {
        let lock = if self.engine == Engine::Postgres { " FOR UPDATE" } else { "" };
        self.optional(sql.push(lock)).await
    }

    /// Changes rows; returns their number.
    pub async fn execute(&mut self, sql: Sql) -> Result<u64, DatabaseError> {
        let deadline = self.admit(&sql)?;
        let (text, arguments) = sql.into_parts();
        let query = sqlx::query_with(AssertSqlSafe(text), arguments).execute(self.link.raw());
        let result = timeout_at(deadline.instant(), query).await.map_err(|_| DatabaseError::DeadlinePassed)??;
        Ok(result.rows_affected())
    }

    pub(crate) async fn commit(self) -> Result<(), DatabaseError> {
        match self.link {
            Link::Plain(_) => Ok(()),
            Link::Transaction(transaction) => Ok(transaction.commit().await?),
        }
    }

    fn admit(&self, sql: &Sql) -> Result<Deadline, DatabaseError> {
        self.deadline.remaining().ok_or(DatabaseError::DeadlinePassed)?;
        self.log.record(sql);
        Ok(self.deadline)
    }
}
