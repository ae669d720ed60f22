//! Real clients, unmodified, run by Node.js against the program: Apollo Client, urql and Relay ask for trusted documents and
//! register others. What they send and what they make of the answers is judged by their scripts in `tests/clients/`; the
//! manifests are written by the clients' own tools, for documents of ours.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use harness::stub::Services;
use harness::town::Sizes;
use serde_json::{Value, json};
use tempfile::TempDir;
use tessera::operations::documents::Policy;

use crate::app::App;

/// A BFF with that policy and these trusted documents.
async fn app(policy: Policy, sources: &[PathBuf]) -> App {
    App::with(Services::start(Sizes::default()).await, |config| {
        config.documents.policy = policy;
        config.documents.sources = sources.to_vec();
    })
    .await
}

fn url(app: &App) -> String {
    format!("http://{}/graphql", app.address)
}

/// What a script is told: who asks, and what they buy; and `more`.
fn world(app: &App, more: Value) -> String {
    let town = app.services.town();
    let post = town.offers()[0];
    let mut world = json!({
        "viewer": town.users[1].id,
        "input": {"items": [{"postId": post.id, "quantity": 1}], "idempotencyKey": "once"},
    });
    drop(town);
    world["token"] = app.services.token(1).into();
    world.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    world.to_string()
}

fn project() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Runs a script of `tests/clients/` there; it must succeed.
pub async fn node(folder: &Path, script: &str, arguments: &[&str]) {
    let clients = project().join("tests/clients");
    let installed = clients.join("node_modules/relay-runtime/package.json");
    assert!(installed.exists(), "the clients are not installed: run `scripts/test`, which installs them with `npm ci`");
    let mut command = Command::new("node");
    command.arg(clients.join(script)).args(arguments).current_dir(folder);
    let output = tokio::task::spawn_blocking(move || command.output()).await.unwrap().unwrap();
    let said = [output.stdout, output.stderr].concat();
    assert!(output.status.success(), "{script}: {}", String::from_utf8_lossy(&said));
}

#[tokio::test]
async fn apollo_client_registers_documents_and_sends_ids_of_its_manifest() {
    let folder = TempDir::new().unwrap();
    let (config, manifest) = (folder.path().join("config.json"), folder.path().join("manifest.json"));
    let settings = json!({"documents": "persisted-queries/**/*.graphql", "output": manifest});
    fs::write(&config, settings.to_string()).unwrap();
    let tool = "node_modules/@apollo/generate-persisted-query-manifest/cli.js";
    node(project(), tool, &["--config", config.to_str().unwrap()]).await;

    let automatic = app(Policy::AllowAny, &[]).await;
    let with_manifest = app(Policy::TrustedOnly, std::slice::from_ref(&manifest)).await;
    let with_files = app(Policy::TrustedOnly, &[project().join("persisted-queries")]).await;
    let urls = [&automatic, &with_manifest, &with_files].map(url);
    let more = json!({"automatic": urls[0], "manifest": urls[1], "files": urls[2], "path": manifest});
    node(project(), "apollo.mjs", &[&world(&automatic, more)]).await;
}

#[tokio::test]
async fn urql_registers_documents_and_sends_ids_of_files() {
    let automatic = app(Policy::AllowAny, &[]).await;
    let files = app(Policy::IdOnly, &[project().join("persisted-queries")]).await;
    let more = json!({"automatic": url(&automatic), "files": url(&files)});
    node(project(), "urql.mjs", &[&world(&automatic, more)]).await;
}

#[tokio::test]
async fn relay_sends_ids_of_its_compiler() {
    let folder = TempDir::new().unwrap();
    for file in ["tests/clients/relay/Shop.js", "tests/clients/relay/relay.config.json", "schema.graphql"] {
        let from = project().join(file);
        fs::copy(&from, folder.path().join(from.file_name().unwrap())).unwrap();
    }
    // The compiler adds to the file of ids, and wants it to be there.
    let ids = folder.path().join("persisted.json");
    fs::write(&ids, "{}").unwrap();
    node(folder.path(), "node_modules/relay-compiler/cli.js", &["relay.config.json"]).await;

    let app = app(Policy::IdOnly, &[ids]).await;
    let more = json!({"url": url(&app), "folder": folder.path()});
    node(project(), "relay.mjs", &[&world(&app, more)]).await;
}
