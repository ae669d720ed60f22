//! The handler written by hand: what somebody would write who needs these answers and nothing else. It makes the same
//! calls, by reqwest or by the BFF's own client (`--beside`), with the same settings, checks what comes back, verifies tokens with the same verifier, and writes the same
//! JSON. It has no limits, no log, no trace, no request id: what the BFF does beyond the answer counts against the BFF.

mod answers;
mod services;

use std::sync::Arc;

use axum::{
    Router,
    extract::{Query, State},
    response::{IntoResponse, Response},
    routing::get,
};
use contract::{
    Clock,
    token::{Claims, TokenError, TokenVerifier},
};
use futures::try_join;
use http::{
    HeaderMap, StatusCode,
    header::{AUTHORIZATION, CONTENT_TYPE},
};
use serde::{Deserialize, Serialize};
use tokio::net::TcpListener;

use answers::{
    CountsAnswer, Data, DeepAnswer, EdgesAnswer, LikeAnswer, OrdersAnswer, PostsAnswer, TypenameAnswer, UsersAnswer,
};
use services::{CallError, Services};

use crate::{arguments::ServiceUrls, deployment};

struct App {
    services: Services,
    verifier: TokenVerifier,
}

#[derive(Deserialize)]
struct Page {
    first: u8,
}

#[derive(Deserialize)]
struct Liked {
    post: String,
}

/// Why there is no answer.
enum Failure {
    Token(TokenError),
    SignInNeeded,
    Call(CallError),
}

/// Serves until the measuring process ends this one.
#[tokio::main]
pub async fn run(urls: &ServiceUrls) {
    tessera::server::install_cryptography();
    let services = Services::new(urls);
    let keys = services.clone();
    let source = Box::new(move || {
        let keys = keys.clone();
        Box::pin(async move { keys.key_set().await.map_err(|error| error.to_string()) }) as _
    });
    let verifier = TokenVerifier::new("tessera", "tessera", source, Clock::system());
    let router = Router::new()
        .route("/posts", get(posts))
        .route("/users", get(users))
        .route("/orders", get(orders))
        .route("/counts", get(counts))
        .route("/edges", get(edges))
        .route("/deep", get(deep))
        .route("/like", get(like))
        .route("/typename", get(async || json(&Data { data: TypenameAnswer::QUERY })))
        .with_state(Arc::new(App { services, verifier }));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    deployment::announce(&[listener.local_addr().unwrap().port()]);
    axum::serve(listener, router).await.unwrap();
}

async fn posts(State(app): State<Arc<App>>, page: Query<Page>, headers: HeaderMap) -> Result<Response, Failure> {
    app.viewer(&headers).await?;
    let posts = app.services.posts(page.first).await?;
    let authors = app.services.users_by_ids(posts.items.iter().map(|post| &*post.author_id)).await?;
    Ok(json(&Data { data: PostsAnswer::new(&posts, &authors) }))
}

async fn users(State(app): State<Arc<App>>, page: Query<Page>, headers: HeaderMap) -> Result<Response, Failure> {
    app.viewer(&headers).await?;
    let users = app.services.users(page.first).await?;
    let posts = app.services.posts_by_author(users.items.iter().map(|user| &*user.id), 3).await?;
    Ok(json(&Data { data: UsersAnswer::new(&users, &posts) }))
}

async fn orders(State(app): State<Arc<App>>, page: Query<Page>, headers: HeaderMap) -> Result<Response, Failure> {
    let (claims, authorization) = app.viewer(&headers).await?.ok_or(Failure::SignInNeeded)?;
    let viewer = claims.sub.to_string();
    let mut users = app.services.users_by_ids([viewer.as_str()].into_iter()).await?;
    let orders = app.services.orders_by_buyer(&viewer, page.first, authorization).await?;
    let items = orders.items.iter().flat_map(|order| &order.items);
    let posts = app.services.posts_by_ids(items.map(|item| &*item.post_id)).await?;
    let unknown = posts.values().map(|post| &*post.author_id).filter(|author| !users.contains_key(*author));
    let authors = app.services.users_by_ids(unknown).await?;
    users.extend(authors);
    Ok(json(&Data { data: OrdersAnswer::new(users.get(&viewer), &orders, (&posts, &users)) }))
}

async fn counts(State(app): State<Arc<App>>, page: Query<Page>, headers: HeaderMap) -> Result<Response, Failure> {
    let (_, authorization) = app.viewer(&headers).await?.ok_or(Failure::SignInNeeded)?;
    let posts = app.services.posts(page.first).await?;
    let ids = || posts.items.iter().map(|post| &*post.id);
    let (comments, likes, liked) = try_join!(
        app.services.comment_counts(ids()),
        app.services.like_counts(ids()),
        app.services.liked(ids(), authorization)
    )?;
    Ok(json(&Data { data: CountsAnswer::new(&posts, &comments, (&likes, &liked)) }))
}

async fn edges(State(app): State<Arc<App>>, page: Query<Page>, headers: HeaderMap) -> Result<Response, Failure> {
    app.viewer(&headers).await?;
    let posts = app.services.page_of_posts(page.first).await?;
    Ok(json(&Data { data: EdgesAnswer::new(&posts) }))
}

async fn deep(State(app): State<Arc<App>>, page: Query<Page>, headers: HeaderMap) -> Result<Response, Failure> {
    app.viewer(&headers).await?;
    let users = app.services.users(page.first).await?;
    let posts = app.services.posts_by_author(users.items.iter().map(|user| &*user.id), 3).await?;
    let written = posts.values().flat_map(|page| &page.items);
    let authors = app.services.users_by_ids(written.map(|post| &*post.author_id)).await?;
    let others = app.services.posts_by_author(authors.keys().map(String::as_str), 2).await?;
    Ok(json(&Data { data: DeepAnswer::new(&users, &posts, (&authors, &others)) }))
}

async fn like(State(app): State<Arc<App>>, liked: Query<Liked>, headers: HeaderMap) -> Result<Response, Failure> {
    let (_, authorization) = app.viewer(&headers).await?.ok_or(Failure::SignInNeeded)?;
    app.services.like(&liked.post, authorization).await?;
    let posts = app.services.posts_by_ids([liked.post.as_str()].into_iter()).await?;
    Ok(json(&Data { data: LikeAnswer::new(posts.get(&liked.post)) }))
}

fn json(body: &impl Serialize) -> Response {
    match serde_json::to_vec(body) {
        Ok(body) => ([(CONTENT_TYPE, "application/json")], body).into_response(),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

impl App {
    /// Who asks, with the header that proves it; `None` for somebody anonymous.
    async fn viewer<'a>(
        &self,
        headers: &'a HeaderMap,
    ) -> Result<Option<(Arc<Claims>, &'a http::HeaderValue)>, Failure> {
        let Some(header) = headers.get(AUTHORIZATION) else { return Ok(None) };
        let token = header.to_str().ok().and_then(|header| header.strip_prefix("Bearer "));
        let claims = self.verifier.verify(token.unwrap_or_default()).await.map_err(Failure::Token)?;
        Ok(Some((claims, header)))
    }
}

impl From<CallError> for Failure {
    fn from(error: CallError) -> Self {
        Self::Call(error)
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        match self {
            Self::Token(TokenError::KeysUnavailable) => StatusCode::SERVICE_UNAVAILABLE.into_response(),
            Self::Token(_) | Self::SignInNeeded => StatusCode::UNAUTHORIZED.into_response(),
            Self::Call(error) => (StatusCode::BAD_GATEWAY, error.to_string()).into_response(),
        }
    }
}
