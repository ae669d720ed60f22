//! The services and the BFF as processes that a test may kill: a service is this test program, started again for nothing but to
//! serve it; the BFF is the real program. Each keeps its port and its database over restarts.

use std::{collections::BTreeMap, fs, net::SocketAddr, path::PathBuf, process::Stdio, time::Duration};

use chassis::{ServiceSettings, caller::ApiKeyHash, database::DatabaseUrl, testing::TestDatabase};
use harness::client::Client;
use serde_json::{Value, json};
use tessera::{dev, server, services::Service};
use tokio::{
    net::{TcpListener, TcpStream},
    process::{Child, Command},
    time::{sleep, timeout},
};

use crate::ports;

pub const API_KEY: &str = "key-of-the-live-tests";
/// What a process that serves a service is told, as JSON.
const SERVE: &str = "TESSERA_TEST_SERVE";

/// A program of the test.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Program {
    Service(Service),
    Bff,
}

/// All programs, running or not.
pub struct Processes {
    folder: PathBuf,
    databases: BTreeMap<Service, TestDatabase>,
    addresses: BTreeMap<Program, SocketAddr>,
    running: BTreeMap<Program, Child>,
}

impl Processes {
    /// Starts all of them, with demo data. `settings` are lines of the BFF's configuration.
    pub async fn start(settings: &str) -> Self {
        server::install_cryptography();
        let folder = std::env::temp_dir().join(format!("tessera-live-{}", contract::RequestId::generate()));
        fs::create_dir_all(&folder).unwrap();
        let programs = Service::ALL.iter().copied().map(Program::Service).chain([Program::Bff]);
        let addresses = (ports::in_a_row(4)..).zip(programs);
        let addresses = addresses.map(|(port, program)| (program, SocketAddr::from(([127, 0, 0, 1], port)))).collect();
        let mut databases = BTreeMap::new();
        for service in Service::ALL {
            databases.insert(*service, TestDatabase::create().await);
        }
        let mut processes = Self { folder, databases, addresses, running: BTreeMap::new() };
        processes.fill().await;
        fs::write(processes.folder.join("bff.toml"), processes.config(settings)).unwrap();
        for program in processes.addresses.keys().copied().collect::<Vec<_>>() {
            processes.restart(program).await;
        }
        processes
    }

    /// Kills a program (SIGKILL), if it runs.
    pub async fn kill(&mut self, program: Program) {
        if let Some(mut child) = self.running.remove(&program) {
            child.kill().await.unwrap();
        }
    }

    /// Starts a program again, and waits until it answers.
    pub async fn restart(&mut self, program: Program) {
        self.kill(program).await;
        let mut command = match program {
            Program::Bff => {
                let mut command = Command::new(env!("CARGO_BIN_EXE_tessera"));
                command.arg("serve").arg("--config").arg(self.folder.join("bff.toml"));
                command
            }
            Program::Service(service) => {
                let mut command = Command::new(std::env::current_exe().unwrap());
                command.args(["--exact", "live::processes::serve_a_service", "--ignored", "--nocapture"]);
                let told = json!({
                    "service": service.name(),
                    "database": self.url(service),
                    "listen": self.addresses[&program],
                    "urls": self.urls(),
                });
                command.env(SERVE, told.to_string());
                command
            }
        };
        let log =
            fs::File::options().create(true).append(true).open(self.folder.join(format!("{program:?}.log"))).unwrap();
        command.stdout(Stdio::null()).stderr(log).kill_on_drop(true);
        self.running.insert(program, command.spawn().unwrap());
        let address = self.addresses[&program];
        let answers = async {
            while TcpStream::connect(address).await.is_err() {
                sleep(Duration::from_millis(20)).await;
            }
        };
        let answers = timeout(Duration::from_secs(30), answers).await;
        assert!(answers.is_ok(), "{program:?} does not start");
    }

    /// A program's address.
    pub fn address(&self, program: Program) -> SocketAddr {
        self.addresses[&program]
    }

    /// An anonymous client of the BFF.
    pub fn client(&self) -> Client {
        Client::new(format!("http://{}", self.address(Program::Bff)))
    }

    fn urls(&self) -> BTreeMap<&'static str, String> {
        let of = |service: &Service| format!("http://{}", self.addresses[&Program::Service(*service)]);
        Service::ALL.iter().map(|service| (service.name(), of(service))).collect()
    }

    fn url(&self, service: Service) -> String {
        match &self.databases[&service].url {
            DatabaseUrl::Sqlite(path) => format!("sqlite:{}", path.display()),
            DatabaseUrl::Postgres(url) => url.clone(),
        }
    }

    fn config(&self, settings: &str) -> String {
        let urls: String = self.urls().iter().map(|(name, url)| format!("{name}.url = \"{url}\"\n")).collect();
        let listen = self.addresses[&Program::Bff];
        format!(
            "{settings}\n[http]\nlisten = \"{listen}\"\n[services]\napi_key = \"{API_KEY}\"\n{urls}\
             [documents]\npolicy = \"allow_any\"\nsources = []\n[budgets]\nmode = \"measure\"\n"
        )
    }

    /// Demo data, written before the programs start.
    async fn fill(&self) {
        let urls = Service::ALL.iter().copied().zip(self.urls().into_values()).collect();
        let mut opened = BTreeMap::new();
        for service in Service::ALL {
            let database = self.databases[service].url.clone();
            let settings = ServiceSettings::new(database, "127.0.0.1:0".parse().unwrap());
            let opening = dev::Opening { settings, urls: &urls, api_key: API_KEY };
            opened.insert(*service, dev::open(*service, opening).await.unwrap());
        }
        let of = |service: Service| opened[&service].database();
        let databases = demo::Databases { user: of(Service::User), post: of(Service::Post), order: of(Service::Order) };
        demo::fill(crate::town::PLAN, &databases).await.unwrap();
        for service in Service::ALL {
            of(*service).close().await;
        }
    }
}

impl Drop for Processes {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("logs: {}", self.folder.display());
        } else {
            let _ = fs::remove_dir_all(&self.folder);
        }
    }
}

/// Not a test: the program of a service, for [`Processes::restart`].
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "the program of a service, which other tests start"]
async fn serve_a_service() {
    #[expect(clippy::disallowed_methods, reason = "what a test tells its own processes")]
    let Ok(told) = std::env::var(SERVE) else { return };
    let told: Value = serde_json::from_str(&told).unwrap();
    let service = Service::named(told["service"].as_str().unwrap()).unwrap();
    let urls = told["urls"].as_object().unwrap().iter();
    let urls: BTreeMap<Service, String> =
        urls.map(|(name, url)| (Service::named(name).unwrap(), url.as_str().unwrap().to_owned())).collect();
    let listen: SocketAddr = told["listen"].as_str().unwrap().parse().unwrap();
    let settings = ServiceSettings {
        api_key_hashes: vec![ApiKeyHash::of(API_KEY)],
        rate_limit: 1_000_000,
        ..ServiceSettings::new(told["database"].as_str().unwrap().parse().unwrap(), listen)
    };
    server::install_cryptography();
    let opened = dev::open(service, dev::Opening { settings, urls: &urls, api_key: API_KEY }).await.unwrap();
    let listener = TcpListener::bind(listen).await.unwrap();
    opened.serve(listener, std::future::pending()).await.unwrap();
}
