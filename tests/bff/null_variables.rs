//! A variable that is null where the document needs a value is an error of that field (section 6.4.1), as in graphql-js:
//! `tests/documents/nulls.rs` compares the two. Everything else in the operation runs.

use harness::{
    stub::{Services, counts},
    town::Sizes,
};
use serde_json::{Value, json};

use crate::app::App;

#[tokio::test]
async fn a_null_argument_nulls_its_own_field_in_its_place_and_is_not_called_for() {
    let app = App::start().await;
    let query = "query($n: Int) { a: users(first: 1) { nodes { handle } } posts(first: $n) { nodes { id } }
        users(first: 1) { nodes { handle } } }";
    let answer = app.client.run_with(query, json!({"n": null})).await;
    assert_eq!((answer.status, answer.errors()), (200, vec!["VARIABLE_COERCION_FAILED posts".to_owned()]));
    let users = r#"{"nodes":[{"handle":"user29"}]}"#;
    let data = format!(r#""data":{{"a":{users},"posts":null,"users":{users}}}"#);
    assert!(answer.text.contains(&data), "{}", answer.text);
    let error = &answer.json()["errors"][0];
    assert_eq!(error["message"], "variable `$n` must not be null where it is used");
    assert_eq!((&error["path"], &error["locations"]), (&json!(["posts"]), &json!([{"line": 1, "column": 71}])));
    assert!(app.services.calls_of("/v1/posts").is_empty());
}

#[tokio::test]
async fn a_null_item_of_a_list_fails_the_field_that_has_the_list() {
    let app = App::start().await;
    let post = app.services.town().posts[3].id;
    let query = format!(
        "query($a: ID = \"x\") {{ node(id: \"{post}\") {{ id }} list: node(id: $a) {{ id }} users(first: 1) {{ nodes {{ handle posts(first: 1) {{ nodes {{ title }} }} }} }} }}"
    );
    let answer = app.client.run_with(&query, json!({"a": null})).await;
    assert_eq!(answer.errors(), ["VARIABLE_COERCION_FAILED list"]);
    assert_eq!(answer.json()["data"]["list"], Value::Null);
    let query = format!("query($a: ID = \"x\") {{ nodes(ids: [\"{post}\", $a]) {{ id }} }}");
    let answer = app.client.run_with(&query, json!({"a": null})).await;
    // `nodes` is non-null: there is nothing else.
    assert_eq!(
        (answer.errors(), &answer.json()["data"]),
        (vec!["VARIABLE_COERCION_FAILED nodes".to_owned()], &Value::Null)
    );
}

#[tokio::test]
async fn a_null_argument_of_an_edge_fails_it_for_each_parent_by_its_index() {
    let app = App::start().await;
    let query = "query($n: Int) { users(first: 2) { nodes { handle posts(first: $n) { nodes { id } } name } } }";
    let answer = app.client.run_with(query, json!({"n": null})).await;
    let errors = ["VARIABLE_COERCION_FAILED users.nodes.0.posts", "VARIABLE_COERCION_FAILED users.nodes.1.posts"];
    assert_eq!(answer.errors(), errors);
    let first = r#"{"handle":"user29","posts":null,"name":"User Number 29"}"#;
    assert!(answer.text.contains(first), "{}", answer.text);
    assert_eq!(app.services.counts(), counts([("GET /v1/users", 1)]));
}

#[tokio::test]
async fn a_null_member_in_the_second_mutation_lets_the_first_take_effect() {
    let app = App::start().await;
    let post = app.services.town().posts[3].id;
    let mutation = format!(
        "mutation($body: String = \"b\") {{ likePost(input: {{postId: \"{post}\"}}) {{ post {{ viewerLikes }} }}
            addComment(input: {{postId: \"{post}\", body: $body}}) {{ comment {{ id }} }} }}"
    );
    let answer = app.person(1).run_with(&mutation, json!({"body": null})).await;
    assert_eq!(answer.errors(), ["VARIABLE_COERCION_FAILED addComment"]);
    assert_eq!(answer.json()["data"], json!({"likePost": {"post": {"viewerLikes": true}}, "addComment": null}));
    assert!(app.services.calls_of("/v1/comments").is_empty());
}

#[tokio::test]
async fn a_mutation_whose_fields_all_fail_needs_no_viewer() {
    let app = App::start().await;
    let mutation = "mutation($id: ID = \"x\") { likePost(input: {postId: $id}) { post { id } } }";
    let answer = app.client.run_with(mutation, json!({"id": null})).await;
    assert_eq!((answer.status, answer.errors()), (200, vec!["VARIABLE_COERCION_FAILED likePost".to_owned()]));
    assert!(app.services.calls().is_empty());
}

#[tokio::test]
async fn a_null_condition_fails_the_field_whose_selections_it_decides() {
    let app = App::start().await;
    let deep = "query($b: Boolean = true) { users(first: 2) { nodes { handle posts(first: 1) { nodes { title @include(if: $b) id } } } } }";
    let answer = app.client.run_with(deep, json!({"b": null})).await;
    assert_eq!(answer.status, 200);
    // `Post` is non-null in its list, and the list in its connection.
    let errors = [
        "VARIABLE_COERCION_FAILED users.nodes.0.posts.nodes.0",
        "VARIABLE_COERCION_FAILED users.nodes.1.posts.nodes.0",
    ];
    assert_eq!(answer.errors(), errors);
    assert_eq!(answer.json()["data"]["users"]["nodes"][0], json!({"handle": "user29", "posts": null}));
    let behind_types = {
        let town = app.services.town();
        let (post, user) = (town.posts[3].id, town.users[3].id);
        format!(
            "query($b: Boolean = true) {{ nodes(ids: [\"{post}\", \"{user}\"]) {{ ... on Post {{ title }} ... on User {{ handle name @skip(if: $b) }} }} }}"
        )
    };
    let answer = app.client.run_with(&behind_types, json!({"b": null})).await;
    assert_eq!(answer.errors(), ["VARIABLE_COERCION_FAILED nodes.1"]);
    assert_eq!(answer.json()["data"], json!({"nodes": [{"title": "Post 3"}, null]}));
}

#[tokio::test]
async fn a_null_condition_at_the_root_leaves_no_data_and_nothing_runs() {
    let app = App::start().await;
    let query = "query($b: Boolean = true) { users { nodes { id } } posts @skip(if: $b) { nodes { id } } }";
    let answer = app.client.run_with(query, json!({"b": null})).await;
    assert_eq!((answer.status, &answer.json()["data"]), (200, &Value::Null));
    let error = &answer.json()["errors"][0];
    assert_eq!((&error["extensions"]["code"], &error["path"]), (&json!("VARIABLE_COERCION_FAILED"), &Value::Null));
    assert!(app.services.calls().is_empty());
}

#[tokio::test]
async fn a_failed_field_costs_nothing() {
    let app = App::with(Services::start(Sizes::default()).await, |config| config.limits.cost = 20).await;
    let query =
        "query($n: Int) { posts(first: $n) { nodes { id author { id } } } users(first: 1) { nodes { handle } } }";
    let answer = app.client.run_with(query, json!({"n": null})).await;
    assert_eq!(answer.errors(), ["VARIABLE_COERCION_FAILED posts"]);
    assert_eq!(app.client.run_with(query, json!({"n": 1})).await.errors(), ["QUERY_TOO_COSTLY"]);
}
