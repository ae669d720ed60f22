//! Migrates the schema at start: the tables of the chassis (versions below 100) and of the service (from 100), under a
//! lock, so that several instances may start at once. A database of another version is rejected.

use std::fs::File;

use sqlx::{
    Connection, SqlSafeStr,
    migrate::{MigrateError, MigrationType, Migrator},
};

use super::{DatabaseUrl, Engine, pool::connect_alone};
use crate::StartError;

/// One migration: a file of the service's `migrations` folder, embedded with `include_str!`. Listed by hand,
/// because sqlx's `migrate!` would build every database driver a second time, for the compiler's own host.
#[derive(Clone, Copy, Debug)]
pub struct Migration {
    /// The order of the migrations; the chassis uses numbers below 100.
    pub version: i64,
    /// A name for the log.
    pub description: &'static str,
    /// The statements, run in one transaction.
    pub sql: &'static str,
}

/// The chassis' own migrations. Those of the outbox differ: only PostgreSQL numbers events after the commit.
const fn chassis(engine: Engine) -> [Migration; 2] {
    let outbox = match engine {
        Engine::Sqlite => include_str!("../../migrations/0002_outbox.sqlite.sql"),
        Engine::Postgres => include_str!("../../migrations/0002_outbox.postgres.sql"),
    };
    [
        Migration {
            version: 1,
            description: "idempotency",
            sql: include_str!("../../migrations/0001_idempotency.sql"),
        },
        Migration { version: 2, description: "outbox", sql: outbox },
    ]
}

impl From<&Migration> for sqlx::migrate::Migration {
    fn from(&Migration { version, description, sql }: &Migration) -> Self {
        Self::new(version, description.into(), MigrationType::Simple, sql.into_sql_str(), false)
    }
}

pub(super) async fn run(url: &DatabaseUrl, service: &[Migration]) -> Result<(), StartError> {
    let unreachable = |error| StartError::Database { url: url.clone(), error };
    // PostgreSQL has an advisory lock in sqlx; on SQLite sqlx has none. Dropping the file releases the lock.
    let _lock = match url {
        DatabaseUrl::Sqlite(path) => Some(lock_file(path.clone()).await.map_err(sqlx::Error::Io).map_err(unreachable)?),
        DatabaseUrl::Postgres(_) => None,
    };
    let mut connection = connect_alone(url).await.map_err(unreachable)?;
    let migrations = chassis(url.engine()).iter().chain(service).map(Into::into).collect();
    let result = Migrator::with_migrations(migrations).run(&mut connection).await;
    // Closing the connection releases PostgreSQL's lock even if a migration failed.
    connection.close().await.map_err(unreachable)?;
    result.map_err(|error| match error {
        MigrateError::VersionMissing(version) | MigrateError::VersionMismatch(version) => {
            StartError::OtherVersion { url: url.clone(), version }
        }
        error => StartError::Migration { url: url.clone(), error: Box::new(error) },
    })
}

async fn lock_file(mut path: std::path::PathBuf) -> std::io::Result<File> {
    path.as_mut_os_string().push(".lock");
    let lock = move || {
        let file = File::options().create(true).truncate(false).write(true).open(path)?;
        file.lock()?;
        Ok(file)
    };
    tokio::task::spawn_blocking(lock).await.map_err(std::io::Error::other)?
}
