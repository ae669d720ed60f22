//! Bad input gets one clear error and loses nothing.

use harness::client::{Answer, Client};
use serde_json::{Value, json};

use crate::town::Town;

/// The user errors of publishing that.
async fn publish(client: &Client, input: Value) -> Value {
    let query = "mutation($input: PublishPostInput!) { publishPost(input: $input) { post { id } userErrors { code field message } } }";
    let answer = client.run_with(query, json!({ "input": input })).await;
    let outcome = answer.data()["publishPost"].take();
    assert_eq!(outcome["post"], Value::Null, "{input}");
    let errors = outcome["userErrors"].as_array().unwrap();
    assert_eq!(errors.len(), 1, "one clear error: {outcome}");
    assert_eq!(errors[0]["code"], "INVALID", "{outcome}");
    errors[0]["field"].clone()
}

fn post_with(member: &str, value: Value) -> Value {
    let mut post = json!({"title": "t", "body": "b"});
    post[member] = value;
    post
}

fn offer(amount: &str, currency: &str, stock: i64) -> Value {
    post_with("offer", json!({"price": {"amount": amount, "currency": currency}, "stock": stock}))
}

#[tokio::test]
async fn what_a_service_will_not_take_names_the_member() {
    let town = Town::start().await;
    let ada = town.sign_in("ada").await;
    for (input, field) in [
        (post_with("title", json!("")), json!(["title"])),
        (post_with("title", json!("x".repeat(201))), json!(["title"])),
        (post_with("title", json!("nul\0")), json!(["title"])),
        (post_with("body", json!("x".repeat(50_001))), json!(["body"])),
        (post_with("tags", json!(["Not A Tag"])), json!(["tags", "0"])),
        (offer("12.999", "EUR", 1), json!(["offer", "price", "amount"])),
        (offer("1.5", "JPY", 1), json!(["offer", "price", "amount"])),
        (offer("99999999999999999999", "EUR", 1), json!(["offer", "price", "amount"])),
        (offer("-1.00", "EUR", 1), json!(["offer", "price", "amount"])),
        (offer("1.00", "EUR", -1), json!(["offer", "stock"])),
    ] {
        assert_eq!(
            publish(&ada, input.clone()).await,
            field,
            "{}",
            input.to_string().chars().take(200).collect::<String>()
        );
    }
    let count = ada.run("{ viewer { posts(first: 1) { nodes { title } } } }").await.data();
    assert_ne!(count["viewer"]["posts"]["nodes"][0]["title"], "t", "nothing was published");
}

#[tokio::test]
async fn hostile_handles_are_refused() {
    let town = Town::start().await;
    let query = "mutation($input: SignUpInput!) { signUp(input: $input) { session { user { id } } userErrors { code field } } }";
    for handle in ["ad\u{0}a", "a\nb", "\u{202e}ada", "ada\u{200f}", "a b", "é", "ab", &"x".repeat(31), "", "ada; --"]
    {
        let input = json!({"handle": handle, "name": "N", "email": "n@example.com", "password": "long enough"});
        let outcome = town.client.run_with(query, json!({ "input": input })).await.data()["signUp"].take();
        assert_eq!(
            outcome,
            json!({"session": null, "userErrors": [{"code": "INVALID", "field": ["handle"]}]}),
            "{handle:?}"
        );
        let found =
            town.client.run_with("query($h: String!) { user(by: {handle: $h}) { id } }", json!({ "h": handle })).await;
        assert!(found.status == 200 && found.json()["data"]["user"].is_null(), "{handle:?} {}", found.text);
    }
}

#[tokio::test]
async fn arguments_out_of_range_fail_at_their_field_alone() {
    let town = Town::start().await;
    for first in [0, 101, -1] {
        let query = format!("{{ users(first: {first}) {{ nodes {{ id }} }} posts(first: 1) {{ nodes {{ title }} }} }}");
        let answer = town.client.run(&query).await;
        assert_eq!((answer.status, answer.errors()), (200, vec!["BAD_REQUEST users".to_owned()]));
        assert_eq!(answer.json()["data"]["posts"]["nodes"].as_array().unwrap().len(), 1);
    }
    let query = "{ post(id: \"usr_00000000000070008000000000000000\") { id } node(id: \"nonsense\") { id }
        none: post(id: \"pst_00000000000070008000000000000000\") { id } order(id: \"ord_1\") { id } }";
    let answer = town.client.run(query).await;
    assert_eq!(answer.errors(), ["BAD_REQUEST node", "BAD_REQUEST order", "BAD_REQUEST post"]);
    assert_eq!(answer.json()["data"], json!({"post": null, "node": null, "none": null, "order": null}));
    for cursor in ["", "%00", "bm9uc2Vuc2U", "dXNlcnN8MXx1c3JfMQ", &"A".repeat(500)] {
        let answer = town
            .client
            .run_with("query($c: Cursor) { posts(after: $c) { nodes { id } } }", json!({ "c": cursor }))
            .await;
        assert_eq!((answer.status, answer.errors()), (200, vec!["BAD_REQUEST posts".to_owned()]), "{cursor}");
    }
}

#[tokio::test]
async fn values_of_the_wrong_type_stop_the_request_before_anything_runs() {
    let town = Town::start().await;
    let ada = town.sign_in("ada").await;
    let query = "mutation($input: PublishPostInput!) { publishPost(input: $input) { post { id } } }";
    for (member, value) in [
        ("title", json!(1)),
        ("title", Value::Null),
        ("tags", json!([1])),
        ("offer", json!({"price": {"amount": "1.00", "currency": "eur"}, "stock": 1})),
        ("offer", json!({"price": {"amount": 1.5, "currency": "EUR"}, "stock": 1})),
        ("offer", json!({"price": {"amount": "1e3", "currency": "EUR"}, "stock": 1})),
        ("offer", json!({"price": {"amount": "1.00", "currency": "EUR"}, "stock": 3_000_000_000_i64})),
        ("unknown", json!(1)),
    ] {
        let answer = ada.run_with(query, json!({"input": post_with(member, value.clone())})).await;
        assert_eq!(
            (answer.status, answer.errors()),
            (400, vec!["VARIABLE_COERCION_FAILED".to_owned()]),
            "{member} {value}"
        );
        assert!(answer.json().get("data").is_none());
    }
}

#[tokio::test]
async fn bodies_that_are_no_request_are_answered() {
    let town = Town::start().await;
    let send = |body: Vec<u8>| {
        let request = town.client.request(reqwest::Method::POST, "/graphql").header("content-type", "application/json");
        Answer::of(request.body(body))
    };
    for (body, status, code) in [
        (b"{".to_vec(), 400, "BAD_REQUEST"),
        (b"\xff\xfe{}".to_vec(), 400, "BAD_REQUEST"),
        (b"{\"query\":\"{ posts { nodes { title } } }\xc3\x28\"}".to_vec(), 400, "BAD_REQUEST"),
        (vec![b'x'; 10 * 1024 * 1024], 413, "PAYLOAD_TOO_LARGE"),
        ([vec![b'['; 100_000], vec![b']'; 100_000]].concat(), 400, "BAD_REQUEST"),
    ] {
        let answer = send(body).await;
        assert_eq!((answer.status, answer.errors()), (status, vec![code.to_owned()]), "{}", answer.text);
    }
    // And all is well.
    town.client.run("{ posts(first: 1) { nodes { title } } }").await.data();
}
