//! Documents over the socket: by id, by Apollo's hash, and what the policy refuses.

use harness::stub::Services;
use harness::town::Sizes;
use serde_json::{Value, json};
use tessera::operations::documents::{Policy, sha256};

use super::{POSTS as LIVE_POSTS, Socket, position, publish};
use crate::app::App;
use crate::trusted_documents::{OTHER, POSTS, folder, write};

async fn app(policy: Policy) -> App {
    let folder = folder();
    write(folder.path(), "web/Live.graphql", LIVE_POSTS);
    let services = Services::start(Sizes::default()).await;
    App::with(services, |config| {
        config.documents.policy = policy;
        config.documents.sources = vec![folder.path().to_owned()];
    })
    .await
}

fn automatic(hash: &str) -> Value {
    json!({"persistedQuery": {"version": 1, "sha256Hash": hash}})
}

#[tokio::test]
async fn a_trusted_document_is_named_every_way() {
    let app = app(Policy::TrustedOnly).await;
    let id = sha256(POSTS);
    let mut socket = Socket::anonymous(&app).await;
    for mut payload in [
        json!({ "documentId": id }),
        json!({"documentId": format!("sha256:{id}")}),
        json!({ "extensions": automatic(&id) }),
        json!({"query": POSTS, "operationName": "Posts"}),
    ] {
        payload["variables"] = json!({"n": 2});
        let result = socket.run("1", payload).await;
        assert_eq!(result["data"]["posts"]["nodes"].as_array().map(Vec::len), Some(2), "{result}");
    }
}

#[tokio::test]
async fn a_subscription_is_a_trusted_document_too() {
    let app = app(Policy::IdOnly).await;
    let mut socket = Socket::anonymous(&app).await;
    let after = json!({"after": publish_first(&app).await});
    socket.subscribe("1", json!({"documentId": sha256(LIVE_POSTS), "variables": after})).await;
    let post = publish(&app, 2);
    assert_eq!(socket.result("1").await["data"]["postPublished"]["post"]["id"], json!(post));
}

/// The position by id: texts are refused.
async fn publish_first(app: &App) -> String {
    let mut socket = Socket::anonymous(app).await;
    loop {
        let asked = json!({"documentId": sha256(POSTS), "extensions": {"position": true}});
        let result = socket.run("1", asked).await;
        let position = result["extensions"]["position"].as_str().unwrap().to_owned();
        if super::places(&position).len() == 3 {
            return position;
        }
    }
}

#[tokio::test]
async fn what_is_not_trusted_is_refused() {
    let app = app(Policy::TrustedOnly).await;
    let mut socket = Socket::anonymous(&app).await;
    for (payload, code) in [
        (json!({ "query": OTHER }), "PERSISTED_QUERY_REQUIRED"),
        (json!({"query": "subscription { postPublished { cursor } }"}), "PERSISTED_QUERY_REQUIRED"),
        (json!({"documentId": sha256(OTHER)}), "PERSISTED_QUERY_NOT_FOUND"),
        (json!({"documentId": sha256(POSTS), "query": OTHER}), "PERSISTED_QUERY_ID_MISMATCH"),
        (json!({"extensions": automatic(&sha256(OTHER))}), "PERSISTED_QUERY_NOT_FOUND"),
    ] {
        socket.subscribe("1", payload.clone()).await;
        assert_eq!(socket.errors("1").await, [code], "{payload}");
    }
    socket.nothing_but_pong().await;
}

#[tokio::test]
async fn a_client_registers_a_document_over_the_socket() {
    let app = app(Policy::AllowAny).await;
    position(&app).await;
    let mut socket = Socket::anonymous(&app).await;
    let hash = sha256(OTHER);
    socket.subscribe("1", json!({ "extensions": automatic(&hash) })).await;
    let miss = socket.receive().await;
    assert_eq!((&miss["type"], &miss["payload"][0]["message"]), (&json!("error"), &json!("PersistedQueryNotFound")));
    socket.run("1", json!({"query": OTHER, "extensions": automatic(&hash)})).await;
    let result = socket.run("1", json!({ "extensions": automatic(&hash) })).await;
    assert!(result["data"]["users"].is_object(), "{result}");
}
