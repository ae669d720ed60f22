//! Budgets over time: what an operation may cost is charged before it runs, and what it did cost is what it pays.

use harness::client::{Answer, Client};
use harness::stub::Services;
use harness::town::Sizes;
use serde_json::json;
use tessera::budgets::{BudgetSettings, Mode};
use tessera::operations::Limits;
use tessera::operations::documents::Policy;

use crate::app::App;

/// A call and an object: 11.
const ELEVEN: &str = "{ viewer { id } }";

async fn app(mode: Mode, capacity: u64) -> App {
    App::with(Services::start(Sizes::default()).await, |config| {
        config.limits = Limits { cost: capacity, ..Limits::default() };
        // One unit in a second: nothing worth mentioning flows in while a test runs.
        config.budgets = BudgetSettings { mode, capacity, per_second: 1 };
    })
    .await
}

fn number(answer: &Answer, header: &str) -> u64 {
    answer.header(header).unwrap_or_else(|| panic!("no {header}")).parse().unwrap()
}

/// Runs until refused; how often it ran.
async fn runs(client: &Client, query: &str) -> (usize, Answer) {
    for times in 0..50 {
        let answer = client.run(query).await;
        if answer.status != 200 {
            return (times, answer);
        }
    }
    panic!("never refused");
}

#[tokio::test]
async fn an_empty_budget_is_429_with_the_time_to_wait() {
    let app = app(Mode::Enforce, 100).await;
    let (times, refused) = runs(&app.person(1), ELEVEN).await;
    assert_eq!((times, refused.status, refused.errors()), (9, 429, vec!["RATE_LIMITED".to_owned()]));
    assert!(refused.json().get("data").is_none());
    assert_eq!(number(&refused, "x-ratelimit-limit"), 100);
    assert!(number(&refused, "x-ratelimit-remaining") < 11);
    assert!((1..=11).contains(&number(&refused, "retry-after")), "{:?}", refused.headers);
    assert!((80..=100).contains(&number(&refused, "x-ratelimit-reset")));
}

#[tokio::test]
async fn each_user_and_each_network_of_anonymous_clients_has_its_own() {
    let app = app(Mode::Enforce, 23).await;
    assert_eq!(runs(&app.person(1), ELEVEN).await.0, 2);
    assert_eq!(runs(&app.person(2), ELEVEN).await.0, 2, "another user's is full");
    // Anonymous, the viewer is null: the call of 10 that was charged is what it costs.
    assert_eq!(runs(&app.client, ELEVEN).await.0, 2, "so is that of the address");
}

#[tokio::test]
async fn what_an_operation_did_not_cost_is_given_back() {
    let app = app(Mode::Enforce, 2_000).await;
    let client = app.person(1);
    // May cost 1,111, but there is one user of that handle's first page only: user1 has five posts.
    let answer = client.run("{ viewer { posts(first: 100) { nodes { author { id } } } } }").await;
    let posts = answer.data()["viewer"]["posts"]["nodes"].as_array().unwrap().len() as u64;
    assert!(posts < 50);
    let cost = 11 + 11 + posts * 12;
    let remaining = number(&answer, "x-ratelimit-remaining");
    assert!((2_000 - cost..=2_000 - cost + 2).contains(&remaining), "{remaining} left of 2000, cost {cost}");
}

#[tokio::test]
async fn measuring_refuses_nothing() {
    let app = app(Mode::Measure, 20).await;
    for _ in 0..10 {
        assert_eq!(app.person(1).run(ELEVEN).await.status, 200);
    }
}

#[tokio::test]
async fn what_is_refused_before_it_runs_costs_nothing() {
    let app = app(Mode::Enforce, 30).await;
    for _ in 0..10 {
        assert_eq!(Answer::of(app.client.post(&json!({"query": "{ nothing }"}))).await.status, 400);
    }
    assert_eq!(app.client.run(ELEVEN).await.status, 200);
}

#[tokio::test]
async fn whoever_develops_hears_what_an_operation_cost() {
    let app = App::with(Services::start(Sizes::default()).await, |config| {
        config.budgets = BudgetSettings { capacity: 10_000, per_second: 1, ..BudgetSettings::default() };
    })
    .await;
    let asks = || {
        app.client.post(&json!({"query": "{ posts(first: 90) { nodes { id } } users(first: 100) { nodes { id } } }"}))
    };
    let answer = Answer::of(asks().header("x-tessera-cost", "1")).await;
    // There are 30 users.
    let (estimated, actual) = (10 + 1 + 90 + 10 + 1 + 100, 10 + 1 + 90 + 10 + 1 + 30);
    let cost = answer.json()["extensions"]["cost"].clone();
    assert_eq!(cost, json!({"estimated": estimated, "actual": actual, "budgetRemaining": 10_000 - actual}));
    assert!(Answer::of(asks()).await.json().get("extensions").is_none(), "only for whoever asks");
}

#[tokio::test]
async fn where_the_schema_is_not_shown_nobody_hears_what_an_operation_cost() {
    let app = App::with(Services::start(Sizes::default()).await, |config| {
        config.documents.policy = Policy::LogUnknown;
    })
    .await;
    let request = app.client.post(&json!({"query": ELEVEN})).header("x-tessera-cost", "1");
    let answer = Answer::of(request).await;
    assert!(answer.status == 200 && answer.json().get("extensions").is_none(), "{}", answer.text);
}

#[tokio::test]
async fn what_the_client_s_own_mistake_made_null_is_paid_for() {
    let app = app(Mode::Enforce, 1_000).await;
    let client = app.person(1);
    let before = number(&client.run("{ __typename }").await, "x-ratelimit-remaining");
    let answer = client.run("{ posts(first: 50) { nodes { excerpt(length: 5000) } } }").await;
    assert_eq!(answer.json()["data"]["posts"], json!(null), "{}", answer.text);
    let paid = before - number(&answer, "x-ratelimit-remaining");
    assert!((109..=111).contains(&paid), "10 + 1 + 50 + 50: {paid}");
}
