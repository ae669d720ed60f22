//! A service's database: SQLite (a pool of readers, one writer) or PostgreSQL (one pool), behind one set of statements.
//! In: a URL and the migrations. Out: connections with the request's deadline. Commands write through `writes::Ledger`.

mod bulk;
mod connection;
mod error;
pub mod list;
mod migrations;
pub mod plans;
mod pool;
pub mod row;
mod sql;
mod url;

use std::time::Duration;

use contract::Clock;
use sqlx::{AnyPool, AssertSqlSafe};
use tokio::time::timeout_at;

pub use self::{
    connection::Connection,
    error::DatabaseError,
    migrations::Migration,
    sql::{Sql, Value},
    url::{DatabaseUrl, DatabaseUrlError, Engine},
};
use self::{connection::Link, plans::StatementLog, pool::Pools};
use crate::{Deadline, StartError};

/// The settings of a database.
#[derive(Clone, Debug)]
pub struct DatabaseSettings {
    /// Its address.
    pub url: DatabaseUrl,
    /// Connections of the pool (on SQLite: readers, beside one writer).
    pub connections: u32,
    /// The longest time of a statement, whatever the deadline of the request.
    pub statement_timeout: Duration,
}

/// A database whose schema is up to date. Cheap to clone.
#[derive(Clone)]
pub struct Database {
    engine: Engine,
    pools: Pools,
    statement_timeout: Duration,
    clock: Clock,
    log: StatementLog,
}

impl Database {
    /// Brings the schema up to date (the chassis' own migrations and the service's) and connects.
    pub async fn open(settings: &DatabaseSettings, migrations: &[Migration], clock: Clock) -> Result<Self, StartError> {
        sqlx::any::install_default_drivers();
        migrations::run(&settings.url, migrations).await?;
        Ok(Self {
            engine: settings.url.engine(),
            pools: Pools::connect(settings).await?,
            statement_timeout: settings.statement_timeout,
            clock,
            log: StatementLog::default(),
        })
    }

    /// SQLite or PostgreSQL.
    pub const fn engine(&self) -> Engine {
        self.engine
    }

    /// The longest time of a statement.
    pub(crate) const fn statement_timeout(&self) -> Duration {
        self.statement_timeout
    }

    /// The clock that stores and commands use.
    pub const fn clock(&self) -> &Clock {
        &self.clock
    }

    /// The same database with a record of statements of its own: for work that runs beside the requests.
    pub(crate) fn beside(&self) -> Self {
        Self { log: StatementLog::default(), ..self.clone() }
    }

    /// The recorded statements, in builds for tests.
    pub const fn statements(&self) -> &StatementLog {
        &self.log
    }

    /// A connection that only reads.
    pub async fn read(&self, deadline: Deadline) -> Result<Connection, DatabaseError> {
        let link = async {
            Ok::<_, sqlx::Error>(match self.engine {
                Engine::Sqlite => Link::Plain(self.pools.readers.acquire().await?),
                // Dropping it queues a ROLLBACK, which ends a read without a wait.
                Engine::Postgres => self.begin(&self.pools.readers, "BEGIN READ ONLY", deadline).await?,
            })
        };
        self.connection(link, deadline).await
    }

    /// A connection inside a transaction that may write.
    pub(crate) async fn begin_write(&self, deadline: Deadline) -> Result<Connection, DatabaseError> {
        let begin = match self.engine {
            Engine::Sqlite => "BEGIN IMMEDIATE",
            Engine::Postgres => "BEGIN",
        };
        self.connection(self.begin(&self.pools.writers, begin, deadline), deadline).await
    }

    /// Closes the pools; running statements end first.
    pub async fn close(&self) {
        self.pools.readers.close().await;
        self.pools.writers.close().await;
    }

    async fn connection(
        &self,
        link: impl Future<Output = Result<Link, sqlx::Error>>,
        deadline: Deadline,
    ) -> Result<Connection, DatabaseError> {
        deadline.remaining().ok_or(DatabaseError::DeadlinePassed)?;
        let link = timeout_at(deadline.instant(), link).await.map_err(|_| DatabaseError::DeadlinePassed)??;
        Ok(Connection { engine: self.engine, link, deadline, log: self.log.clone() })
    }

    /// Begins a transaction. On PostgreSQL its statements are cancelled by the server at the deadline, and its waits
    /// for locks a little earlier, so that the response is in time. Both settings are sent with BEGIN, in one round trip.
    /// In a task of its own, which a caller that gives up does not cancel: sqlx does not roll back a transaction whose BEGIN
    /// was sent but not answered, and the pool would hand out the connection with the transaction still open.
    async fn begin(&self, pool: &AnyPool, begin: &str, deadline: Deadline) -> Result<Link, sqlx::Error> {
        let connection = pool.acquire().await?;
        let statement = match self.engine {
            Engine::Sqlite => begin.to_owned(),
            Engine::Postgres => {
                let left = deadline.remaining().unwrap_or_default().min(self.statement_timeout);
                let millis = left.as_millis().max(1);
                let lock = (millis * 9 / 10).max(1);
                format!("{begin}; SET LOCAL statement_timeout = {millis}; SET LOCAL lock_timeout = {lock}")
            }
        };
        let statement = Some(sqlx::SqlSafeStr::into_sql_str(AssertSqlSafe(statement)));
        let begun = tokio::spawn(sqlx::Transaction::begin(connection, statement)).await;
        Ok(Link::Transaction(begun.map_err(|_| sqlx::Error::WorkerCrashed)??))
    }
}
