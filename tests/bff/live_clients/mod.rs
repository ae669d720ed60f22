//! Real clients, run by Node.js against the program: subscriptions of graphql-ws, graphql-sse, Apollo Client, urql and Relay. Stock
//! ones get events in order and see refusals as errors; through `web/resume/` they go on after a restart where they were.

mod stage;
mod through_edges;

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;

use serde_json::{Value, json};
use tempfile::TempDir;
use tessera::operations::documents::sha256;

use stage::{Ending, Script, Stage};

const INVALID: &str = "GRAPHQL_VALIDATION_FAILED";

/// A stock client gets what is behind a position, then what is new.
async fn receives(script: &str, over: &str) {
    let stage = Stage::start().await;
    let after = stage.position();
    let posts = stage.publish_all(0..2);
    let mut script = Script::run(script, stage.address(), &json!({"over": over, "after": after}));
    assert_eq!(script.says("refused").await, INVALID);
    script.gets(&posts).await;
    let live = stage.publish_all(2..5);
    script.gets(&live).await;
}

/// A client that resumes gets each post once over restarts of the BFF, also those that were published meanwhile.
async fn resumes(script: &str, ending: Ending, more: Value) {
    let mut stage = Stage::start().await;
    let script = &mut run_behind(&stage, script, more);
    assert_eq!(script.says("refused").await, INVALID);
    stays(&mut stage, script, ending).await;
}

fn run_behind(stage: &Stage, script: &str, more: Value) -> Script {
    let mut world = json!({"resumes": true, "after": stage.position()});
    world.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    Script::run(script, stage.address(), &world)
}

async fn stays(stage: &mut Stage, script: &mut Script, ending: Ending) {
    let live = stage.publish_all(0..3);
    script.gets(&live).await;
    for round in 1..3 {
        stage.stop(ending).await;
        let missed = stage.publish_all(10 * round..10 * round + 3);
        stage.start_again().await;
        script.gets(&missed).await;
        let live = stage.publish_all(10 * round + 3..10 * round + 5);
        script.gets(&live).await;
    }
}

/// A client that resumes, and had got no event before the restart, misses nothing behind its connection.
async fn begins_at_its_connection(script: &str, over: &str) {
    let mut stage = Stage::start().await;
    let mut script = Script::run(script, stage.address(), &json!({"resumes": true, "over": over, "isQuiet": true}));
    script.says("connected").await;
    stage.stop(Ending::Kill).await;
    let missed = stage.publish_all(0..3);
    stage.start_again().await;
    script.gets(&missed).await;
}

#[tokio::test]
async fn stock_graphql_ws_receives_events_in_order() {
    receives("live-plain.mjs", "ws").await;
}

#[tokio::test]
async fn stock_graphql_sse_receives_events_in_order() {
    receives("live-plain.mjs", "sse").await;
    receives("live-plain.mjs", "sse-get").await;
}

#[tokio::test]
async fn stock_apollo_client_receives_events_in_order_over_three_transports() {
    for over in ["ws", "sse", "multipart"] {
        receives("live-apollo.mjs", over).await;
    }
}

#[tokio::test]
async fn stock_urql_receives_events_in_order_over_three_transports() {
    for over in ["ws", "sse", "fetch"] {
        receives("live-urql.mjs", over).await;
    }
}

#[tokio::test]
async fn graphql_ws_resumes_over_restarts() {
    resumes("live-plain.mjs", Ending::Drain, json!({"over": "ws"})).await;
    resumes("live-plain.mjs", Ending::Kill, json!({"over": "ws", "iterates": true})).await;
}

#[tokio::test]
async fn graphql_sse_resumes_over_restarts() {
    resumes("live-plain.mjs", Ending::Drain, json!({"over": "sse"})).await;
    resumes("live-plain.mjs", Ending::Kill, json!({"over": "sse-get", "iterates": true})).await;
}

#[tokio::test]
async fn apollo_client_resumes_over_restarts() {
    resumes("live-apollo.mjs", Ending::Drain, json!({"over": "ws"})).await;
    resumes("live-apollo.mjs", Ending::Kill, json!({"over": "sse"})).await;
}

#[tokio::test]
async fn apollo_client_resumes_multipart_over_restarts() {
    resumes("live-apollo.mjs", Ending::Drain, json!({"over": "multipart"})).await;
    resumes("live-apollo.mjs", Ending::Kill, json!({"over": "multipart"})).await;
}

#[tokio::test]
async fn urql_resumes_over_restarts() {
    resumes("live-urql.mjs", Ending::Drain, json!({"over": "ws"})).await;
    resumes("live-urql.mjs", Ending::Kill, json!({"over": "sse"})).await;
}

#[tokio::test]
async fn relay_resumes_with_trusted_documents_over_restarts() {
    let folder = TempDir::new().unwrap();
    let project = Path::new(env!("CARGO_MANIFEST_DIR"));
    for file in ["tests/clients/relay/Live.js", "tests/clients/relay/relay.config.json", "schema.graphql"] {
        let from = project.join(file);
        fs::copy(&from, folder.path().join(from.file_name().unwrap())).unwrap();
    }
    // The compiler adds to the file of ids, and wants it to be there.
    let ids = folder.path().join("persisted.json");
    fs::write(&ids, "{}").unwrap();
    crate::clients::node(folder.path(), "node_modules/relay-compiler/cli.js", &["relay.config.json"]).await;

    let policy = ("TESSERA__DOCUMENTS__POLICY", "id_only".to_owned());
    let sources = ("TESSERA__DOCUMENTS__SOURCES", format!("[{ids:?}]"));
    let mut stage = Stage::with(&[policy, sources]).await;
    let script = &mut run_behind(&stage, "live-relay.mjs", json!({"folder": folder.path()}));
    assert_eq!(script.says("refused").await, "PERSISTED_QUERY_NOT_FOUND");
    stays(&mut stage, script, Ending::Kill).await;
}

#[tokio::test]
async fn a_trusted_subscription_runs_by_its_id_and_an_unknown_one_is_refused() {
    let project = Path::new(env!("CARGO_MANIFEST_DIR")).join("persisted-queries");
    let document = fs::read_to_string(project.join("web/NewPosts.graphql")).unwrap();
    let policy = ("TESSERA__DOCUMENTS__POLICY", "trusted_only".to_owned());
    let mut stage = Stage::with(&[policy, ("TESSERA__DOCUMENTS__SOURCES", format!("[{project:?}]"))]).await;
    for (over, ending) in [("ws", Ending::Kill), ("sse", Ending::Drain), ("sse-get", Ending::Kill)] {
        let more = json!({"over": over, "documentId": format!("sha256:{}", sha256(&document))});
        let script = &mut run_behind(&stage, "live-plain.mjs", more);
        assert_eq!(script.says("refused").await, "PERSISTED_QUERY_REQUIRED");
        stays(&mut stage, script, ending).await;
    }
}

#[tokio::test]
async fn the_modules_have_the_types_that_they_say() {
    let (folder, project) = (TempDir::new().unwrap(), Path::new(env!("CARGO_MANIFEST_DIR")));
    for entry in fs::read_dir(project.join("web/resume")).unwrap() {
        let path = entry.unwrap().path();
        fs::copy(&path, folder.path().join(path.file_name().unwrap())).unwrap();
    }
    symlink(project.join("tests/clients/node_modules"), folder.path().join("node_modules")).unwrap();
    fs::write(folder.path().join("package.json"), json!({"type": "module"}).to_string()).unwrap();
    let options = json!({
        "noEmit": true, "allowJs": true, "checkJs": true, "strict": true, "skipLibCheck": true, "types": [],
        "target": "es2022", "lib": ["es2023", "dom", "dom.iterable"], "module": "nodenext",
    });
    fs::write(folder.path().join("tsconfig.json"), json!({"compilerOptions": options}).to_string()).unwrap();
    crate::clients::node(folder.path(), "node_modules/.bin/tsc", &["--project", "."]).await;
}

#[tokio::test]
async fn a_quiet_subscription_resumes_behind_the_positions_that_cover_it() {
    crate::clients::node(Path::new("."), "resume.mjs", &[]).await;
}

#[tokio::test]
async fn streams_that_end_anywhere_lose_nothing_and_a_refusal_ends_the_subscription() {
    crate::clients::node(Path::new("."), "resume-sse.mjs", &[]).await;
    crate::clients::node(Path::new("."), "resume-multipart.mjs", &[]).await;
}

#[tokio::test]
async fn a_subscription_that_saw_no_event_resumes_where_it_began() {
    for over in ["ws", "sse"] {
        begins_at_its_connection("live-plain.mjs", over).await;
    }
    begins_at_its_connection("live-apollo.mjs", "multipart").await;
}
