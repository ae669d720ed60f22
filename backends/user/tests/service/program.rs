//! The program: served until SIGTERM, keys rotated by a word, and no secret in what it prints.

use std::{
    io::{BufRead, BufReader, Read},
    process::{Command, Output, Stdio},
};

use chassis::{database::DatabaseUrl, testing::TestDatabase};
use serde_json::{Value as Json, json};

use crate::town::{PASSWORD, newcomer};

fn program(home: &TestDatabase, listen: &str) -> Command {
    let url = match &home.url {
        DatabaseUrl::Sqlite(path) => format!("sqlite:{}", path.display()),
        DatabaseUrl::Postgres(url) => url.clone(),
    };
    let mut command = Command::new(env!("CARGO_BIN_EXE_user-service"));
    command.args(["--database-url", &url, "--listen", listen]);
    command
}

fn rotate(home: &TestDatabase) -> Output {
    program(home, "127.0.0.1:0").arg("rotate-key").output().unwrap()
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
    assert!(said.starts_with("error: the keys cannot be rotated now: the next key is made already"), "{said}");
    assert_eq!(said.lines().count(), 1);
}

#[tokio::test]
async fn nothing_secret_is_printed() {
    chassis::program::install_crypto();
    let home = TestDatabase::create().await;
    let mut served = program(&home, "127.0.0.1:0").stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(served.stderr.take().unwrap()).lines().map(Result::unwrap);
    let listening: Json = serde_json::from_str(&lines.find(|line| line.contains("listening")).unwrap()).unwrap();
    let url = format!("http://{}", listening["address"].as_str().unwrap());

    let client = reqwest::Client::new();
    let post = async |path: &str, body: Json| -> Json {
        let request = client.post(format!("{url}{path}")).header("content-type", "application/json");
        let response = request.header("idempotency-key", "k").body(body.to_string()).send().await.unwrap();
        serde_json::from_slice(&response.bytes().await.unwrap()).unwrap()
    };
    let mut sessions = vec![post("/v1/users", newcomer("ada")).await, post("/v1/users", newcomer("ada")).await];
    let refresh = json!({"refresh_token": sessions[0]["refresh_token"]});
    sessions.push(post("/v1/sessions/refresh", refresh).await);
    sessions.push(post("/v1/sessions", json!({"email": "ada@example.com", "password": PASSWORD})).await);
    let refused = post("/v1/sessions", json!({"email": "ada@example.com", "password": "a wrong one"})).await;
    assert_eq!(refused["error"]["code"], "WRONG_CREDENTIALS");
    let rotation = rotate(&home);

    // By its own id; Child::kill would not let it finish.
    assert!(Command::new("kill").arg(served.id().to_string()).status().unwrap().success());
    let mut printed: String = lines.collect::<Vec<_>>().join("\n");
    served.stdout.take().unwrap().read_to_string(&mut printed).unwrap();
    assert!(served.wait().unwrap().success());
    printed += &String::from_utf8(rotation.stderr).unwrap();

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
