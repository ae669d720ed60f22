//! The program: served until SIGTERM, keys rotated by a word, and no secret in what it prints.

use std::{
    io::{BufRead, BufReader, Read},
    process::{Child, ChildStderr, Command, Output, Stdio},
};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD as BASE64};
use chassis::testing::{TestDatabase, with_json};
use serde_json::{Value as Json, json};

use crate::town::{PASSWORD, newcomer};

pub fn program(home: &TestDatabase, listen: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_user-service"));
    command.args(["--database-url", &home.argument(), "--listen", listen]);
    command
}

fn rotate(home: &TestDatabase) -> Output {
    program(home, "127.0.0.1:0").arg("rotate-key").output().unwrap()
}

/// The program at work.
pub struct Served {
    pub url: String,
    child: Child,
    log: BufReader<ChildStderr>,
    /// The log up to the line that tells the address.
    start: String,
}

impl Served {
    pub fn start(mut command: Command) -> Self {
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut log = BufReader::new(child.stderr.take().unwrap());
        let mut start = String::new();
        while !start.contains("listening") {
            assert_ne!(log.read_line(&mut start).unwrap(), 0, "{start}");
        }
        let listening: Json = serde_json::from_str(start.lines().last().unwrap()).unwrap();
        Self { url: format!("http://{}", listening["address"].as_str().unwrap()), child, log, start }
    }

    pub async fn post(&self, path: &str, body: Json) -> Json {
        let request = with_json(reqwest::Client::new().post(format!("{}{path}", self.url)), &body);
        let response = request.header("idempotency-key", "k").send().await.unwrap();
        serde_json::from_slice(&response.bytes().await.unwrap()).unwrap()
    }

    /// Ends it with SIGTERM; all that it printed.
    pub fn stop(mut self) -> String {
        // By its own id; Child::kill would not let it finish.
        assert!(Command::new("kill").arg(self.child.id().to_string()).status().unwrap().success());
        self.log.read_to_string(&mut self.start).unwrap();
        self.child.stdout.take().unwrap().read_to_string(&mut self.start).unwrap();
        assert!(self.child.wait().unwrap().success());
        self.start
    }
}

#[tokio::test]
async fn keys_are_rotated_by_a_word_and_not_again_before_that_has_ended() {
    let home = TestDatabase::create().await;
    let first = rotate(&home);
    let said = String::from_utf8(first.stderr).unwrap();
    assert!(first.status.success() && said.contains("the next key is published"), "{said}");
    let again = rotate(&home);
    let said = String::from_utf8(again.stderr).unwrap();
    assert_eq!(again.status.code(), Some(1));
    assert!(said.starts_with("error: the keys cannot be rotated now: the next key exists already"), "{said}");
    assert_eq!(said.lines().count(), 1);
}

#[tokio::test]
async fn nothing_secret_is_printed() {
    chassis::program::install_crypto();
    let home = TestDatabase::create().await;
    let served = Served::start(program(&home, "127.0.0.1:0"));
    let post = async |path: &str, body: Json| served.post(path, body).await;
    let mut sessions = vec![post("/v1/users", newcomer("ada")).await, post("/v1/users", newcomer("ada")).await];
    let refresh = json!({"refresh_token": sessions[0]["refresh_token"]});
    sessions.push(post("/v1/sessions/refresh", refresh).await);
    sessions.push(post("/v1/sessions", json!({"email": "ada@example.com", "password": PASSWORD})).await);
    let refused = post("/v1/sessions", json!({"email": "ada@example.com", "password": "a wrong one"})).await;
    assert_eq!(refused["error"]["code"], "WRONG_CREDENTIALS");
    let rotation = rotate(&home);

    let printed = served.stop() + &String::from_utf8(rotation.stderr).unwrap();

    assert!(printed.contains("/v1/sessions/refresh") && printed.contains("stopped"), "{printed}");
    for session in &sessions {
        for name in ["access_token", "refresh_token"] {
            assert!(!printed.contains(session[name].as_str().unwrap()), "{name}");
        }
    }
    for secret in [PASSWORD, "a wrong one", "ada@example.com", "$argon2id", "private"] {
        assert!(!printed.contains(secret), "{secret}");
    }
}

#[tokio::test]
async fn text_settings_are_taken_byte_for_byte_from_the_environment() {
    chassis::program::install_crypto();
    let home = TestDatabase::create().await;
    let (issuer, audience) = (" T\u{e9}ssera, \"a\" = {b} # ", "1e3");
    let mut command = program(&home, "127.0.0.1:0");
    command.env("TESSERA_TOKEN_ISSUER", issuer).env("TESSERA_TOKEN_AUDIENCE", audience);
    let served = Served::start(command);
    let session = served.post("/v1/users", newcomer("ada")).await;
    let claims = session["access_token"].as_str().unwrap().split('.').nth(1).unwrap();
    let claims: Json = serde_json::from_slice(&BASE64.decode(claims).unwrap()).unwrap();
    assert_eq!((claims["iss"].as_str(), claims["aud"].as_str()), (Some(issuer), Some(audience)));
    served.stop();
}
