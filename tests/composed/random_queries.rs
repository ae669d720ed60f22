//! Ten thousand random valid queries over the real schema and data: none is refused, none makes an internal error.

use std::collections::BTreeMap;

use apollo_compiler::Schema;
use futures::{StreamExt, stream};
use harness::{
    client::Client,
    generator::{Generated, Generator, Pool, Shape},
};
use serde_json::{Value, json};

use crate::town::{Town, texts};

const QUERIES: usize = 10_000;
/// How many are under way at once.
const AT_ONCE: usize = 8;
/// What may go wrong with a valid query while all services are well: only what its caller may not see or asked wrongly.
const EXPECTED: [&str; 3] = ["FORBIDDEN", "UNAUTHENTICATED", "BAD_REQUEST"];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ten_thousand_random_queries_are_answered() {
    let town = Town::start().await;
    let schema = Schema::parse_and_validate(include_str!("../../schema.graphql"), "schema.graphql").unwrap();
    let callers = [town.client.clone(), town.sign_in("ada").await, town.sign_in("admin").await];
    let pool = pool(&callers[2]).await;
    let mut generator = Generator::new(&schema, &pool, Shape { depth: 5, fields: 25, ..Shape::default() }, 20_260_101);
    let queries: Vec<(usize, Generated)> = (0..QUERIES).map(|number| (number, generator.operation())).collect();
    let answered = stream::iter(queries).map(|(number, query)| check(&callers[number % callers.len()], number, query));
    let fields: usize = answered.buffer_unordered(AT_ONCE).map(usize::from).fold(0, async |sum, n| sum + n).await;
    // The queries ask for something: most of them bring data.
    assert!(fields > QUERIES / 2, "{fields} of {QUERIES} queries brought data");
}

/// Sends one query; whether it brought data.
async fn check(client: &Client, number: usize, query: Generated) -> bool {
    let text = query.text();
    let mut body = json!({"query": text, "variables": query.variables});
    if let Some(name) = &query.operation_name {
        body["operationName"] = json!(name);
    }
    let answer = harness::client::Answer::of(client.post(&body)).await;
    let context = || {
        format!("query {number}: {text}\nvariables {}\nanswer {} {}", query.variables.len(), answer.status, answer.text)
    };
    assert_eq!(answer.status, 200, "{}", context());
    for error in answer.errors() {
        let code = error.split(' ').next().unwrap_or_default();
        assert!(EXPECTED.contains(&code), "{}", context());
    }
    let json = answer.json();
    json["data"].as_object().is_some_and(|data| data.values().any(|value| !value.is_null()))
}

/// Ids, handles, tags and cursors that exist, and some that do not.
async fn pool(admin: &Client) -> Pool {
    let query = "{ users(first: 10) { nodes { id handle } pageInfo { endCursor } }
        posts(first: 10) { nodes { id tags comments(first: 2) { nodes { id } } } pageInfo { endCursor } }
        user(by: {handle: \"ada\"}) { id orders(first: 10) { nodes { id } pageInfo { endCursor } } } }";
    let data = admin.run(query).await.data();
    let mut ids = texts(&data["users"]["nodes"], "/id");
    ids.extend(texts(&data["posts"]["nodes"], "/id"));
    ids.extend(texts(&data["posts"]["nodes"], "/comments/nodes/0/id").into_iter().filter(|id| !id.is_empty()));
    ids.extend(texts(&data["user"]["orders"]["nodes"], "/id"));
    ids.extend(["ord_00000000000070008000000000000000".to_owned(), "nonsense".to_owned()]);
    let mut words = texts(&data["users"]["nodes"], "/handle");
    words.extend(["wood", "no-such-tag", "ADA", "not a handle"].map(str::to_owned));
    let cursor = |list: &str| data.pointer(list).cloned().unwrap_or(Value::Null);
    let cursors = vec![cursor("/users/pageInfo/endCursor"), cursor("/posts/pageInfo/endCursor"), json!("bm9uc2Vuc2U")];
    let scalars = BTreeMap::from([("Cursor".to_owned(), cursors)]);
    Pool { ids, words, scalars, integers: (1, 5) }
}
