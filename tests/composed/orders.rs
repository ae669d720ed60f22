//! Orders are placed once per buyer and idempotency key, whatever happens at the same time, and take only steps that their
//! state and the caller's part in them allow.

use futures::future::join_all;
use harness::client::Client;
use serde_json::{Value, json};

use crate::town::{Town, texts};

const PLACE: &str = "mutation($input: PlaceOrderInput!) { placeOrder(input: $input) {
    order { id number status total { amount currency } history { status } items { quantity unitPrice { amount } } }
    userErrors { code field } } }";

/// A post of `seller`'s that is for sale, with at least that many in stock.
async fn offer(town: &Town, seller: &str, stock: u64) -> Value {
    let query = "query($handle: String!) { user(by: {handle: $handle}) { posts(first: 100) { nodes {
        id offer { stock price { amount currency } } } } } }";
    let data = town.client.run_with(query, json!({ "handle": seller })).await.data();
    let posts = data["user"]["posts"]["nodes"].as_array().unwrap().clone();
    let fits = |post: &Value| post.pointer("/offer/stock").and_then(Value::as_u64).is_some_and(|left| left >= stock);
    posts.into_iter().find(fits).unwrap()
}

fn input(post: &Value, quantity: i64, key: &str) -> Value {
    json!({"input": {"items": [{"postId": post["id"], "quantity": quantity}], "idempotencyKey": key}})
}

async fn order_ids(client: &Client) -> Vec<String> {
    let data = client.run("{ viewer { orders(first: 100) { nodes { id } } } }").await.data();
    texts(&data["viewer"]["orders"]["nodes"], "/id")
}

#[tokio::test]
async fn the_same_key_twice_is_one_order_and_the_same_answer() {
    let town = Town::start().await;
    let (ada, admin) = (town.sign_in("ada").await, town.sign_in("admin").await);
    let post = offer(&town, "grace", 2).await;
    let before = order_ids(&ada).await.len();

    let first = ada.run_with(PLACE, input(&post, 2, "key-1")).await.data();
    assert_eq!(first["placeOrder"]["order"]["status"], "PENDING");
    assert_eq!(first["placeOrder"]["order"]["items"][0]["unitPrice"]["amount"], post["offer"]["price"]["amount"]);
    assert_eq!(ada.run_with(PLACE, input(&post, 2, "key-1")).await.data(), first);
    assert_eq!(order_ids(&ada).await.len(), before + 1);

    let reused = ada.run_with(PLACE, input(&post, 1, "key-1")).await.data();
    assert_eq!(reused["placeOrder"]["userErrors"][0]["code"], "IDEMPOTENCY_KEY_REUSED");
    let another_users = admin.run_with(PLACE, input(&post, 2, "key-1")).await.data();
    assert_ne!(another_users["placeOrder"]["order"]["id"], first["placeOrder"]["order"]["id"]);
    assert_eq!(another_users["placeOrder"]["userErrors"], json!([]));
}

#[tokio::test]
async fn twenty_at_once_over_two_instances_are_one_order() {
    let town = Town::start().await;
    let twin = town.twin().await;
    let token = town.token("ada").await;
    let clients = [town.client.signed_in(token.clone()), twin.client.signed_in(token)];
    let post = offer(&town, "grace", 1).await;
    let before = order_ids(&clients[0]).await.len();

    let answers = join_all((0..20).map(|n| clients[n % 2].run_with(PLACE, input(&post, 1, "at-once")))).await;
    let mut placed: Vec<Value> = Vec::new();
    for answer in answers {
        let outcome = answer.data()["placeOrder"].take();
        match outcome["order"]["id"].as_str() {
            Some(id) => placed.push(id.into()),
            // Another instance was still at work on the key: told to try again, nothing was placed twice.
            None => assert_eq!(outcome["userErrors"][0]["code"], "CONFLICT", "{outcome}"),
        }
    }
    placed.dedup();
    assert_eq!(placed.len(), 1, "{placed:?}");
    assert_eq!(order_ids(&clients[1]).await.len(), before + 1);
}

#[tokio::test]
async fn what_cannot_be_ordered_says_why() {
    let town = Town::start().await;
    let ada = town.sign_in("ada").await;
    let (own, other) = (offer(&town, "ada", 1).await, offer(&town, "grace", 1).await);
    let missing = json!({"id": "pst_00000000000070008000000000000000"});
    let stock = other["offer"]["stock"].as_i64().unwrap();
    let cases = [
        (input(&own, 1, "a"), "OWN_POST"),
        (input(&other, stock + 1, "b"), "STOCK_EXHAUSTED"),
        (input(&missing, 1, "c"), "NOT_FOUND"),
        (input(&other, -1, "d"), "INVALID"),
        (input(&other, 0, "e"), "INVALID"),
        (input(&json!({"id": "usr_00000000000070008000000000000000"}), 1, "f"), "INVALID"),
        (json!({"input": {"items": [], "idempotencyKey": "g"}}), "INVALID"),
        (input(&other, 1, ""), "INVALID"),
        (input(&other, 1, "no blanks"), "INVALID"),
        (input(&other, 1, "kein Schlüssel"), "INVALID"),
        (input(&other, 1, "a\nb"), "INVALID"),
        (input(&other, 1, "\u{0}"), "INVALID"),
    ];
    let before = order_ids(&ada).await;
    for (input, code) in cases {
        let outcome = ada.run_with(PLACE, input.clone()).await.data()["placeOrder"].take();
        assert_eq!((&outcome["order"], &outcome["userErrors"][0]["code"]), (&Value::Null, &json!(code)), "{input}");
    }
    assert_eq!(order_ids(&ada).await, before);
}

#[tokio::test]
async fn an_order_is_cancelled_once_by_its_buyer() {
    let town = Town::start().await;
    let ada = town.sign_in("ada").await;
    let post = offer(&town, "grace", 1).await;
    let placed = ada.run_with(PLACE, input(&post, 1, "k")).await.data()["placeOrder"]["order"].take();
    let step = |verb: &str| {
        format!(
            "mutation {{ {verb}(input: {{orderId: {}}}) {{ order {{ status history {{ status }} }} userErrors {{ code }} }} }}",
            placed["id"]
        )
    };
    let cancelled = ada.run(&step("cancelOrder")).await.data()["cancelOrder"].take();
    assert_eq!(
        cancelled["order"],
        json!({"status": "CANCELLED", "history": [{"status": "PENDING"}, {"status": "CANCELLED"}]})
    );
    let again = ada.run(&step("cancelOrder")).await.data()["cancelOrder"].take();
    assert_eq!(again, json!({"order": null, "userErrors": [{"code": "WRONG_STATE"}]}));
    let shipped = town.sign_in("grace").await.run(&step("shipOrder")).await.data()["shipOrder"].take();
    assert_eq!(shipped, json!({"order": null, "userErrors": [{"code": "WRONG_STATE"}]}));
}
