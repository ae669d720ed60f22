//! The two servers: the BFF in front of the real services, and a Node server on `graphql-ws` whose comments are in memory. Both offer
//! the same subscription; a change is an HTTP request: to the post service, or to the Node server.

use std::{
    fs,
    path::Path,
    process::{Command, Stdio},
    time::Duration,
};

use serde_json::{Value, json};
use tessera::services::Service;
use tokio::time::sleep;

use crate::deployment::{Deployment, Process, Target, free_port, tessera};

/// A server of subscriptions.
pub trait Server {
    /// What the table calls it.
    const NAME: &'static str;
    /// Its process.
    fn process(&self) -> &Process;
    /// Where a comment on that post is added; the body is left to the writer.
    fn changes(&self, post: &str) -> Target;
    /// How many subscriptions are set up.
    async fn subscriptions(&self) -> usize;

    /// Waits until that many subscriptions are set up.
    async fn settled(&self, subscriptions: usize) {
        while self.subscriptions().await != subscriptions {
            sleep(Duration::from_millis(50)).await;
        }
    }
}

/// The BFF in front of the real services.
pub struct Tessera {
    pub deployment: Deployment,
    token: String,
    metrics: u16,
}

/// The Node server.
pub struct Node(Process);

impl Tessera {
    /// Started over small demo data.
    pub async fn start(folder: &Path) -> Self {
        let metrics = free_port();
        let deployment = Deployment::of("small", folder, &settings(metrics)).await;
        let token = deployment.sign_in().await;
        Self { deployment, token, metrics }
    }

    /// Another process in the place of the BFF, as after a deployment: it knows nothing yet.
    pub async fn replace_bff(&mut self, folder: &Path) {
        self.metrics = free_port();
        let ports = self.deployment.services.iter().map(|service| format!("http://127.0.0.1:{}", service.ports[0]));
        let urls: Vec<(Service, String)> = Service::ALL.iter().copied().zip(ports).collect();
        self.deployment.bff = Process::bff(tessera(), &urls, folder, &settings(self.metrics)).await;
    }

    /// The ids of that many posts.
    pub async fn posts(&self, count: usize) -> Vec<String> {
        let (mut posts, mut after) = (Vec::new(), Value::Null);
        while posts.len() < count {
            let query =
                format!("{{ posts(first: 100, after: {after}) {{ nodes {{ id }} pageInfo {{ endCursor }} }} }}");
            let answer: Value = serde_json::from_slice(&self.deployment.target(&query, None).ask().await).unwrap();
            let page = &answer["data"]["posts"];
            posts.extend(page["nodes"].as_array().unwrap().iter().map(|post| post["id"].as_str().unwrap().to_owned()));
            after = page["pageInfo"]["endCursor"].clone();
        }
        posts.truncate(count);
        posts
    }

    /// The position behind the newest event.
    pub async fn position(&self) -> String {
        let body = json!({"query": "{ __typename }", "extensions": {"position": true}}).to_string();
        let target = Target { body: Some(body.into()), ..self.deployment.target("", None) };
        let answer: Value = serde_json::from_slice(&target.ask().await).unwrap();
        answer["extensions"]["position"].as_str().unwrap().to_owned()
    }

    /// A figure of the BFF's metrics.
    pub async fn metric(&self, name: &str) -> usize {
        let target = Target { port: self.metrics, path: "/metrics".into(), body: None, token: None };
        let text = String::from_utf8(target.ask().await.to_vec()).unwrap();
        let line = text.lines().find_map(|line| line.strip_prefix("tessera_")?.strip_prefix(name)?.strip_prefix(' '));
        line.unwrap_or_else(|| panic!("no {name}: {text}")).parse().unwrap()
    }
}

impl Server for Tessera {
    const NAME: &'static str = "Tessera";

    fn process(&self) -> &Process {
        &self.deployment.bff
    }

    fn changes(&self, post: &str) -> Target {
        let service = &self.deployment.services[Service::Post as usize];
        let path = format!("/v1/posts/{post}/comments");
        Target { port: service.ports[0], path, body: None, token: Some(self.token.clone()) }
    }

    async fn subscriptions(&self) -> usize {
        self.metric("live_subscribers").await
    }
}

impl Node {
    /// Started; `npm ci --prefix tests/clients` installs what it needs.
    pub async fn start() -> Self {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/clients/fanout-server.mjs");
        assert!(script.with_file_name("node_modules").exists(), "packages are missing: npm ci --prefix tests/clients");
        let port = free_port();
        let mut command = Command::new("node");
        Self(Process::listening(command.arg(script).arg(port.to_string()).stdout(Stdio::null()), port).await)
    }
}

impl Server for Node {
    const NAME: &'static str = "graphql-ws on Node";

    fn process(&self) -> &Process {
        &self.0
    }

    fn changes(&self, post: &str) -> Target {
        Target { port: self.0.ports[0], path: format!("/comments/{post}"), body: None, token: None }
    }

    async fn subscriptions(&self) -> usize {
        let target = Target { port: self.0.ports[0], path: "/subscriptions".into(), body: None, token: None };
        String::from_utf8_lossy(&target.ask().await).parse().unwrap()
    }
}

/// Resident memory of a process in bytes (`VmRSS` of proc(5)).
pub fn resident(process: &Process) -> usize {
    let status = fs::read_to_string(format!("/proc/{}/status", process.id)).unwrap();
    let kib = status.lines().find_map(|line| line.strip_prefix("VmRSS:")?.strip_suffix("kB"));
    kib.unwrap().trim().parse::<usize>().unwrap() * 1024
}

/// The lines of the BFF's configuration: one address and one viewer have all connections of the crowd.
fn settings(metrics: u16) -> String {
    format!(
        "[events]\nmax_per_network = 10000\nmax_per_viewer = 10000\n[metrics]\nlisten = \"127.0.0.1:{metrics}\"\n\
         [connections]\nmax = 12000\n"
    )
}
