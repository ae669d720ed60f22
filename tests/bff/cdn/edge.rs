//! nginx and Varnish with the configurations of `deploy/cdn/`, on free ports; they end with the test.

use std::net::TcpListener;
use std::path::Path;
use std::process::Stdio;

use harness::client::Client;
use tempfile::TempDir;
use tokio::net::TcpStream;
use tokio::process::{Child, Command};

/// A running edge.
pub struct Edge {
    /// Which.
    pub name: &'static str,
    /// A client of it.
    pub client: Client,
    /// `host:port`
    pub address: String,
    _process: Child,
    folder: TempDir,
}

impl Edge {
    /// nginx in front of that address.
    pub async fn nginx(backend: &str) -> Self {
        Self::nginx_of(&[backend]).await
    }

    /// nginx in front of these instances.
    pub async fn nginx_of(backends: &[&str]) -> Self {
        let (folder, address) = (tempfile::tempdir().unwrap(), free_address());
        let config = include_str!("../../../deploy/cdn/nginx.conf").replace("127.0.0.1:8080", &address);
        let line = config.lines().find(|line| line.contains("server 127.0.0.1:4000")).unwrap();
        let lines: Vec<_> = backends.iter().map(|backend| line.replace("127.0.0.1:4000", backend)).collect();
        let config = config.replace(line, &lines.join("\n"));
        let file = folder.path().join("nginx.conf");
        std::fs::write(&file, config).unwrap();
        let mut command = Command::new("nginx");
        // Whoever starts it owns the folder, and it would give up root for somebody who cannot read it.
        let user = if is_root() { "user root root;" } else { "" };
        let globals = format!("daemon off; master_process off; {user}");
        command.arg("-p").arg(folder.path()).arg("-c").arg(&file).args(["-g", &globals]);
        Self::started("nginx", command, folder, address).await
    }

    /// Varnish in front of that address.
    pub async fn varnish(backend: &str) -> Self {
        let (folder, address) = (tempfile::tempdir().unwrap(), free_address());
        let port = backend.rsplit(':').next().unwrap();
        let config = include_str!("../../../deploy/cdn/varnish.vcl").replace("\"4000\"", &format!("\"{port}\""));
        let file = folder.path().join("varnish.vcl");
        std::fs::write(&file, config).unwrap();
        let mut command = Command::new("varnishd");
        command.args(["-F", "-j", "none", "-T", "none", "-s", "malloc,64m", "-a", &address]);
        command.args(["-p", "http_resp_hdr_len=16k", "-p", "http_resp_size=64k"]);
        command.arg("-f").arg(&file).arg("-n").arg(folder.path().join("work"));
        Self::started("varnish", command, folder, address).await
    }

    /// How many responses it has stored.
    pub async fn stored(&self) -> usize {
        match self.name {
            "nginx" => files(&self.folder.path().join("cache")),
            _ => {
                let mut command = Command::new("varnishstat");
                command.arg("-n").arg(self.folder.path().join("work")).args(["-1", "-f", "MAIN.n_object"]);
                let output = command.output().await.unwrap();
                let text = String::from_utf8(output.stdout).unwrap();
                text.split_whitespace().nth(1).unwrap_or_else(|| panic!("{text}")).parse().unwrap()
            }
        }
    }

    async fn started(name: &'static str, mut command: Command, folder: TempDir, address: String) -> Self {
        let log = std::fs::File::create(folder.path().join("log")).unwrap();
        command.stdout(Stdio::null()).stderr(log).kill_on_drop(true);
        let mut process = command.spawn().unwrap_or_else(|error| panic!("{name}: {error}"));
        while TcpStream::connect(&address).await.is_err() {
            let ended = process.try_wait().unwrap();
            let said = || std::fs::read_to_string(folder.path().join("log")).unwrap();
            assert!(ended.is_none(), "{name} did not start: {}", said());
            tokio::task::yield_now().await;
        }
        let client = Client::new(format!("http://{address}"));
        Self { name, client, address, _process: process, folder }
    }
}

/// How many files a folder and its folders have.
fn files(folder: &Path) -> usize {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.map(|path| if path.is_dir() { files(&path) } else { 1 }).sum()
}

fn free_address() -> String {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string()
}

fn is_root() -> bool {
    std::fs::metadata("/proc/self").is_ok_and(|process| std::os::unix::fs::MetadataExt::uid(&process) == 0)
}
