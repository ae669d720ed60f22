//! The real services over a folder of demo data, and the BFF in front of them: a process each, as in production.

use std::{
    net::TcpListener,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::Duration,
};

use bytes::Bytes;
use serde_json::{Value, json};

use crate::{
    arguments::ServiceUrls,
    load::Target,
    process::{Process, free_port},
};

/// SHA-256 of the benchmark's API key, in hex.
const API_KEY_HASH: &str = "2a39601fdb6caf2ef64f95ff768b0a749dc53cfc4bff049e9cc437132d5250e8";

/// Three services and the BFF.
pub struct Deployment {
    services: [Process; 3],
    bff: Process,
}

impl Deployment {
    /// Started over the demo data of that scale, which is made first if it is not there.
    pub async fn of(scale: &str, folder: &Path) -> Self {
        let data = folder.join(scale);
        make_data(scale, &data).await;
        let ports = [free_port(), free_port(), free_port()];
        let [user, post, order] = ports.map(|port| format!("http://127.0.0.1:{port}"));
        let start = async |name: &str, port: u16, peers: &[&str]| {
            let mut command = Command::new(program(&format!("{name}-service")));
            command.arg(format!("--database-url=sqlite:{}", data.join(format!("{name}.db")).display()));
            command.arg(format!("--listen=127.0.0.1:{port}")).arg(format!("--api-key-hash={API_KEY_HASH}"));
            command.arg("--rate-limit=1000000").args(peers).stderr(Stdio::null());
            Process::listening(&mut command, port).await
        };
        let users_at = format!("--user-service-url={user}");
        let posts_at = format!("--post-service-url={post}");
        let services = [
            start("user", ports[0], &[]).await,
            start("post", ports[1], &[&users_at]).await,
            start("order", ports[2], &[&users_at, &posts_at]).await,
        ];
        let bff = Process::bff(&ServiceUrls { user, post, order }, &data).await;
        Self { services, bff }
    }

    /// CPU time of the three services so far.
    pub fn services_cpu(&self) -> Duration {
        self.services.iter().map(Process::cpu).sum()
    }

    /// That operation, asked of this BFF.
    pub fn target(&self, query: &str, token: Option<String>) -> Target {
        let body = Some(Bytes::from(json!({"query": query}).to_string()));
        Target { port: self.bff.ports[0], path: "/graphql", body, token }
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
    let path = Path::new(env!("CARGO_BIN_EXE_tessera")).with_file_name(name);
    assert!(path.exists(), "{name} is missing: cargo build --release -p user-service -p post-service -p order-service");
    path
}

/// What `tessera dev` makes, which answers once everything is there.
async fn make_data(scale: &str, folder: &Path) {
    let port = (0..100).map(|_| free_port()).find(|port| four_free(*port)).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_tessera"));
    command.arg("dev").arg(format!("--port={port}")).arg("--data-dir").arg(folder).arg(format!("--scale={scale}"));
    let dev = Process::listening(command.stdout(Stdio::null()).stderr(Stdio::null()), port).await;
    Target { port: dev.ports[0], path: "/livez", body: None, token: None }.ask().await;
}

fn four_free(port: u16) -> bool {
    (0..4).all(|offset| port.checked_add(offset).is_some_and(|port| TcpListener::bind(("127.0.0.1", port)).is_ok()))
}
