//! No race: a query with a position, a change, a subscription behind the position: the change is always there. The same for a
//! mutation's own events, and for a mutation replayed by its key. And a quiet subscription is resumed by its progress alone.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD as BASE64};
use chassis::testing::is_long;
use harness::{
    client::{Answer, Client},
    stream::Stream,
};
use serde_json::{Value, json};

use crate::town::Town;

const COMMENTS: &str =
    "subscription($after: Cursor, $post: ID!) { commentAdded(postId: $post, after: $after) { comment { id } } }";
const STATUSES: &str = "subscription($after: Cursor, $order: ID) { orderStatusChanged(orderId: $order, after: $after) { status order { id } } }";
const ADD: &str =
    "mutation($input: AddCommentInput!) { addComment(input: $input) { comment { id } userErrors { code } } }";
const PLACE: &str =
    "mutation($input: PlaceOrderInput!) { placeOrder(input: $input) { order { id } userErrors { code } } }";
const CANCEL: &str =
    "mutation($input: OrderStepInput!) { cancelOrder(input: $input) { order { id } userErrors { code } } }";

fn times() -> usize {
    if is_long() { 1_000 } else { 60 }
}

/// The data of an answer, and its position.
async fn at_position(client: &Client, query: &str, variables: Value) -> (Value, String) {
    let body = json!({"query": query, "variables": variables, "extensions": {"position": true}});
    let answer = Answer::of(client.post(&body)).await;
    assert_eq!(answer.headers["cache-control"], "private, no-store");
    let mut body = answer.json();
    let position = body["extensions"]["position"].as_str().unwrap_or_else(|| panic!("{body}")).to_owned();
    (body["data"].take(), position)
}

/// The number of the place in the events of the post service.
fn place(cursor: &str) -> u64 {
    let text = String::from_utf8(BASE64.decode(cursor).unwrap()).unwrap();
    let place = text.split(',').find(|place| place.starts_with("post:")).unwrap();
    place.rsplit_once(':').unwrap().1.parse().unwrap()
}

async fn post_for_sale(client: &Client) -> String {
    let posts =
        client.run("{ posts(filter: {forSale: true}, first: 20) { nodes { id author { handle } offer { stock } } } }");
    let posts = posts.await.data();
    let post = posts["posts"]["nodes"].as_array().unwrap().iter();
    let post = post.max_by_key(|post| (post["author"]["handle"] != "ada", post["offer"]["stock"].as_i64())).unwrap();
    post["id"].as_str().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_change_after_a_position_is_always_behind_it() {
    let town = Town::start().await;
    let ada = town.sign_in("ada").await;
    let post = post_for_sale(&ada).await;
    let query = "query($post: ID!) { post(id: $post) { commentCount comments(first: 1) { nodes { id } } } }";
    for round in 0..times() {
        let (before, position) = at_position(&ada, query, json!({"post": post})).await;
        let input = json!({"input": {"postId": post, "body": format!("number {round}")}});
        let added = ada.run_with(ADD, input).await.data()["addComment"]["comment"]["id"].take();
        let variables = json!({"post": post, "after": position});
        let mut stream = Stream::open(&town.client, COMMENTS, &variables).await.unwrap();
        // What the answer shows already may come too: clients merge by id.
        let shown = &before["post"]["comments"]["nodes"][0]["id"];
        let mut first = stream.data().await["commentAdded"]["comment"]["id"].take();
        if &first == shown {
            first = stream.data().await["commentAdded"]["comment"]["id"].take();
        }
        assert_eq!(first, added, "round {round}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_order_is_followed_to_its_end_from_the_mutation_s_own_position_also_when_it_is_replayed() {
    let town = Town::start().await;
    let ada = town.sign_in("ada").await;
    let post = post_for_sale(&ada).await;
    for round in 0..times() / 4 {
        let item = json!({"postId": post, "quantity": 1});
        let input = json!({"input": {"items": [item], "idempotencyKey": format!("race-{round}")}});
        let (placed, position) = at_position(&ada, PLACE, input.clone()).await;
        let order = placed["placeOrder"]["order"]["id"].clone();
        assert!(order.is_string(), "{placed}");
        // Over before the subscription begins.
        ada.run_with(CANCEL, json!({"input": {"orderId": order}})).await.data();
        let (replayed, again) = at_position(&ada, PLACE, input).await;
        assert_eq!(replayed["placeOrder"]["order"]["id"], order);
        for position in [position, again] {
            let variables = json!({"order": order, "after": position});
            let mut stream = Stream::open(&ada, STATUSES, &variables).await.unwrap();
            for expected in ["PENDING", "CANCELLED"] {
                assert_eq!(stream.data().await["orderStatusChanged"]["status"], expected, "round {round}");
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_quiet_subscription_is_resumed_by_its_progress_alone_after_its_beginning_has_expired() {
    let town = Town::start().await;
    let ada = town.sign_in("ada").await;
    let (quiet, busy) = {
        let posts = ada.run("{ posts(first: 2) { nodes { id } } }").await.data()["posts"]["nodes"].take();
        (posts[0]["id"].clone(), posts[1]["id"].clone())
    };
    let (_, begin) = at_position(&ada, "{ posts(first: 1) { nodes { id } } }", json!({})).await;
    let comment = async |post: &Value, body: &str| {
        ada.run_with(ADD, json!({"input": {"postId": post, "body": body}})).await.data();
    };
    for number in 0..20 {
        comment(&busy, &format!("number {number}")).await;
    }
    // The subscription has heard nothing; its heartbeat says how far it is all the same.
    let (_, head) = at_position(&ada, "{ posts(first: 1) { nodes { id } } }", json!({})).await;
    let progress = loop {
        let stream = Stream::open(&town.client, COMMENTS, &json!({"post": quiet, "after": begin})).await.unwrap();
        if place(&stream.cursor) >= place(&head) {
            break stream.cursor;
        }
    };
    town.forget_events().await;
    // A BFF that has started since has none of the events in memory.
    let twin = town.twin().await;
    let expired = Stream::open(&twin.client, COMMENTS, &json!({"post": quiet, "after": begin})).await.err();
    assert_eq!(expired.as_deref(), Some("CURSOR_EXPIRED"));
    let variables = json!({"post": quiet, "after": progress});
    let mut resumed = Stream::open(&twin.client, COMMENTS, &variables).await.unwrap();
    comment(&quiet, "at last").await;
    assert!(resumed.data().await["commentAdded"]["comment"]["id"].is_string());
}
