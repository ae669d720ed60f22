//! A BFF that is stopped and started on one port while a client's script runs: the real program over stub services, whose events
//! a test writes, and a script of `tests/clients/` that says in lines of JSON what it gets.

use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use harness::stub::Services;
use harness::town::Sizes;
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};
use tokio::time::timeout;

use crate::binary::{Program, address_that_stays};

/// Longer than anything takes that comes at all, a client's pauses included.
const NEVER: Duration = Duration::from_secs(60);

/// How the BFF ends.
#[derive(Clone, Copy, Debug)]
pub enum Ending {
    /// SIGTERM: connections end in good order.
    Drain,
    /// SIGKILL: they break.
    Kill,
}

/// Stub services, and a BFF at an address that stays.
pub struct Stage {
    pub services: Services,
    program: Program,
    settings: Vec<(&'static str, String)>,
}

impl Stage {
    /// A BFF that executes any document.
    pub async fn start() -> Self {
        Self::with(&[]).await
    }

    /// A BFF with these settings.
    pub async fn with(more: &[(&'static str, String)]) -> Self {
        let services = Services::start(Sizes::default()).await;
        let mut settings =
            vec![("TESSERA__HTTP__LISTEN", address_that_stays()), ("TESSERA__HTTP__DRAIN_SECONDS", "1".to_owned())];
        settings.extend_from_slice(more);
        let program = serve(&services, &settings).await;
        Self { services, program, settings }
    }

    /// `host:port`
    pub fn address(&self) -> &str {
        &self.program.address
    }

    /// Stops the BFF; it has ended.
    pub async fn stop(&mut self, ending: Ending) {
        match ending {
            Ending::Drain => self.program.terminate().await,
            Ending::Kill => self.program.child.start_kill().unwrap(),
        }
        self.program.ended().await;
    }

    /// Starts it again.
    pub async fn start_again(&mut self) {
        self.program = serve(&self.services, &self.settings).await;
    }

    /// The cursor of now: what is published later is behind it.
    pub fn position(&self) -> String {
        self.services.feed("post").cursor()
    }

    /// Publishes the post with that number; returns what a subscriber is told of it.
    pub fn publish(&self, number: usize) -> Value {
        let town = self.services.town();
        let post = &town.posts[number];
        let author = town.users.iter().find(|user| user.id == post.author_id).unwrap();
        let data = json!({"author_id": author.id, "version": post.version});
        self.services.feed("post").emit("post.published", &post.id.to_string(), data);
        json!({"title": post.title, "author": author.name})
    }

    /// Publishes the posts with these numbers.
    pub fn publish_all(&self, numbers: std::ops::Range<usize>) -> Vec<Value> {
        numbers.map(|number| self.publish(number)).collect()
    }
}

async fn serve(services: &Services, settings: &[(&'static str, String)]) -> Program {
    let settings: Vec<_> = settings.iter().map(|(name, value)| (*name, value.as_str())).collect();
    Program::serve(services, &settings).await
}

/// A script that runs.
pub struct Script {
    _child: Child,
    _stdin: ChildStdin,
    lines: Lines<BufReader<ChildStdout>>,
}

impl Script {
    /// Starts a script of `tests/clients/` in front of that address; `more` is added to what it is told.
    pub fn run(name: &str, address: &str, more: &Value) -> Self {
        let clients = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/clients");
        let installed = clients.join("node_modules/graphql-ws/package.json");
        assert!(
            installed.exists(),
            "the clients are not installed: run `scripts/test`, which installs them with `npm ci`"
        );
        let mut world = json!({"http": format!("http://{address}/graphql"), "ws": format!("ws://{address}/graphql")});
        world.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let mut command = Command::new("node");
        command.arg(clients.join(name)).arg(world.to_string());
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).kill_on_drop(true).spawn().unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        Self { _stdin: child.stdin.take().unwrap(), _child: child, lines }
    }

    /// The next thing of that kind that it says. It must not say that something failed or ended.
    pub async fn says(&mut self, what: &str) -> Value {
        loop {
            let line = timeout(NEVER, self.lines.next_line()).await;
            let line = line.unwrap_or_else(|_| panic!("it does not say `{what}`")).unwrap();
            let line: Value =
                serde_json::from_str(&line.unwrap_or_else(|| panic!("it ended before `{what}`"))).unwrap();
            let (said, value) = line.as_object().unwrap().iter().next().unwrap();
            assert!(!matches!(said.as_str(), "failed" | "ended"), "{said}: {}", value.as_str().unwrap_or_default());
            if said == what {
                return value.clone();
            }
            assert_ne!(said, "post", "while waiting for `{what}`: {value}");
        }
    }

    /// Gets these posts, in this order, and no other before them.
    pub async fn gets(&mut self, posts: &[Value]) {
        for post in posts {
            assert_eq!(self.says("post").await, *post);
        }
    }
}
