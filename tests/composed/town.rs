//! A town: three services with demo data on databases of the test's own, and a BFF in front of them.

use std::time::Duration;

use chassis::{
    Service, ServiceSettings,
    caller::ApiKeyHash,
    testing::{RunningService, TestDatabase, spawn},
};
use contract::Clock;
use demo::{Databases, Plan, Scale};
use harness::client::Client;
use order_service::OrderSettings;
use post_service::PostSettings;
use serde_json::{Value, json};
use tessera::{
    budgets::BudgetSettings,
    config::{self, Config, Secret, Timeouts},
    operations::{Limits, documents::Policy},
    server,
};
use tokio::{net::TcpListener, sync::oneshot};

const API_KEY: &str = "key-of-the-composed-tests";

/// The plan of the data.
pub const PLAN: Plan = Plan { seed: 1, scale: Scale::Small };

/// Everything, running until it is dropped.
pub struct Town {
    /// An anonymous client of the BFF.
    pub client: Client,
    user: RunningService,
    post: RunningService,
    _order: RunningService,
    orders: OrderSettings,
    _stop: oneshot::Sender<()>,
    _databases: [TestDatabase; 3],
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
        let databases = [TestDatabase::create().await, TestDatabase::create().await, TestDatabase::create().await];
        let settings = |database: &TestDatabase| {
            let settings = ServiceSettings::new(database.url.clone(), "127.0.0.1:0".parse().unwrap());
            ServiceSettings { api_key_hashes: vec![ApiKeyHash::of(API_KEY)], rate_limit: 1_000_000, ..settings }
        };
        let [user, post, order] = [&databases[0], &databases[1], &databases[2]].map(settings);
        let user = user_service::service(&user_service::UserSettings::new(user), Clock::system()).await.unwrap();
        let user_database = user.database().clone();
        let user = spawn(user).await;
        let url = |service: &RunningService| service.url.parse().unwrap();
        let post = PostSettings { service: post, user_service_url: url(&user) };
        let post = post_service::service(&post, Clock::system()).await.unwrap();
        let post_database = post.database().clone();
        let post = spawn(post).await;
        let orders = OrderSettings {
            service: order,
            user_service_url: url(&user),
            post_service_url: url(&post),
            api_key: Some(API_KEY.parse().unwrap()),
        };
        let order: Service = order_service::service(&orders, Clock::system()).await.unwrap();
        let order_database = order.database().clone();
        let filled = Databases { user: &user_database, post: &post_database, order: &order_database };
        demo::fill(PLAN, &filled).await.unwrap();
        let order = spawn(order).await;
        let (client, _stop) = bff([&user, &post, &order]).await;
        Self { client, user, post, _order: order, orders, _stop, _databases: databases }
    }

    /// A second instance of order service and BFF on the same databases.
    pub async fn twin(&self) -> Twin {
        let order = spawn(order_service::service(&self.orders, Clock::system()).await.unwrap()).await;
        let (client, _stop) = bff([&self.user, &self.post, &order]).await;
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

async fn bff([user, post, order]: [&RunningService; 3]) -> (Client, oneshot::Sender<()>) {
    let at = |service: &RunningService| config::Service { url: service.url.clone() };
    let services = config::Services { api_key: Secret::new(API_KEY), user: at(user), post: at(post), order: at(order) };
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
