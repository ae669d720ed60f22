//! The connection pools: on SQLite readers that cannot write and one writer, on PostgreSQL one pool for both. In: the
//! settings of a database. Out: open pools.

use std::time::Duration;

use sqlx::{
    AnyConnection, AnyPool, Connection, Executor,
    any::{AnyConnectOptions, AnyPoolOptions},
};

use super::{DatabaseSettings, DatabaseUrl, Engine};
use crate::StartError;

/// Set on every SQLite connection. The pool waits for a busy writer of this process; the timeout is for other processes.
const SQLITE: &str = "PRAGMA foreign_keys = ON; PRAGMA busy_timeout = 5000; PRAGMA temp_store = MEMORY;";
/// Also set on the SQLite writer: room for the inner pages of large indices (64 MiB), and a bounded write-ahead log.
const SQLITE_WRITER: &str = "PRAGMA cache_size = -65536; PRAGMA journal_size_limit = 67108864;";
/// Also set on SQLite readers.
const SQLITE_READER: &str = "PRAGMA query_only = ON;";
/// A connection that was idle for longer is checked before use.
const TRUSTED_IDLE: Duration = Duration::from_secs(1);
/// Longer than any request's deadline, which ends the wait first.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(60);

#[derive(Clone)]
pub(super) struct Pools {
    pub(super) readers: AnyPool,
    pub(super) writers: AnyPool,
}

impl Pools {
    pub(super) async fn connect(settings: &DatabaseSettings) -> Result<Self, StartError> {
        let unreachable = |error| StartError::Database { url: settings.url.clone(), error };
        let options: AnyConnectOptions = settings.url.driver_url().parse().map_err(unreachable)?;
        let pool = |connections: u32, pragmas: &'static str| {
            AnyPoolOptions::new()
                .max_connections(connections)
                .acquire_timeout(ACQUIRE_TIMEOUT)
                .test_before_acquire(false)
                .before_acquire(|connection, about| {
                    Box::pin(async move {
                        if about.idle_for > TRUSTED_IDLE {
                            connection.ping().await?;
                        }
                        Ok(true)
                    })
                })
                .after_connect(move |connection, _| Box::pin(prepare(connection, pragmas)))
                .connect_with(options.clone())
        };
        match settings.url.engine() {
            Engine::Sqlite => Ok(Self {
                writers: pool(1, SQLITE_WRITER).await.map_err(unreachable)?,
                readers: pool(settings.connections, SQLITE_READER).await.map_err(unreachable)?,
            }),
            Engine::Postgres => {
                let pool = pool(settings.connections, "").await.map_err(unreachable)?;
                Ok(Self { readers: pool.clone(), writers: pool })
            }
        }
    }
}

/// One connection outside the pools, for the migrations. On SQLite it turns the write-ahead log on, which persists.
pub(super) async fn connect_alone(url: &DatabaseUrl) -> Result<AnyConnection, sqlx::Error> {
    let options: AnyConnectOptions = url.driver_url().parse()?;
    let mut connection = sqlx::ConnectOptions::connect(&options).await?;
    prepare(&mut connection, "PRAGMA journal_mode = WAL;").await?;
    Ok(connection)
}

async fn prepare(connection: &mut AnyConnection, pragmas: &'static str) -> Result<(), sqlx::Error> {
    if connection.backend_name() == "SQLite" {
        connection.execute(SQLITE).await?;
        connection.execute(pragmas).await?;
    }
    Ok(())
}
