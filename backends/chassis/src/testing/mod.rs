//! The harness of the services' tests: a new database, SQLite or PostgreSQL, a service on a free port with a client, an
//! issuer of tokens, `openapi`, which checks answers against the service's description, and `events`, which checks events
//! against their schemas.

mod events;
mod frozen;
pub mod openapi;
mod service;
mod signer;

use std::{net::SocketAddr, path::PathBuf, time::Duration};

use sqlx::{AnyConnection, AssertSqlSafe, Connection, Executor};
use tokio::{net::TcpListener, sync::oneshot};

use crate::{
    Deadline, Service, ServiceSettings,
    caller::ApiKeyHash,
    database::{Database, DatabaseUrl},
    events::Outbox,
};

pub use self::{
    events::{API_KEY, EventSchemas, ExpectedEvent, event, traced},
    service::{Reply, TestService, members, with_json},
    signer::{Grant, Signer, serve, sign},
};

/// The environment variable with an administrator's URL of a PostgreSQL server; without it the tests use SQLite.
const POSTGRES: &str = "TESSERA_TEST_POSTGRES";

/// Set by `scripts/test --long`: tests with a size run with their largest.
const LONG: &str = "TESSERA_TEST_LONG";

/// Whether tests with a size run with their largest.
pub fn is_long() -> bool {
    std::env::var_os(LONG).is_some()
}

/// A database of one test.
pub struct TestDatabase {
    /// Its address.
    pub url: DatabaseUrl,
    folder: Option<PathBuf>,
}

/// A service that runs until it is dropped.
pub struct RunningService {
    /// `http://127.0.0.1:PORT`
    pub url: String,
    _stop: oneshot::Sender<()>,
}

impl TestDatabase {
    /// A new, empty database.
    ///
    /// # Panics
    /// The database cannot be created.
    #[expect(clippy::expect_used, reason = "a test without its database has failed")]
    #[expect(clippy::disallowed_methods, reason = "tests have no settings of their own")]
    pub async fn create() -> Self {
        sqlx::any::install_default_drivers();
        let name = format!("test_{}", &contract::RequestId::generate().as_str()[..20]);
        let Ok(admin) = std::env::var(POSTGRES) else {
            let folder = std::env::temp_dir().join(format!("tessera-{name}"));
            std::fs::create_dir_all(&folder).expect("a folder for the test's database");
            return Self { url: DatabaseUrl::Sqlite(folder.join("service.db")), folder: Some(folder) };
        };
        let mut connection = AnyConnection::connect(&admin).await.expect("the tests' PostgreSQL server");
        let create = AssertSqlSafe(format!("CREATE DATABASE {name}"));
        connection.execute(create).await.expect("a database for the test");
        let server = admin.rsplit_once('/').map_or(admin.as_str(), |(server, _)| server);
        Self { url: DatabaseUrl::Postgres(format!("{server}/{name}")), folder: None }
    }

    /// The value of `--database-url`.
    pub fn argument(&self) -> String {
        match &self.url {
            DatabaseUrl::Sqlite(path) => format!("sqlite:{}", path.display()),
            DatabaseUrl::Postgres(url) => url.clone(),
        }
    }

    /// The settings of a service with this database, on a free port of the loopback interface; it knows [`API_KEY`].
    pub fn settings(&self) -> ServiceSettings {
        crate::program::install_crypto();
        let settings = ServiceSettings::new(self.url.clone(), SocketAddr::from(([127, 0, 0, 1], 0)));
        ServiceSettings { api_key_hashes: vec![ApiKeyHash::of(API_KEY)], ..settings }
    }
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        if let Some(folder) = &self.folder {
            let _ = std::fs::remove_dir_all(folder);
        }
    }
}

/// Deletes the events of a service that are older than `retention`, as its sweep does from time to time.
///
/// # Panics
/// The database fails.
#[expect(clippy::expect_used, reason = "a test without its database has failed")]
pub async fn forget_events(database: &Database, retention: Duration) {
    let outbox = Outbox::open(database.clone()).await.expect("the outbox");
    outbox.forget(retention, Deadline::after(Duration::from_secs(10))).await.expect("old events deleted");
}

/// Serves on a free port of the loopback interface.
///
/// # Panics
/// There is no free port.
#[expect(clippy::expect_used, reason = "a test without its service has failed")]
pub async fn spawn(service: Service) -> RunningService {
    let listener = TcpListener::bind(SocketAddr::from(([127, 0, 0, 1], 0))).await.expect("a free port");
    let address = listener.local_addr().expect("the port's number");
    let (stop, stopped) = oneshot::channel::<()>();
    tokio::spawn(service.serve(listener, async {
        // Dropping the sender ends this wait.
        let _ = stopped.await;
    }));
    RunningService { url: format!("http://{address}"), _stop: stop }
}
