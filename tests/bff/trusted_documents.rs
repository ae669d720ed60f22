//! Trusted documents: which of what clients send is answered under which policy, by every way an id may come; and that
//! what clients register has its price.

use std::fs;
use std::path::Path;

use harness::client::{Answer, GRAPHQL_RESPONSE};
use harness::stub::Services;
use harness::town::Sizes;
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};
use tempfile::TempDir;
use tessera::budgets::BudgetSettings;
use tessera::config::Config;
use tessera::operations::documents::{Policy, sha256};

use crate::app::App;
use crate::errors::{asks, assert_row, row};

pub const POSTS: &str = "query Posts($n: Int! = 1) { posts(first: $n) { nodes { title } } }\n";
pub const OTHER: &str = "query Other { users(first: 1) { nodes { name } } }";
const LOG_OUT: &str = "mutation LogOut { logOut { userErrors { code } } }";

/// Two documents of a client.
pub fn folder() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "web/Posts.graphql", POSTS);
    write(folder.path(), "web/LogOut.graphql", LOG_OUT);
    folder
}

pub fn write(folder: &Path, name: &str, text: &str) {
    let path = folder.join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

async fn app(policy: Policy, folder: &TempDir, adjust: impl FnOnce(&mut Config)) -> App {
    App::with(Services::start(Sizes::default()).await, |config| {
        config.documents.policy = policy;
        config.documents.sources = vec![folder.path().to_owned()];
        adjust(config);
    })
    .await
}

fn automatic(hash: &str) -> Value {
    json!({"persistedQuery": {"version": 1, "sha256Hash": hash}})
}

/// `POST` with a hash as Apollo sends it, and the text if there is one.
fn apollo(app: &App, hash: &str, text: Option<&str>) -> RequestBuilder {
    let mut body = json!({ "extensions": automatic(hash) });
    if let Some(text) = text {
        body["query"] = text.into();
    }
    asks(&app.client, &body)
}

#[tokio::test]
async fn an_id_may_come_every_way_under_every_policy() {
    let folder = folder();
    let (id, variables) = (sha256(POSTS), json!({"n": 2}));
    let prefixed = format!("sha256:{id}");
    for policy in [Policy::AllowAny, Policy::LogUnknown, Policy::TrustedOnly, Policy::IdOnly] {
        let app = app(policy, &folder, |_| {}).await;
        let get = |parameters: &[(&str, &str)]| app.client.get(parameters).header("accept", GRAPHQL_RESPONSE);
        let path = format!("/graphql/{id}");
        let ways = [
            asks(&app.client, &json!({"documentId": id, "variables": variables})),
            asks(&app.client, &json!({"documentId": prefixed, "variables": variables, "query": POSTS})),
            asks(&app.client, &json!({"extensions": automatic(&id), "variables": variables})),
            get(&[("documentId", &id), ("variables", "{\"n\":2}")]),
            get(&[("documentId", &prefixed), ("operationName", "Posts"), ("variables", "{\"n\":2}")]),
            get(&[("extensions", &automatic(&id).to_string()), ("variables", "{\"n\":2}")]),
            app.client.request(Method::GET, &format!("{path}?variables=%7B%22n%22%3A2%7D")),
            app.client
                .request(Method::GET, &format!("/graphql/sha256%3A{id}?documentId={id}&variables=%7B%22n%22%3A2%7D")),
            app.client
                .request(Method::POST, &path)
                .header("content-type", "application/json")
                .body("{\"variables\":{\"n\":2}}"),
        ];
        for (place, way) in ways.into_iter().enumerate() {
            let data = Answer::of(way).await.data();
            assert_eq!(data["posts"]["nodes"].as_array().map(Vec::len), Some(2), "{policy:?}: way {place}");
        }
        let by_get = Answer::of(get(&[("documentId", &sha256(LOG_OUT))])).await;
        assert_eq!((by_get.status, by_get.header("allow")), (405, Some("POST")), "decided from the document");
    }
}

#[tokio::test]
async fn texts_are_taken_as_far_as_the_policy_goes() {
    let folder = folder();
    for (policy, trusted, unknown) in [
        (Policy::AllowAny, true, true),
        (Policy::LogUnknown, true, true),
        (Policy::TrustedOnly, true, false),
        (Policy::IdOnly, false, false),
    ] {
        let app = app(policy, &folder, |_| {}).await;
        for (text, taken) in [(POSTS, trusted), (OTHER, unknown), (&POSTS[..POSTS.len() - 1], unknown)] {
            let request = asks(&app.client, &json!({ "query": text }));
            match taken {
                true => drop(Answer::of(request).await.data()),
                false => assert_row(&row("document is not trusted"), request).await,
            }
        }
        let schema = asks(&app.client, &json!({"query": "{ __schema { types { name } } }"}));
        match policy {
            Policy::AllowAny => drop(Answer::of(schema).await.data()),
            Policy::LogUnknown => assert_row(&row("introspection where it is off"), schema).await,
            _ => assert_row(&row("document is not trusted"), schema).await,
        }
    }
}

#[tokio::test]
async fn a_miss_is_never_kept_and_ids_that_disagree_are_refused() {
    let folder = folder();
    let app = app(Policy::TrustedOnly, &folder, |_| {}).await;
    let (id, other) = (sha256(POSTS), sha256(OTHER));
    for miss in [
        asks(&app.client, &json!({"documentId": other})),
        app.client.request(Method::GET, &format!("/graphql/{other}")),
        apollo(&app, &other, None),
        app.client.get(&[("extensions", &automatic(&other).to_string())]),
        // As Apollo Client asks for a subscription by its hash.
        app.client.get(&[("extensions", &automatic(&other).to_string())]).header(
            "accept",
            "multipart/mixed;boundary=graphql;subscriptionSpec=1.0,application/graphql-response+json,application/json;q=0.9",
        ),
    ] {
        let answer = Answer::of(miss).await;
        assert_eq!(answer.json()["errors"][0]["message"], "PersistedQueryNotFound", "{}", answer.text);
        assert_eq!(answer.header("cache-control"), Some("private, no-store"));
    }
    for contradiction in [
        asks(&app.client, &json!({"documentId": id, "query": OTHER})),
        asks(&app.client, &json!({"documentId": id, "extensions": automatic(&other)})),
        apollo(&app, &other, Some(POSTS)),
        app.client.request(Method::GET, &format!("/graphql/{id}?documentId={other}")),
    ] {
        assert_eq!(Answer::of(contradiction).await.errors(), ["PERSISTED_QUERY_ID_MISMATCH"]);
    }
    for malformed in [
        json!({"version": 2, "sha256Hash": id}),
        json!({"sha256Hash": id}),
        json!([id]),
        json!({"version": 1, "sha256Hash": 1}),
    ] {
        let answer = Answer::of(asks(&app.client, &json!({"extensions": {"persistedQuery": malformed}}))).await;
        assert_eq!((answer.status, answer.errors()), (400, vec!["BAD_REQUEST".to_owned()]), "{malformed}");
    }
    assert!(app.services.calls().is_empty());
}

#[tokio::test]
async fn a_client_registers_what_is_unknown_once() {
    let folder = folder();
    let app = app(Policy::AllowAny, &folder, |_| {}).await;
    let hash = sha256(OTHER);
    assert_row(&row("unknown hash of Apollo's"), apollo(&app, &hash, None)).await;
    // urql registers by GET.
    let extensions = automatic(&hash).to_string();
    Answer::of(app.client.get(&[("query", OTHER), ("extensions", &extensions)])).await.data();
    Answer::of(apollo(&app, &hash, None)).await.data();
    Answer::of(app.client.get(&[("extensions", &extensions)])).await.data();
    // What is no good is not registered.
    let broken = "query B { nothing }";
    assert_eq!(Answer::of(apollo(&app, &sha256(broken), Some(broken))).await.errors(), ["GRAPHQL_VALIDATION_FAILED"]);
    assert_eq!(Answer::of(apollo(&app, &sha256(broken), None)).await.errors(), ["PERSISTED_QUERY_NOT_FOUND"]);
}

#[tokio::test]
async fn where_nothing_is_registered_the_client_is_told() {
    let folder = folder();
    let app = app(Policy::AllowAny, &folder, |config| config.documents.automatic = Some(false)).await;
    assert_row(&row("registering is off"), apollo(&app, &sha256(OTHER), None)).await;
    Answer::of(apollo(&app, &sha256(OTHER), Some(OTHER))).await.data();
    Answer::of(apollo(&app, &sha256(POSTS), None)).await.data();
}

#[tokio::test]
async fn registering_is_paid_for() {
    let folder = folder();
    let app = app(Policy::AllowAny, &folder, |config| {
        config.budgets = BudgetSettings { capacity: 1_000_000, per_second: 1, ..BudgetSettings::default() };
    })
    .await;
    let remaining = async |request: RequestBuilder| {
        let answer = Answer::of(request).await;
        answer.header("x-ratelimit-remaining").unwrap().parse::<u64>().unwrap()
    };
    let long = format!("{{ __typename }} #{}", "x".repeat(15_984));
    let before = remaining(asks(&app.client, &json!({ "query": long }))).await;
    let after = remaining(apollo(&app, &sha256(&long), Some(&long))).await;
    assert!((1_000..=1_001).contains(&(before - after)), "a unit for 16 bytes: {before} {after}");
}

#[tokio::test]
async fn a_byte_order_mark_at_the_start_of_a_file_is_no_part_of_it() {
    let folder = folder();
    let manifest = format!("\u{feff}{}", json!({ "other": OTHER }));
    write(folder.path(), "ios/manifest.json", &manifest);
    write(folder.path(), "tv/Viewer.graphql", "\u{feff}query Viewer { viewer { handle } }");
    let app = app(Policy::TrustedOnly, &folder, |_| {}).await;
    for body in [
        json!({"documentId": "other"}),
        json!({"documentId": sha256("query Viewer { viewer { handle } }")}),
        json!({"query": "query Viewer { viewer { handle } }"}),
    ] {
        Answer::of(asks(&app.client, &body)).await.data();
    }
}
