//! A small market: an order service, the posts that it asks for, people, and somebody to ask it in their names.

use chassis::{
    ServiceSettings,
    database::Database,
    testing::{RunningService, TestDatabase, spawn},
};
use contract::{Clock, OrderId, PostId, Time, UserId, token::Role};
use order_service::{
    OrderSettings, OrderStatus,
    seed::{OrderItemSeed, OrderSeed, seed},
};
use reqwest::{Method, RequestBuilder, header::HeaderMap};
use serde_json::{Value as Json, json};

use crate::stubs::{PostStub, Signer};

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

/// An answer: status, headers, body.
pub struct Reply {
    pub status: u16,
    pub headers: HeaderMap,
    pub json: Json,
}

impl Reply {
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// Status and error code.
    pub fn refusal(&self) -> (u16, &str) {
        (self.status, self.json["error"]["code"].as_str().unwrap_or_default())
    }

    /// The fields that the error's details name.
    pub fn fields(&self) -> Vec<&str> {
        let details = self.json["error"]["details"].as_array().unwrap();
        details.iter().map(|detail| detail["field"].as_str().unwrap()).collect()
    }

    /// The ids of `items`, in their order.
    pub fn ids(&self) -> Vec<&str> {
        ids(&self.json)
    }
}

pub fn ids(page: &Json) -> Vec<&str> {
    page["items"].as_array().unwrap().iter().map(|item| item["id"].as_str().unwrap()).collect()
}

pub struct Market {
    pub posts: PostStub,
    pub database: Database,
    pub clock: Clock,
    service: RunningService,
    signer: Signer,
    client: reqwest::Client,
    _home: TestDatabase,
}

impl Market {
    pub async fn open() -> Self {
        let posts = PostStub::start().await;
        let url = posts.url.clone();
        Self::with_posts_at(&url, posts).await
    }

    /// A market whose service looks for the post service at that URL.
    pub async fn with_posts_at(url: &str, posts: PostStub) -> Self {
        chassis::program::install_crypto();
        let (home, signer) = (TestDatabase::create().await, Signer::start().await);
        let clock = Clock::fixed(Time::from_millis(OPENING));
        let settings = OrderSettings {
            service: ServiceSettings::new(home.url.clone(), "127.0.0.1:0".parse().unwrap()),
            user_service_url: signer.url.parse().unwrap(),
            post_service_url: url.parse().unwrap(),
            api_key: Some(API_KEY.parse().unwrap()),
        };
        let service = order_service::service(&settings, clock.clone()).await.expect("the service");
        let database = service.database().clone();
        let service = spawn(service).await;
        Self { posts, database, clock, service, signer, client: reqwest::Client::new(), _home: home }
    }

    /// A request in somebody's name.
    pub fn request(&self, person: Person, method: Method, path: &str) -> RequestBuilder {
        let token = self.signer.token((person.id(), person.1), &self.clock);
        self.anonymous(method, path).bearer_auth(token)
    }

    pub fn anonymous(&self, method: Method, path: &str) -> RequestBuilder {
        self.client.request(method, format!("{}{path}", self.service.url))
    }

    pub async fn get(&self, person: Person, path: &str) -> Reply {
        send(self.request(person, Method::GET, path)).await
    }

    /// `POST /v1/orders` with that key and body.
    pub fn placing(&self, person: Person, key: &str, body: &Json) -> RequestBuilder {
        with_json(self.request(person, Method::POST, "/v1/orders").header("idempotency-key", key), body)
    }

    pub async fn place(&self, person: Person, key: &str, body: &Json) -> Reply {
        send(self.placing(person, key, body)).await
    }

    /// `POST /v1/orders/{id}/{step}`
    pub fn stepping(&self, person: Person, order: impl std::fmt::Display, step: &str) -> RequestBuilder {
        self.request(person, Method::POST, &format!("/v1/orders/{order}/{step}"))
    }

    pub async fn step(&self, person: Person, order: impl std::fmt::Display, step: &str) -> Reply {
        send(self.stepping(person, order, step)).await
    }

    pub async fn seed(&self, orders: impl IntoIterator<Item = OrderSeed>) {
        seed(&self.database, orders.into_iter()).await.unwrap();
    }

    /// How many orders a person placed, up to a page of them.
    pub async fn purchases(&self, person: Person) -> usize {
        let reply = self.get(person, &format!("/v1/orders/by-buyer?buyer_ids={}&first=100", person.id())).await;
        ids(&reply.json["pages"][person.id().to_string()]).len()
    }
}

/// The request with a JSON body.
pub fn with_json(request: RequestBuilder, body: &Json) -> RequestBuilder {
    request.header("content-type", "application/json").body(body.to_string())
}

pub async fn send(request: RequestBuilder) -> Reply {
    let response = request.send().await.unwrap();
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    let body = response.bytes().await.unwrap();
    Reply { status, headers, json: serde_json::from_slice(&body).unwrap_or(Json::Null) }
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
