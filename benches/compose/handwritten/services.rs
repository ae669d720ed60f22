//! The calls to the services, and their records as far as the answers need them.

use std::{
    collections::{HashMap, HashSet},
    time::Duration,
};

use bytes::Bytes;
use contract::{headers::X_API_KEY, key_set::JwkSet};
use futures::future::try_join_all;
use http::{HeaderValue, Method, StatusCode, header::AUTHORIZATION};
use http_body_util::{BodyExt, Full};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use tessera::clients::{CallClient, HttpClients};
use tokio::time::timeout;

use crate::{
    arguments::{Beside, ServiceUrls},
    deployment::API_KEY,
};

/// Timeout of a connection, as in the BFF.
const CONNECT: Duration = Duration::from_millis(250);
/// Timeout of a call, as in the BFF.
const CALL: Duration = Duration::from_secs(1);
/// The services take that many ids a call.
const MAX_IDS: usize = 100;

/// The services; cheap to clone.
#[derive(Clone)]
pub struct Services {
    urls: ServiceUrls,
    http: HttpClient,
}

#[derive(Clone)]
enum HttpClient {
    Reqwest(reqwest::Client),
    Hyper(Box<CallClient>),
}

/// A call that brought no answer.
#[derive(Debug, thiserror::Error)]
pub enum CallError {
    #[error("a service cannot be reached: {0}")]
    Transport(#[from] reqwest::Error),
    #[error("a service cannot be reached: {0}")]
    Connection(#[from] hyper_util::client::legacy::Error),
    #[error("an answer broke off: {0}")]
    Body(#[from] hyper::Error),
    #[error("a request cannot be written: {0}")]
    Request(#[from] http::Error),
    #[error("a service did not answer in time")]
    Late(#[from] tokio::time::error::Elapsed),
    #[error("a service answered {0}")]
    Status(StatusCode),
    #[error("a service answered something else: {0}")]
    Shape(#[from] serde_json::Error),
    #[error("a service left out a page")]
    Missing,
}

#[derive(Deserialize)]
pub struct List<T> {
    pub items: Vec<T>,
}

/// A list with its place in a longer one.
#[derive(Deserialize)]
pub struct Listing<T> {
    pub items: Vec<T>,
    pub page: Position,
}

#[derive(Deserialize)]
pub struct Position {
    pub has_next: bool,
    pub has_previous: bool,
    pub cursors: Vec<String>,
}

#[derive(Deserialize)]
struct Counts<T> {
    counts: HashMap<String, T>,
}

#[derive(Deserialize)]
struct Flags {
    ids: HashSet<String>,
}

#[derive(Deserialize)]
pub struct CommentCount {
    pub comments: i32,
}

#[derive(Deserialize)]
pub struct LikeCount {
    pub likes: i32,
}

#[derive(Deserialize)]
struct Pages<T> {
    pages: HashMap<String, List<T>>,
}

#[derive(Deserialize)]
pub struct User {
    pub id: String,
    pub handle: String,
    pub name: String,
}

#[derive(Deserialize)]
pub struct Post {
    pub id: String,
    pub author_id: String,
    pub title: String,
    pub published_at: String,
}

#[derive(Deserialize)]
pub struct Order {
    pub id: String,
    pub number: String,
    pub status: Status,
    pub placed_at: String,
    pub items: Vec<OrderItem>,
}

#[derive(Deserialize)]
pub struct OrderItem {
    pub post_id: String,
    pub title: String,
    pub quantity: i32,
}

#[derive(Clone, Copy, Deserialize, Serialize)]
#[serde(rename_all(deserialize = "snake_case", serialize = "SCREAMING_SNAKE_CASE"))]
pub enum Status {
    Pending,
    Confirmed,
    Rejected,
    Shipped,
    Delivered,
    Cancelled,
}

impl Services {
    pub fn new(urls: &ServiceUrls) -> Self {
        let http = match urls.client {
            Beside::Hyper => HttpClient::Hyper(Box::new(HttpClients::new(CONNECT).unwrap().calls)),
            Beside::Reqwest | Beside::Mercurius => {
                let builder = reqwest::Client::builder().connect_timeout(CONNECT).timeout(CALL);
                HttpClient::Reqwest(builder.redirect(reqwest::redirect::Policy::none()).no_proxy().build().unwrap())
            }
        };
        Self { urls: urls.clone(), http }
    }

    pub async fn key_set(&self) -> Result<JwkSet, CallError> {
        self.get(format!("{}/.well-known/jwks.json", self.urls.user), None).await
    }

    pub async fn posts(&self, first: u8) -> Result<List<Post>, CallError> {
        self.get(format!("{}/v1/posts?first={first}&order=newest", self.urls.post), None).await
    }

    pub async fn users(&self, first: u8) -> Result<List<User>, CallError> {
        self.get(format!("{}/v1/users?first={first}", self.urls.user), None).await
    }

    pub async fn users_by_ids(&self, ids: impl Iterator<Item = &str>) -> Result<HashMap<String, User>, CallError> {
        let users = self.by_ids(&format!("{}/v1/users?ids=", self.urls.user), ids).await?;
        Ok(users.into_iter().map(|user: User| (user.id.clone(), user)).collect())
    }

    pub async fn posts_by_ids(&self, ids: impl Iterator<Item = &str>) -> Result<HashMap<String, Post>, CallError> {
        let posts = self.by_ids(&format!("{}/v1/posts?ids=", self.urls.post), ids).await?;
        Ok(posts.into_iter().map(|post: Post| (post.id.clone(), post)).collect())
    }

    pub async fn posts_by_author(
        &self,
        authors: impl Iterator<Item = &str>,
        first: u8,
    ) -> Result<HashMap<String, List<Post>>, CallError> {
        let authors = authors.collect::<Vec<_>>().join(",");
        let url = format!("{}/v1/posts/by-author?author_ids={authors}&first={first}", self.urls.post);
        Ok(self.get::<Pages<_>>(url, None).await?.pages)
    }

    pub async fn orders_by_buyer(
        &self,
        buyer: &str,
        first: u8,
        authorization: &HeaderValue,
    ) -> Result<List<Order>, CallError> {
        let url = format!("{}/v1/orders/by-buyer?buyer_ids={buyer}&first={first}", self.urls.order);
        self.get::<Pages<_>>(url, Some(authorization)).await?.pages.remove(buyer).ok_or(CallError::Missing)
    }

    pub async fn page_of_posts(&self, first: u8) -> Result<Listing<Post>, CallError> {
        self.get(format!("{}/v1/posts?first={first}&order=newest", self.urls.post), None).await
    }

    pub async fn comment_counts(
        &self,
        posts: impl Iterator<Item = &str>,
    ) -> Result<HashMap<String, CommentCount>, CallError> {
        let url = format!("{}/v1/comments/counts?post_ids={}", self.urls.post, joined(posts));
        Ok(self.get::<Counts<_>>(url, None).await?.counts)
    }

    pub async fn like_counts(
        &self,
        posts: impl Iterator<Item = &str>,
    ) -> Result<HashMap<String, LikeCount>, CallError> {
        let url = format!("{}/v1/likes/counts?post_ids={}", self.urls.post, joined(posts));
        Ok(self.get::<Counts<_>>(url, None).await?.counts)
    }

    pub async fn liked(
        &self,
        posts: impl Iterator<Item = &str>,
        authorization: &HeaderValue,
    ) -> Result<HashSet<String>, CallError> {
        let url = format!("{}/v1/likes?post_ids={}", self.urls.post, joined(posts));
        Ok(self.get::<Flags>(url, Some(authorization)).await?.ids)
    }

    pub async fn like(&self, post: &str, authorization: &HeaderValue) -> Result<(), CallError> {
        let url = format!("{}/v1/posts/{post}/likes", self.urls.post);
        self.answer(Method::PUT, url, Some(authorization)).await.map(drop)
    }

    /// Each id once, as many calls as that takes, side by side.
    async fn by_ids<T: DeserializeOwned>(
        &self,
        url: &str,
        ids: impl Iterator<Item = &str>,
    ) -> Result<Vec<T>, CallError> {
        let ids: Vec<&str> = ids.collect::<HashSet<_>>().into_iter().collect();
        let calls = ids.chunks(MAX_IDS).map(|ids| self.get::<List<T>>(format!("{url}{}", ids.join(",")), None));
        Ok(try_join_all(calls).await?.into_iter().flat_map(|list| list.items).collect())
    }

    async fn get<T: DeserializeOwned>(&self, url: String, authorization: Option<&HeaderValue>) -> Result<T, CallError> {
        Ok(serde_json::from_slice(&self.answer(Method::GET, url, authorization).await?)?)
    }

    async fn answer(
        &self,
        method: Method,
        url: String,
        authorization: Option<&HeaderValue>,
    ) -> Result<Bytes, CallError> {
        let (status, body) = match &self.http {
            HttpClient::Reqwest(client) => by_reqwest(client.request(method, url), authorization).await?,
            HttpClient::Hyper(client) => {
                let request = http::Request::builder().method(method).uri(url);
                timeout(CALL, by_hyper(client, request, authorization)).await??
            }
        };
        if status.is_success() { Ok(body) } else { Err(CallError::Status(status)) }
    }
}

fn joined<'a>(ids: impl Iterator<Item = &'a str>) -> String {
    ids.collect::<Vec<_>>().join(",")
}

type Answer = Result<(StatusCode, Bytes), CallError>;

async fn by_reqwest(request: reqwest::RequestBuilder, authorization: Option<&HeaderValue>) -> Answer {
    let mut request = request.header(X_API_KEY, API_KEY);
    if let Some(authorization) = authorization {
        request = request.header(AUTHORIZATION, authorization);
    }
    #[expect(clippy::disallowed_methods, reason = "the other side of the comparison does without the BFF's door")]
    let response = request.send().await?;
    Ok((response.status(), response.bytes().await?))
}

async fn by_hyper(client: &CallClient, request: http::request::Builder, authorization: Option<&HeaderValue>) -> Answer {
    let mut request = request.header(X_API_KEY, API_KEY);
    if let Some(authorization) = authorization {
        request = request.header(AUTHORIZATION, authorization);
    }
    #[expect(clippy::disallowed_methods, reason = "the other side of the comparison does without the BFF's door")]
    let response = client.request(request.body(Full::default())?).await?;
    Ok((response.status(), response.into_body().collect().await?.to_bytes()))
}
