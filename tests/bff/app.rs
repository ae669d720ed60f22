//! One test's world: three stub services, the BFF in front of them, a client of the BFF.

use std::net::SocketAddr;
use std::time::Duration;

use harness::client::Client;
use harness::stub::Services;
use harness::town::Sizes;
use tessera::budgets::BudgetSettings;
use tessera::config::{Config, Documents, Secret, Timeouts};
use tessera::operations::documents::Policy;
use tessera::operations::{Limits, Operations, ScalarCheck};
use tessera::requests::Pipeline;
use tessera::server;
use tessera::telemetry::Metrics;
use tokio::net::TcpListener;
use tokio::sync::oneshot;

/// A running BFF and what is around it.
pub struct App {
    /// The stubs behind it.
    pub services: Services,
    /// An anonymous client.
    pub client: Client,
    /// Where the BFF listens.
    pub address: SocketAddr,
    /// The BFF's metrics.
    pub metrics: Metrics,
    /// Dropped with the test: the BFF then stops.
    _stop: oneshot::Sender<()>,
}

impl App {
    /// A BFF in front of a town of the usual size, with timeouts that only a hanging test reaches.
    pub async fn start() -> Self {
        Self::of(Sizes::default()).await
    }

    /// A BFF in front of a town of that size.
    pub async fn of(sizes: Sizes) -> Self {
        Self::with(Services::start(sizes).await, |_| {}).await
    }

    /// A BFF in front of these services, with settings of the test's own.
    pub async fn with(services: Services, adjust: impl FnOnce(&mut Config)) -> Self {
        Self::changed(services, adjust, |_| {}).await
    }

    /// A BFF in front of these services, with settings and stages of the test's own.
    pub async fn changed(
        services: Services,
        adjust: impl FnOnce(&mut Config),
        change: impl FnOnce(&mut Pipeline),
    ) -> Self {
        server::install_cryptography();
        let mut config = settings(&services);
        adjust(&mut config);
        let app = server::app_with(&config, change).unwrap();
        let metrics = app.metrics.clone();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let client = Client::new(format!("http://{address}"));
        let (stop, stopped) = oneshot::channel::<()>();
        tokio::spawn(async move {
            let shutdown = async move { drop(stopped.await) };
            server::run(app, &config, listener, shutdown).await.unwrap();
        });
        Self { services, client, address, metrics, _stop: stop }
    }

    /// A BFF with a defect: the check of a `Cursor` argument panics.
    pub async fn panicking() -> Self {
        let panics: ScalarCheck = |_| panic!("a defect, for the test");
        let change = |pipeline: &mut Pipeline| {
            let scalars = [("Cursor", panics)].into_iter().collect();
            pipeline.operations = Operations::new(&pipeline.schema.sdl(), Limits::default(), scalars).unwrap();
        };
        Self::changed(Services::start(Sizes::default()).await, |_| {}, change).await
    }

    /// Another BFF in front of the same services, with stages of the test's own; and its client.
    pub async fn beside(&self, change: impl FnOnce(&mut Pipeline)) -> (oneshot::Sender<()>, Client) {
        let config = settings(&self.services);
        let app = server::app_with(&config, change).unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let client = Client::new(format!("http://{}", listener.local_addr().unwrap()));
        let (stop, stopped) = oneshot::channel::<()>();
        tokio::spawn(async move {
            let shutdown = async move { drop(stopped.await) };
            server::run(app, &config, listener, shutdown).await.unwrap();
        });
        (stop, client)
    }

    /// A client signed in as the person with that number; 0 is an admin.
    pub fn person(&self, number: usize) -> Client {
        self.client.signed_in(self.services.token(number))
    }
}

fn settings(services: &Services) -> Config {
    Config {
        timeouts: Timeouts {
            connect: Duration::from_secs(5),
            call: Duration::from_secs(20),
            request: Duration::from_secs(40),
        },
        // Batches are the subject of most tests, and large ones cost more than is allowed by default.
        limits: Limits { cost: 1_000_000, ..Limits::default() },
        budgets: BudgetSettings { capacity: u64::MAX, per_second: u64::MAX, ..BudgetSettings::default() },
        documents: Documents { policy: Policy::AllowAny, sources: Vec::new(), ..Documents::default() },
        ..Config::of(tessera::config::Services::new(Secret::new("a key of the tests"), |service| {
            services.url(service.name())
        }))
    }
}
