//! The calls that a plan predicts are the calls that happen: random queries against stubs that count.

use std::collections::BTreeMap;

use apollo_compiler::Schema;
use harness::generator::{Generator, Pool, Shape};
use serde_json::{Value, json};
use tessera::operations::Limits;
use tessera::server;

use crate::app::App;

const QUERIES: usize = 300;
const SEED: u64 = 20_261_121;

#[tokio::test]
async fn predicted_calls_are_the_calls_that_happen() {
    let app = App::start().await;
    // An admin: nothing is left out because somebody may not see it.
    let client = app.person(0);
    let schema = Schema::parse_and_validate(include_str!("../../schema.graphql"), "schema.graphql").unwrap();
    let limits = Limits { cost: u64::MAX, ..Limits::default() };
    let operations = server::operations(&tessera::graphql::Schema::new(), limits).unwrap();
    let pool = pool(&app);
    let mut generator = Generator::new(&schema, &pool, Shape { depth: 6, fields: 20, ..Shape::default() }, SEED);
    let mut compared = 0;
    for number in 0..QUERIES {
        let generated = generator.operation();
        let (text, name) = (generated.text(), generated.operation_name.clone());
        let Ok(prepared) = operations.prepare(&text, name.as_deref(), generated.variables.clone()) else { continue };
        app.services.forget_calls();
        let mut body = json!({"query": text, "variables": generated.variables});
        body["operationName"] = json!(name);
        let answer = harness::client::Answer::of(client.post(&body)).await;
        if answer.errors().iter().any(|error| error.starts_with("QUERY_TOO_COSTLY")) {
            continue;
        }
        let happened = routes(app.services.counts());
        let data = answer.json()["data"].take();
        let calls = prepared.operation.calls();
        let mut most = BTreeMap::<&str, usize>::new();
        for call in &calls {
            *most.entry(&call.batch).or_default() += call.at_most;
        }
        let context = || {
            format!(
                "query {number}: {text}\n{}\npredicted {calls:#?}\nhappened {happened:?}",
                generated.variables.len()
            )
        };
        for (route, times) in &happened {
            assert!(
                *times <= most.get(route.as_str()).copied().unwrap_or_default(),
                "{route} unforeseen; {}",
                context()
            );
        }
        for call in &calls {
            // Of the calls that `node` may make, its id decides.
            let certain = call.fields.iter().filter(|field| !field.starts_with("node"));
            let brought = certain.clone().any(|field| is_there(&data, field.split('.')));
            assert!(!brought || happened.contains_key(&call.batch), "{} did not happen; {}", call.batch, context());
            compared += usize::from(brought);
        }
    }
    assert!(compared > QUERIES, "{compared} predicted calls brought data");
}

#[tokio::test]
async fn keys_in_a_variable_may_be_of_another_kind_than_ids() {
    let app = App::start().await;
    let handle = app.services.town().users[2].handle.clone();
    let query = "query($by: UserBy!) { viewer { id } user(by: $by) { id } }";
    let variables = json!({"by": {"handle": handle}});
    let operations = server::operations(&tessera::graphql::Schema::new(), Limits::default()).unwrap();
    let prepared = operations.prepare(query, None, variables.as_object().unwrap().clone()).unwrap();
    let predicted: usize = prepared.operation.calls().iter().map(|call| call.at_most).sum();
    app.services.forget_calls();
    app.person(1).run_with(query, variables).await.data();
    assert_eq!((predicted, routes(app.services.counts())["/v1/users"]), (2, 2));
}

/// Calls by route without parameters.
fn routes(counts: BTreeMap<String, usize>) -> BTreeMap<String, usize> {
    let mut routes = BTreeMap::new();
    for (route, times) in counts {
        let path = route.split_once(' ').map_or(route.as_str(), |(_, path)| path);
        *routes.entry(path.split('?').next().unwrap_or_default().to_owned()).or_default() += times;
    }
    routes
}

/// Whether an answer has something at a path, in any item of the lists on the way.
fn is_there<'a>(value: &Value, mut path: impl Iterator<Item = &'a str> + Clone) -> bool {
    match value {
        Value::Array(items) => items.iter().any(|item| is_there(item, path.clone())),
        Value::Null => false,
        value => match path.next() {
            Some(key) => value.get(key).is_some_and(|member| is_there(member, path)),
            None => true,
        },
    }
}

/// Ids, handles and tags that exist.
fn pool(app: &App) -> Pool {
    let town = app.services.town();
    let mut ids: Vec<String> = town.users.iter().take(5).map(|user| user.id.to_string()).collect();
    ids.extend(town.posts.iter().take(5).map(|post| post.id.to_string()));
    ids.extend(town.comments.iter().take(5).map(|comment| comment.id.to_string()));
    ids.extend(town.orders.iter().take(5).map(|order| order.id.to_string()));
    let words = town.users.iter().take(5).map(|user| user.handle.clone()).collect();
    Pool { ids, words, scalars: BTreeMap::new(), integers: (1, 3) }
}
