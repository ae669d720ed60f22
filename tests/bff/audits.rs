//! The official audits of GraphQL over HTTP (npm `graphql-http`), run by Node.js against the program.

use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::app::App;

/// How many audits version 1.22 of the suite has.
const AUDITS: usize = 61;

#[tokio::test]
async fn all_audits_of_graphql_over_http_pass() {
    let app = App::start().await;
    let clients = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/clients");
    let installed = clients.join("node_modules/graphql-http/package.json");
    assert!(installed.exists(), "graphql-http is not installed: run `scripts/test`, which installs it with `npm ci`");
    let url = app.client.request(reqwest::Method::POST, "/graphql").build().unwrap().url().to_string();
    let run = move || Command::new("node").arg(clients.join("audits.mjs")).arg(url).output();
    let output = tokio::task::spawn_blocking(run).await.unwrap().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).unwrap();
    let results: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let failed: Vec<&Value> = results.iter().filter(|result| result["status"] != "ok").collect();
    assert!(failed.is_empty(), "{failed:#?}");
    assert_eq!(results.len(), AUDITS);
}
