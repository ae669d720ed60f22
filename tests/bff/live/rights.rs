//! Who gets which event, live and when it is replayed: every cell of a table. And whose token has ended.

use std::time::Duration;

use contract::Clock;
use serde_json::{Value, json};

use super::stream::{Next, Stream, position};
use crate::app::App;

const POSTS: &str = "subscription($after: Cursor) { postPublished(after: $after) { cursor } }";
const COMMENTS: &str =
    "subscription($after: Cursor, $post: ID!) { commentAdded(postId: $post, after: $after) { cursor } }";
const MINE: &str = "subscription($after: Cursor) { orderStatusChanged(after: $after) { cursor status } }";
const ONE: &str =
    "subscription($after: Cursor, $order: ID) { orderStatusChanged(orderId: $order, after: $after) { cursor status } }";

/// What becomes of a subscription when an event comes that concerns one order, post or comment.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Outcome {
    Event,
    /// The subscription stands, and this event is not for it.
    Nothing,
    Refused(&'static str),
}

/// People of the town, by their number; `None` is anonymous.
struct People {
    buyer: usize,
    seller: usize,
    stranger: usize,
}

#[tokio::test]
async fn every_viewer_gets_exactly_the_events_that_are_theirs_live_and_replayed() {
    use Outcome::{Event, Nothing, Refused};
    let app = App::start().await;
    let (order, people) = order(&app);
    let post = app.services.town().posts[0].id.to_string();
    let viewers = [None, Some(people.buyer), Some(people.seller), Some(people.stranger), Some(0)];
    let signed_out = Refused("UNAUTHENTICATED");
    let table = [
        (POSTS, [Event, Event, Event, Event, Event]),
        (COMMENTS, [Event, Event, Event, Event, Event]),
        // An admin gets the orders in which the admin is a party, unless an order is named.
        (MINE, [signed_out, Event, Event, Nothing, Nothing]),
        (ONE, [signed_out, Event, Event, Refused("FORBIDDEN"), Event]),
    ];
    let before = position(&app).await;
    for (query, expected) in table {
        for (viewer, expected) in viewers.into_iter().zip(expected) {
            let client = viewer.map_or_else(|| app.client.clone(), |number| app.person(number));
            for is_replayed in [false, true] {
                let mut variables = json!({"post": post, "order": order});
                if is_replayed {
                    variables["after"] = before.as_str().into();
                    emit(&app, &order, &people);
                }
                let got = match Stream::open(&client, query, &variables).await {
                    Err(code) => Refused(Box::leak(code.into_boxed_str())),
                    Ok(mut stream) => {
                        emit(&app, &order, &people);
                        outcome(&app, &mut stream, query, viewer).await
                    }
                };
                assert_eq!(got, expected, "{query} by {viewer:?}, replayed: {is_replayed}");
            }
        }
    }
}

/// Whether the event comes. That it does not is known when a later one of the viewer's own has come instead.
async fn outcome(app: &App, stream: &mut Stream, query: &str, viewer: Option<usize>) -> Outcome {
    if query == MINE
        && let Some(viewer) = viewer
    {
        let id = app.services.town().users[viewer].id.to_string();
        emit_order(app, "ord_01900000000070008000000000000001", &id, &id);
        let status = "status";
        let first = stream.data().await["orderStatusChanged"][status].take();
        return if first == "CONFIRMED" { Outcome::Nothing } else { Outcome::Event };
    }
    match stream.next().await {
        Next::Payload(_) => Outcome::Event,
        other => panic!("{other:?}"),
    }
}

/// An order of the town with its id, and who is who in it.
fn order(app: &App) -> (String, People) {
    let town = app.services.town();
    let number = |id| town.users.iter().position(|user| user.id == id).unwrap();
    let order = town.orders.iter().find(|order| number(order.buyer_id) > 0 && number(order.items[0].seller_id) > 0);
    let order = order.unwrap();
    let (buyer, seller) = (number(order.buyer_id), number(order.items[0].seller_id));
    let stranger = (1..town.users.len()).find(|&n| !order.has_party(town.users[n].id)).unwrap();
    (order.id.to_string(), People { buyer, seller, stranger })
}

/// One event for each subscription of the table.
fn emit(app: &App, order: &str, people: &People) {
    let (post, comment, buyer, seller) = {
        let town = app.services.town();
        let id = |number: usize| town.users[number].id.to_string();
        (town.posts[0].id.to_string(), town.comments[0].id.to_string(), id(people.buyer), id(people.seller))
    };
    let feed = app.services.feed("post");
    feed.emit("post.published", &post, json!({"author_id": buyer, "version": 1}));
    feed.emit("comment.added", &comment, json!({"post_id": post, "author_id": buyer, "version": 1}));
    app.services.feed("order").emit("order.shipped", order, data("shipped", &buyer, &seller));
}

fn emit_order(app: &App, order: &str, buyer: &str, seller: &str) {
    app.services.feed("order").emit("order.confirmed", order, data("confirmed", buyer, seller));
}

fn data(status: &str, buyer: &str, seller: &str) -> Value {
    json!({"status": status, "at": "2027-01-31T08:15:30.123Z", "buyer_id": buyer, "seller_ids": [seller],
        "items": [], "version": 2})
}

#[tokio::test]
async fn an_order_that_does_not_exist_is_refused_like_another_user_s() {
    let app = App::start().await;
    let (_, people) = order(&app);
    let variables = json!({"order": "ord_01900000000070008000000000000009"});
    let refused = Stream::open(&app.person(people.stranger), ONE, &variables).await.err();
    assert_eq!(refused.as_deref(), Some("FORBIDDEN"));
    let admin = Stream::open(&app.person(0), ONE, &variables).await.err();
    assert_eq!(admin.as_deref(), Some("FORBIDDEN"), "nobody can follow what does not exist");
}

#[tokio::test]
async fn a_stream_ends_with_its_token() {
    let app = App::start().await;
    let (_, people) = order(&app);
    let user = app.services.town().users[people.buyer].id;
    let mut claims = harness::token::claims(user, &["member"]);
    claims["exp"] = (Clock::system().now().plus(Duration::from_secs(2)).as_seconds()).into();
    let client = app.client.signed_in(app.services.signer().sign(&claims));
    let mut stream = Stream::open(&client, MINE, &json!({})).await.unwrap();
    assert_eq!(stream.next().await, Next::Ended, "without `complete`: the client connects again with a new token");
}

#[tokio::test]
async fn what_an_event_is_about_is_loaded_fresh_and_a_service_that_fails_does_not_stop_the_stream() {
    let mut app = App::start().await;
    let query = "subscription { postPublished { cursor post { title } } }";
    let mut stream = Stream::open(&app.client, query, &json!({})).await.unwrap();
    let (gone, known) = ("pst_01900000000070008000000000000001", app.services.town().posts[3].id.to_string());
    let feed = app.services.feed("post");
    let data = json!({"author_id": "usr_01900000000070008000000000000001", "version": 1});
    feed.emit("post.published", gone, data.clone());
    assert_eq!(stream.data().await["postPublished"]["post"], Value::Null, "deleted meanwhile: null without an error");
    app.services.stub("post").behave(harness::stub::Behaviour::Status(500)).await;
    feed.emit("post.published", &known, data.clone());
    let Next::Payload(failed) = stream.next().await else { panic!("the stream ended") };
    assert_eq!(failed["errors"][0]["extensions"]["code"], "SERVICE_UNAVAILABLE");
    assert_eq!(
        (&failed["data"]["postPublished"]["post"], failed["errors"].as_array().unwrap().len()),
        (&Value::Null, 1)
    );
    app.services.stub("post").behave(harness::stub::Behaviour::Well).await;
    feed.emit("post.published", &known, data);
    assert!(stream.data().await["postPublished"]["post"]["title"].is_string(), "the cursor moves on");
}
