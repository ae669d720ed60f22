//! The real binary, as it runs in production, in front of stub services.

use std::net::TcpListener;
use std::process::{ExitStatus, Stdio};
use std::sync::atomic::{AtomicU16, Ordering};

use harness::client::Client;
use harness::stub::Services;
use serde_json::Value;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

const TESSERA: &str = env!("CARGO_BIN_EXE_tessera");

/// The real binary in front of stub services.
pub struct Program {
    /// The process; it ends with this value.
    pub child: Child,
    /// The lines of its log, which is always read: a full pipe would hold the program up.
    log: UnboundedReceiver<String>,
    /// Where it listens.
    pub address: String,
}

impl Program {
    /// Starts it on a free port, with these settings as variables.
    pub async fn serve(services: &Services, settings: &[(&str, &str)]) -> Self {
        let mut program = Self::start(services, settings).await;
        program.listening().await;
        program
    }

    /// The same, before it has said where it listens.
    pub async fn start(services: &Services, settings: &[(&str, &str)]) -> Self {
        let mut child = command(services, settings).spawn().unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let (sender, log) = unbounded_channel();
        tokio::spawn(async move {
            while let Ok(Some(line)) = lines.next_line().await {
                // Read on, although the test does not want to know.
                let _ = sender.send(line);
            }
        });
        Self { child, log, address: String::new() }
    }

    /// Waits until it listens.
    pub async fn listening(&mut self) {
        self.address = self.line("listening").await["address"].as_str().unwrap().to_owned();
    }

    /// What it says if these settings keep it from starting.
    pub async fn fails(services: &Services, settings: &[(&str, &str)]) -> String {
        let output = command(services, settings).output().await.unwrap();
        assert_eq!(output.status.code(), Some(1));
        String::from_utf8(output.stderr).unwrap()
    }

    /// A client of it.
    pub fn client(&self) -> Client {
        Client::new(format!("http://{}", self.address))
    }

    /// The next log line; `None` when the program has closed its log.
    pub async fn next_line(&mut self) -> Option<String> {
        self.log.recv().await
    }

    /// The next log line with that message.
    pub async fn line(&mut self, message: &str) -> Value {
        loop {
            let text = self.next_line().await.unwrap_or_else(|| panic!("no line says `{message}`"));
            let line: Value = serde_json::from_str(&text).unwrap_or_else(|_| panic!("no JSON: {text}"));
            if line["message"] == message {
                return line;
            }
        }
    }

    /// SIGTERM.
    pub async fn terminate(&self) {
        let pid = self.child.id().unwrap().to_string();
        assert!(Command::new("kill").args(["-TERM", &pid]).status().await.unwrap().success());
    }

    /// Its resident memory, in bytes.
    pub fn resident_bytes(&self) -> u64 {
        let statm = std::fs::read_to_string(format!("/proc/{}/statm", self.child.id().unwrap())).unwrap();
        let pages: u64 = statm.split_whitespace().nth(1).unwrap().parse().unwrap();
        pages * 4_096
    }

    /// The most resident memory that it has had, in bytes (proc(5)).
    pub fn peak_bytes(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id().unwrap())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
        line.trim().trim_end_matches(" kB").parse::<u64>().unwrap() * 1_024
    }

    /// Waits for its end.
    pub async fn ended(&mut self) -> ExitStatus {
        self.child.wait().await.unwrap()
    }
}

/// A free address for programs that are stopped and started again: below the ports that the system hands out by itself, so that
/// nobody takes it in between.
pub fn address_that_stays() -> String {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    // Far from those of another process of tests.
    let first = 16 * (std::process::id() % 499) as u16;
    loop {
        let address = format!("127.0.0.1:{}", 12_000 + (first + NEXT.fetch_add(1, Ordering::Relaxed)) % 8_000);
        if TcpListener::bind(&address).is_ok() {
            return address;
        }
    }
}

/// The program with these settings, not started; its log is a pipe.
pub fn command(services: &Services, settings: &[(&str, &str)]) -> Command {
    let mut command = Command::new(TESSERA);
    command
        .arg("serve")
        .env("TESSERA__HTTP__LISTEN", "127.0.0.1:0")
        .env("TESSERA__SERVICES__API_KEY", "a key of the tests")
        .envs(services.urls().map(|(name, url)| (format!("TESSERA__SERVICES__{}__URL", name.to_uppercase()), url)))
        .env("TESSERA__DOCUMENTS__POLICY", "allow_any")
        .env("TESSERA__TIMEOUTS__CALL_MS", "20000")
        .env("TESSERA__TIMEOUTS__REQUEST_MS", "40000")
        // Where it listens, no load balancer has to notice that it stops.
        .env("TESSERA__HTTP__LINGER_MS", "0")
        .envs(settings.iter().copied())
        .stderr(Stdio::piped())
        .kill_on_drop(true);
    command
}
