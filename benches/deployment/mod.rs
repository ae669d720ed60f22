//! The real services over a folder of demo data, and the BFF in front of them: a process each, as in production. Shared by the
//! benchmarks: `process` is a child process with its CPU time, `target` a request.

mod process;
mod target;

use std::{
    net::TcpListener,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use bytes::Bytes;
use serde_json::{Value, json};

use tessera::services::Service;

pub use process::{Process, announce, free_port, tessera};
pub use target::Target;

/// The key by which the services know their callers.
pub const API_KEY: &str = "benchmark-api-key";
/// SHA-256 of the benchmark's API key, in hex.
const API_KEY_HASH: &str = "2a39601fdb6caf2ef64f95ff768b0a749dc53cfc4bff049e9cc437132d5250e8";

/// The services and the BFF.
pub struct Deployment {
    /// In the order of [`Service::ALL`].
    pub services: Vec<Process>,
    /// The BFF.
    pub bff: Process,
}

impl Deployment {
    /// Started over the demo data of that scale, which is made first if it is not there. `settings` are lines of the BFF's
    /// configuration.
    pub async fn of(scale: &str, folder: &Path, settings: &str) -> Self {
        let data = folder.join(scale);
        make_data(scale, &data).await;
        let urls: Vec<(Service, String)> =
            Service::ALL.iter().map(|service| (*service, format!("http://127.0.0.1:{}", free_port()))).collect();
        // Each service takes from the environment the addresses of those that it calls.
        let peers = || urls.iter().map(|(name, url)| (format!("TESSERA_{name}_SERVICE_URL").to_uppercase(), url));
        let mut services = Vec::new();
        for (service, url) in &urls {
            let authority = url.trim_start_matches("http://");
            let mut command = Command::new(program(&format!("{service}-service")));
            command.arg(format!("--database-url=sqlite:{}", data.join(format!("{service}.db")).display()));
            command.arg(format!("--listen={authority}")).arg(format!("--api-key-hash={API_KEY_HASH}"));
            command.arg("--rate-limit=1000000").envs(peers()).stderr(Stdio::null());
            let (_, port) = authority.rsplit_once(':').unwrap();
            services.push(Process::listening(&mut command, port.parse().unwrap()).await);
        }
        let bff = Process::bff(tessera(), &urls, &data, settings).await;
        Self { services, bff }
    }

    /// That operation, asked of this BFF.
    pub fn target(&self, query: &str, token: Option<String>) -> Target {
        let body = Some(Bytes::from(json!({"query": query}).to_string()));
        Target { port: self.bff.ports[0], path: "/graphql".into(), body, token }
    }

    /// An access token of the demo user ada.
    pub async fn sign_in(&self) -> String {
        let log_in = r#"mutation { logIn(input: {email: "ada@example.com", password: "tessera-demo"}) { session { accessToken } } }"#;
        let answer: Value = serde_json::from_slice(&self.target(log_in, None).ask().await).unwrap();
        answer["data"]["logIn"]["session"]["accessToken"].as_str().expect("ada can sign in").to_owned()
    }
}

/// A program of this workspace, beside the BFF's.
fn program(name: &str) -> PathBuf {
    let path = tessera().with_file_name(name);
    assert!(path.exists(), "{name} is missing: cargo build --release");
    path
}

/// What `tessera dev` makes, which answers once everything is there.
async fn make_data(scale: &str, folder: &Path) {
    let port = (0..100).map(|_| free_port()).find(|port| all_free(*port)).unwrap();
    let mut command = Command::new(tessera());
    command.arg("dev").arg(format!("--port={port}")).arg("--data-dir").arg(folder).arg(format!("--scale={scale}"));
    let dev = Process::listening(command.stdout(Stdio::null()).stderr(Stdio::null()), port).await;
    Target { port: dev.ports[0], path: "/livez".into(), body: None, token: None }.ask().await;
}

/// Whether `tessera dev` finds room from that port on.
fn all_free(port: u16) -> bool {
    (0..=Service::ALL.len() as u16)
        .all(|offset| port.checked_add(offset).is_some_and(|port| TcpListener::bind(("127.0.0.1", port)).is_ok()))
}
