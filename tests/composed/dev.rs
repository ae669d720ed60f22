//! `tessera dev`, the real program: it answers soon, says what to do with it, stops at once, and refuses what cannot work in one
//! sentence.

use std::{
    net::TcpListener,
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};

use harness::client::Client;
use serde_json::{Value, json};
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::{Child, Command},
    time::timeout,
};

use crate::ports;

/// A folder of one test's own.
struct Home(PathBuf);

impl Home {
    fn new() -> Self {
        let folder = std::env::temp_dir().join(format!("tessera-dev-{}", contract::RequestId::generate()));
        Self(folder)
    }
}

impl Drop for Home {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// The first of four free ports in a row.
fn free_ports() -> u16 {
    ports::in_a_row(4)
}

fn tessera(home: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tessera"));
    command
        .arg("--data-dir")
        .arg(home)
        .args(arguments)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true);
    command
}

/// Starts it and waits for its greeting.
async fn start(home: &Path, arguments: &[&str]) -> (Child, String) {
    let mut child = tessera(home, arguments).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut greeting = String::new();
    while let Some(line) = lines.next_line().await.unwrap() {
        greeting.push_str(&line);
        greeting.push('\n');
        if line.contains("curl -sN") {
            return (child, greeting);
        }
    }
    let said = child.wait_with_output().await.unwrap();
    panic!("it ended: {greeting}{}", String::from_utf8_lossy(&said.stderr));
}

/// What it says on standard error when it does not start; exit code 1.
async fn refusal(home: &Path, arguments: &[&str]) -> String {
    let output = tessera(home, arguments).output().await.unwrap();
    let sentence = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{sentence}");
    assert_eq!(sentence.trim_end().lines().count(), 1, "one sentence: {sentence}");
    sentence
}

#[tokio::test]
async fn it_greets_with_lines_to_paste_that_answer_and_follow_and_keeps_its_data() {
    let (home, port) = (Home::new(), free_ports().to_string());
    let (mut child, greeting) = start(&home.0, &["--port", &port]).await;
    // The one that follows events: what it prints.
    let follow = greeting.lines().find(|line| line.contains("curl -sN")).unwrap();
    let mut follow = Command::new("sh")
        .arg("-c")
        .arg(format!("exec {}", follow.trim()))
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let mut followed = BufReader::new(follow.stdout.take().unwrap()).lines();
    // Where the stream begins.
    assert!(followed.next_line().await.unwrap().unwrap().starts_with("id: "));
    for expected in ["ada@example.com", "grace@example.com", "admin@example.com", "tessera-demo", "/openapi.json"] {
        assert!(greeting.contains(expected), "{greeting}");
    }
    let line = greeting.lines().find(|line| line.contains("curl")).unwrap();
    let answer = Command::new("sh").arg("-c").arg(line).output().await.unwrap();
    let answer: Value = serde_json::from_slice(&answer.stdout).unwrap();
    assert_eq!(answer["data"]["posts"]["nodes"].as_array().unwrap().len(), 3);

    let client = Client::new(format!("http://127.0.0.1:{port}"));
    publish(&client).await;
    let event = loop {
        let line = followed.next_line().await.unwrap().unwrap();
        if let Some(data) = line.strip_prefix("data: ") {
            break serde_json::from_str::<Value>(data).unwrap();
        }
    };
    assert_eq!(event["data"]["postPublished"]["post"]["title"], "Hot off the press");

    let ids = "{ users(first: 100) { nodes { id } } }";
    let first = client.run(ids).await.data();
    assert_eq!(first["users"]["nodes"].as_array().unwrap().len(), 50);
    assert!(refusal(&home.0, &["--port", &free_ports().to_string(), "--fresh"]).await.contains("in use"));
    // Ctrl-C, while somebody follows events.
    let pid = child.id().unwrap().to_string();
    assert!(Command::new("kill").args(["-INT", &pid]).status().await.unwrap().success());
    let ended = timeout(Duration::from_secs(4), child.wait()).await;
    assert!(ended.is_ok_and(|status| status.unwrap().success()), "it stops at once");

    assert!(refusal(&home.0, &["--port", &port, "--seed", "2"]).await.contains("--fresh"));
    let (_child, _) = start(&home.0, &["--port", &port, "--seed", "2", "--fresh"]).await;
    let other = client.run(ids).await.data();
    assert_ne!(first, other, "another seed, other ids");
}

/// Publishes a post as a demo user.
async fn publish(client: &Client) {
    let log_in = r#"mutation { logIn(input: {email: "ada@example.com", password: "tessera-demo"}) {
        session { accessToken } } }"#;
    let session = client.run(log_in).await.data()["logIn"]["session"]["accessToken"].as_str().unwrap().to_owned();
    let publish = r#"mutation { publishPost(input: {title: "Hot off the press", body: "…"}) { userErrors { code } } }"#;
    let published = client.signed_in(session).run(publish).await.data();
    assert_eq!(published["publishPost"]["userErrors"], json!([]));
}

#[tokio::test]
async fn what_cannot_work_is_refused_in_one_sentence() {
    let (home, port) = (Home::new(), free_ports());
    let port_text = port.to_string();
    let taken = TcpListener::bind(("127.0.0.1", port + 2)).unwrap();
    assert!(refusal(&home.0, &["--port", &port_text]).await.contains(&format!("127.0.0.1:{}", port + 2)));
    drop(taken);
    for impossible in ["0", "65533"] {
        assert!(refusal(&home.0, &["--port", impossible]).await.contains("--port"));
    }
    std::fs::create_dir_all(&home.0).unwrap();
    let file = home.0.join("file");
    std::fs::write(&file, "").unwrap();
    assert!(refusal(&file, &["--port", &port_text]).await.contains("--data-dir"));
    std::fs::write(home.0.join("user.db"), "").unwrap();
    assert!(refusal(&home.0, &["--port", &port_text]).await.contains("--fresh"));
    std::fs::write(home.0.join("user.db"), "this is no database").unwrap();
    for name in ["post.db", "order.db"] {
        std::fs::write(home.0.join(name), "").unwrap();
    }
    std::fs::write(home.0.join("demo.toml"), "seed = 1\nscale = \"small\"\n").unwrap();
    assert!(refusal(&home.0, &["--port", &port_text]).await.contains("user.db"));
}
