//! What the stub services know: people, posts and the viewer's orders, written once as the services write them in JSON.
//! Each post of a page has another author, so that a page of 100 posts asks for 100 users: the dearest case.

use std::{collections::HashMap, time::Duration};

use contract::{OrderId, PostId, Time, UserId};
use serde_json::{Value, json};

const USERS: usize = 200;
const POSTS: usize = 600;
const ORDERS: usize = 40;
const BEGINNING: Time = Time::from_millis(1_750_000_000_000);
/// A body of some 500 bytes, as a short post has it.
const SENTENCE: &str = "Sixty words or so are what people write when they have something to sell and little time. ";

/// Everything that is known.
pub struct World {
    /// Records by id.
    pub users: HashMap<String, String>,
    /// Users' ids, newest first.
    pub user_ids: Vec<String>,
    /// Records by id.
    pub posts: HashMap<String, String>,
    /// Posts' ids, newest first.
    pub post_ids: Vec<String>,
    /// Posts' ids by author, newest first.
    pub posts_by_author: HashMap<String, Vec<String>>,
    /// Records by id.
    pub orders: HashMap<String, String>,
    /// The viewer's orders, newest first.
    pub order_ids: Vec<String>,
}

impl World {
    /// The same world every time.
    pub fn new() -> Self {
        let newest_first = |count: usize, id: fn(usize) -> String| (0..count).rev().map(id).collect::<Vec<_>>();
        let (user, post, order) = (|n| user_id(n).to_string(), |n| post_id(n).to_string(), |n| order_id(n).to_string());
        let mut posts_by_author: HashMap<_, Vec<_>> = HashMap::new();
        for n in (0..POSTS).rev() {
            posts_by_author.entry(user(n % USERS)).or_default().push(post(n));
        }
        Self {
            users: (0..USERS).map(|n| (user(n), user_record(n).to_string())).collect(),
            user_ids: newest_first(USERS, user),
            posts: (0..POSTS).map(|n| (post(n), post_record(n).to_string())).collect(),
            post_ids: newest_first(POSTS, post),
            posts_by_author,
            orders: (0..ORDERS).map(|n| (order(n), order_record(n).to_string())).collect(),
            order_ids: newest_first(ORDERS, order),
        }
    }
}

/// Whose orders there are.
pub fn viewer() -> UserId {
    user_id(0)
}

fn at(n: usize) -> Time {
    BEGINNING.plus(Duration::from_secs(60 * n as u64))
}

fn user_id(n: usize) -> UserId {
    UserId::from_parts(at(n), n as u128)
}

/// A post that the viewer may like.
pub fn post() -> PostId {
    post_id(0)
}

fn post_id(n: usize) -> PostId {
    PostId::from_parts(at(n), n as u128)
}

fn order_id(n: usize) -> OrderId {
    OrderId::from_parts(at(n), n as u128)
}

fn user_record(n: usize) -> Value {
    json!({"id": user_id(n), "version": 1, "handle": format!("user{n}"), "name": format!("User Number {n}"),
        "avatar_url": format!("https://pictures.example/{n}.png"), "bio": "Sells what others no longer need.",
        "created_at": at(n)})
}

fn post_record(n: usize) -> Value {
    json!({"id": post_id(n), "version": 1, "author_id": user_id(n % USERS), "title": format!("The title of post {n}"),
        "body": SENTENCE.repeat(6), "tags": ["books", "garden"], "offer": {"price": price(n), "stock": 3},
        "published_at": at(n), "updated_at": at(n)})
}

/// An order of two posts by two authors.
fn order_record(n: usize) -> Value {
    let item = |post: usize| {
        json!({"post_id": post_id(post), "seller_id": user_id(post % USERS), "title": format!("The title of post {post}"),
            "quantity": 1, "unit_price": price(post), "line_total": price(post)})
    };
    let (first, second) = (1 + 2 * n, 2 + 2 * n);
    json!({"id": order_id(n), "version": 1, "number": format!("T-{n:06}"), "status": "confirmed",
        "rejection_reason": null, "total": {"amount": 2 * 1_000 + first + second, "currency": "EUR"},
        "placed_at": at(n), "updated_at": at(n), "buyer_id": viewer(),
        "history": [{"status": "pending", "at": at(n)}, {"status": "confirmed", "at": at(n + 1)}],
        "items": [item(first), item(second)]})
}

fn price(n: usize) -> Value {
    json!({"amount": 1_000 + n, "currency": "EUR"})
}
