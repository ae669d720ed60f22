//! A small market: an order service, the posts that it asks for, people, and somebody to ask it in their names.

use std::{ops::Deref, sync::Arc};

use chassis::testing::{Grant, Reply, Signer, TestDatabase, TestService, members, with_json};
use contract::{Clock, OrderId, PostId, Time, UserId, token::Role};
use order_service::{
    OrderSettings, OrderStatus,
    seed::{OrderItemSeed, OrderSeed, seed},
};
use reqwest::RequestBuilder;
use serde_json::{Value as Json, json};

use crate::stubs::PostStub;

/// What the service shows to the post service.
pub const API_KEY: &str = "key-of-the-order-service";

/// When the market opens, in epoch milliseconds.
pub const OPENING: i64 = 1_700_000_000_000;

pub const ADA: Person = Person(1, Role::Member);
pub const GRACE: Person = Person(2, Role::Member);
pub const HEDY: Person = Person(3, Role::Member);
pub const STRANGER: Person = Person(4, Role::Member);
pub const ADMIN: Person = Person(5, Role::Admin);

/// Somebody, by number.
#[derive(Clone, Copy, Debug)]
pub struct Person(pub u32, pub Role);

impl Person {
    pub fn id(self) -> UserId {
        UserId::from_parts(Time::from_millis(OPENING), self.0.into())
    }
}

/// The id of the post with that number.
pub fn post(number: u32) -> PostId {
    PostId::from_parts(Time::from_millis(OPENING), number.into())
}

/// The id of the seeded order with that number; higher numbers were placed later.
pub fn order(number: u32) -> OrderId {
    OrderId::from_parts(placed_at(number), number.into())
}

fn placed_at(number: u32) -> Time {
    Time::from_millis(OPENING - 1_000_000_000 + i64::from(number) * 1000)
}

pub struct Market {
    pub posts: PostStub,
    signer: Signer,
    service: TestService,
}

impl Deref for Market {
    type Target = TestService;

    fn deref(&self) -> &TestService {
        &self.service
    }
}

impl Market {
    pub async fn open() -> Self {
        let posts = PostStub::start().await;
        let url = posts.url.clone();
        Self::with_posts_at(&url, posts).await
    }

    /// A market whose service looks for the post service at that URL.
    pub async fn with_posts_at(url: &str, posts: PostStub) -> Self {
        let (home, signer) = (Arc::new(TestDatabase::create().await), Signer::start().await);
        let settings = OrderSettings {
            service: home.settings(),
            user_service_url: signer.url.parse().unwrap(),
            post_service_url: url.parse().unwrap(),
            api_key: Some(API_KEY.parse().unwrap()),
        };
        let clock = Clock::fixed(Time::from_millis(OPENING));
        let service = order_service::service(&settings, clock).await.expect("the service");
        Self { posts, signer, service: TestService::start(service, home).await }
    }

    /// A request of that person.
    pub fn by(&self, person: Person, method: &str, path: &str) -> RequestBuilder {
        let grant = Grant { user: person.id(), role: person.1, at: self.clock.now() };
        self.request(method, path).bearer_auth(self.signer.token(grant))
    }

    pub async fn get_as(&self, person: Person, path: &str) -> Reply {
        self.send(self.by(person, "GET", path)).await
    }

    /// `POST /v1/orders` with that key and body.
    pub fn placing(&self, person: Person, key: &str, body: &Json) -> RequestBuilder {
        with_json(self.by(person, "POST", "/v1/orders").header("idempotency-key", key), body)
    }

    pub async fn place(&self, person: Person, key: &str, body: &Json) -> Reply {
        self.send(self.placing(person, key, body)).await
    }

    /// `POST /v1/orders/{id}/{step}`
    pub fn stepping(&self, person: Person, order: impl std::fmt::Display, step: &str) -> RequestBuilder {
        self.by(person, "POST", &format!("/v1/orders/{order}/{step}"))
    }

    pub async fn step(&self, person: Person, order: impl std::fmt::Display, step: &str) -> Reply {
        self.send(self.stepping(person, order, step)).await
    }

    pub async fn seed(&self, orders: impl IntoIterator<Item = OrderSeed>) {
        seed(&self.database, orders.into_iter()).await.unwrap();
    }

    /// How many orders a person placed, up to a page of them.
    pub async fn purchases(&self, person: Person) -> usize {
        let reply = self.get_as(person, &format!("/v1/orders/by-buyer?buyer_ids={}&first=100", person.id())).await;
        members(&reply.json["pages"][person.id().to_string()], "id").len()
    }
}

/// A body that asks for those posts in those quantities.
pub fn basket(lines: &[(PostId, i64)]) -> Json {
    let line = |(post, quantity): &(PostId, i64)| json!({"post_id": post, "quantity": quantity});
    json!({"items": lines.iter().map(line).collect::<Vec<Json>>()})
}

/// An order of ada's with two items of grace's and one of hedy's, in that state.
pub fn seeded(number: u32, status: OrderStatus) -> OrderSeed {
    let path: &[OrderStatus] = match status {
        OrderStatus::Pending => &[],
        OrderStatus::Confirmed => &[OrderStatus::Confirmed],
        OrderStatus::Rejected => &[OrderStatus::Rejected],
        OrderStatus::Shipped => &[OrderStatus::Confirmed, OrderStatus::Shipped],
        OrderStatus::Delivered => &[OrderStatus::Confirmed, OrderStatus::Shipped, OrderStatus::Delivered],
        OrderStatus::Cancelled => &[OrderStatus::Cancelled],
    };
    let item = |(index, seller): (u32, Person)| OrderItemSeed {
        post_id: post(index),
        seller_id: seller.id(),
        title: format!("post {index}"),
        quantity: i64::from(index),
        unit_price: 250,
    };
    let at = placed_at(number);
    let later = |(index, status): (u64, &OrderStatus)| (*status, at.plus(std::time::Duration::from_secs(index * 60)));
    OrderSeed {
        id: order(number),
        buyer_id: ADA.id(),
        placed_at: at,
        steps: (1..).zip(path).map(later).collect(),
        rejection_reason: (status == OrderStatus::Rejected).then(|| "not enough stock".to_owned()),
        currency: "EUR".parse().unwrap(),
        items: [(1, GRACE), (2, HEDY), (3, GRACE)].into_iter().map(item).collect(),
    }
}
