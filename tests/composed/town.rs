//! A town: the services with demo data on databases of the test's own, and a BFF in front of them.

use std::{collections::BTreeMap, time::Duration};

use chassis::{
    ServiceSettings,
    caller::ApiKeyHash,
    database::Database,
    testing::{RunningService, TestDatabase, forget_events, spawn},
};
use demo::{Databases, Plan, Scale};
use harness::client::Client;
use serde_json::{Value, json};
use tessera::{
    budgets::BudgetSettings,
    config::{self, Config, Secret, Timeouts},
    dev,
    operations::{Limits, documents::Policy},
    server,
    services::Service,
};
use tokio::{net::TcpListener, sync::oneshot};

const API_KEY: &str = "key-of-the-composed-tests";

/// The plan of the data.
pub const PLAN: Plan = Plan { seed: 1, scale: Scale::Small };

/// Everything, running until it is dropped.
pub struct Town {
    /// An anonymous client of the BFF.
    pub client: Client,
    services: BTreeMap<Service, (TestDatabase, RunningService)>,
    databases: BTreeMap<Service, Database>,
    _stop: oneshot::Sender<()>,
}

/// An order service and a BFF beside those of the town, on the same databases.
pub struct Twin {
    /// An anonymous client of the other BFF.
    pub client: Client,
    _order: RunningService,
    _stop: oneshot::Sender<()>,
}

impl Town {
    /// A town with the small demo data.
    pub async fn start() -> Self {
        server::install_cryptography();
        let (mut urls, mut services, mut databases) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
        for service in Service::ALL {
            let database = TestDatabase::create().await;
            let opened = opened(*service, &database, &urls).await;
            databases.insert(*service, opened.database().clone());
            let running = spawn(opened).await;
            urls.insert(*service, running.url.clone());
            services.insert(*service, (database, running));
        }
        let of = |service: Service| &databases[&service];
        let filled = Databases { user: of(Service::User), post: of(Service::Post), order: of(Service::Order) };
        demo::fill(PLAN, &filled).await.unwrap();
        let (client, _stop) = bff(&urls).await;
        Self { client, services, databases, _stop }
    }

    /// Deletes all events that the services have stored so far, as if they were older than the retention.
    pub async fn forget_events(&self) {
        for database in self.databases.values() {
            forget_events(database, Duration::ZERO).await;
        }
    }

    /// A second instance of order service and BFF on the same databases.
    pub async fn twin(&self) -> Twin {
        let mut urls = self.services.iter().map(|(service, (_, running))| (*service, running.url.clone())).collect();
        let (database, _) = &self.services[&Service::Order];
        let order = spawn(opened(Service::Order, database, &urls).await).await;
        urls.insert(Service::Order, order.url.clone());
        let (client, _stop) = bff(&urls).await;
        Twin { client, _order: order, _stop }
    }

    /// A client signed in with the demo password.
    pub async fn sign_in(&self, handle: &str) -> Client {
        self.client.signed_in(self.token(handle).await)
    }

    /// An access token of that user.
    pub async fn token(&self, handle: &str) -> String {
        let input = json!({"email": format!("{handle}@example.com"), "password": demo::PASSWORD});
        let log_in =
            "mutation($input: LogInInput!) { logIn(input: $input) { session { accessToken } userErrors { code } } }";
        let data = self.client.run_with(log_in, json!({ "input": input })).await.data();
        data["logIn"]["session"]["accessToken"].as_str().unwrap_or_else(|| panic!("{handle}: {data}")).to_owned()
    }
}

/// A service on that database, which calls the services at those addresses.
async fn opened(service: Service, database: &TestDatabase, urls: &BTreeMap<Service, String>) -> chassis::Service {
    let settings = ServiceSettings {
        api_key_hashes: vec![ApiKeyHash::of(API_KEY)],
        rate_limit: 1_000_000,
        ..ServiceSettings::new(database.url.clone(), "127.0.0.1:0".parse().unwrap())
    };
    dev::open(service, dev::Opening { settings, urls, api_key: API_KEY }).await.unwrap()
}

async fn bff(urls: &BTreeMap<Service, String>) -> (Client, oneshot::Sender<()>) {
    let services = config::Services { api_key: Secret::new(API_KEY), urls: urls.clone() };
    let config = Config {
        // Only a hanging test reaches these: an unoptimised build on a busy machine is slow.
        timeouts: Timeouts {
            connect: Duration::from_secs(5),
            call: Duration::from_secs(20),
            request: Duration::from_secs(40),
        },
        // The limits have tests of their own; here none should be in the way.
        limits: Limits { root_fields: 100, aliases: 1_000, directives: 1_000, cost: u64::MAX, ..Limits::default() },
        budgets: BudgetSettings { capacity: u64::MAX, per_second: u64::MAX, ..BudgetSettings::default() },
        documents: config::Documents { policy: Policy::AllowAny, sources: Vec::new(), ..config::Documents::default() },
        ..Config::of(services)
    };
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let client = Client::new(format!("http://{}", listener.local_addr().unwrap()));
    let (stop, stopped) = oneshot::channel::<()>();
    tokio::spawn(async move { server::serve(&config, listener, async { drop(stopped.await) }).await.unwrap() });
    (client, stop)
}

/// The strings at `path` of each item.
pub fn texts(items: &Value, path: &str) -> Vec<String> {
    let items = items.as_array().unwrap_or_else(|| panic!("no list: {items}"));
    items.iter().map(|item| item.pointer(path).and_then(Value::as_str).unwrap_or_default().to_owned()).collect()
}
