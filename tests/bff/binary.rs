//! The real binary, as it runs in production, in front of stub services.

use std::process::{ExitStatus, Stdio};

use harness::client::Client;
use harness::stub::Services;
use serde_json::Value;
use tokio::io::{AsyncBufReadExt, BufReader, Lines};
use tokio::process::{Child, ChildStderr, Command};

const TESSERA: &str = env!("CARGO_BIN_EXE_tessera");

/// The real binary in front of stub services.
pub struct Program {
    /// The process; it ends with this value.
    pub child: Child,
    /// Its log.
    pub log: Lines<BufReader<ChildStderr>>,
    /// Where it listens.
    pub address: String,
}

impl Program {
    /// Starts it on a free port, with these settings as variables.
    pub async fn serve(services: &Services, settings: &[(&str, &str)]) -> Self {
        let mut child = Command::new(TESSERA)
            .arg("serve")
            .env("TESSERA__HTTP__LISTEN", "127.0.0.1:0")
            .env("TESSERA__SERVICES__API_KEY", "a key of the tests")
            .env("TESSERA__SERVICES__USER__URL", services.user.url())
            .env("TESSERA__SERVICES__POST__URL", services.post.url())
            .env("TESSERA__SERVICES__ORDER__URL", services.order.url())
            .env("TESSERA__TIMEOUTS__CALL_MS", "20000")
            .env("TESSERA__TIMEOUTS__REQUEST_MS", "40000")
            .envs(settings.iter().copied())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let log = BufReader::new(child.stderr.take().unwrap()).lines();
        let mut program = Self { child, log, address: String::new() };
        let line = program.line("listening").await;
        program.address = line["address"].as_str().unwrap().to_owned();
        program
    }

    /// A client of it.
    pub fn client(&self) -> Client {
        Client::new(format!("http://{}", self.address))
    }

    /// The next log line with that message.
    pub async fn line(&mut self, message: &str) -> Value {
        loop {
            let text = self.log.next_line().await.unwrap().unwrap_or_else(|| panic!("no line says `{message}`"));
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

    /// Waits for its end.
    pub async fn ended(&mut self) -> ExitStatus {
        self.child.wait().await.unwrap()
    }
}
