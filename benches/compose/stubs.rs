//! The three services, as far as the scenarios ask them: records from memory, on a port each. They count the calls they
//! get under `/v1`, and answer as the services do: strangers are refused, unknown ids are left out.

use std::{
    collections::HashMap,
    convert::Infallible,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use axum::{
    Router,
    body::Body,
    extract::{Query, Request, State},
    middleware::{Next, from_fn_with_state},
    response::{IntoResponse, Response},
    routing::{get, put},
};
use contract::headers::X_FEED_POSITION;
use futures::{StreamExt, stream};
use http::{StatusCode, header};
use tokio::net::TcpListener;

use crate::{
    deployment::{self, API_KEY},
    token,
    world::World,
};

struct Services {
    world: World,
    calls: AtomicU64,
}

type Parameters = Query<HashMap<String, String>>;

/// Serves until the measuring process ends this one.
#[tokio::main(flavor = "current_thread")]
pub async fn run() {
    let services = Arc::new(Services { world: World::new(), calls: AtomicU64::new(0) });
    let v1 = Router::new()
        .route("/v1/users", get(users))
        .route("/v1/posts", get(posts))
        .route("/v1/posts/by-author", get(posts_by_author))
        .route("/v1/orders/by-buyer", get(orders_by_buyer))
        .route("/v1/comments/counts", get(async |parameters: Parameters| counts(&parameters, "comments")))
        .route("/v1/likes/counts", get(async |parameters: Parameters| counts(&parameters, "likes")))
        .route("/v1/likes", get(likes))
        .route("/v1/posts/{id}/likes", put(async || StatusCode::NO_CONTENT))
        .layer(from_fn_with_state(Arc::clone(&services), count));
    let router = Router::new()
        .route("/.well-known/jwks.json", get(async || token::key_set().to_string()))
        .route(
            "/calls",
            get(async |State(services): State<Arc<Services>>| services.calls.load(Ordering::Relaxed).to_string()),
        )
        .route("/v1/events", get(no_events))
        .merge(v1)
        .with_state(services);
    let mut ports = Vec::new();
    let mut servers = tokio::task::JoinSet::new();
    for _ in 0..3 {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        ports.push(listener.local_addr().unwrap().port());
        let router = router.clone();
        servers.spawn(async move { axum::serve(listener, router).await });
    }
    deployment::announce(&ports);
    servers.join_all().await;
}

async fn count(State(services): State<Arc<Services>>, request: Request, next: Next) -> Response {
    services.calls.fetch_add(1, Ordering::Relaxed);
    let known = request.headers().get(contract::headers::X_API_KEY).is_some_and(|key| key == API_KEY);
    let signed_in = request.headers().contains_key(header::AUTHORIZATION);
    let path = request.uri().path();
    let is_private = path.starts_with("/v1/orders") || path.ends_with("/likes");
    if !known || (is_private && !signed_in) {
        return StatusCode::UNAUTHORIZED.into_response();
    }
    next.run(request).await
}

/// A feed without events, which stays open. Not counted: no request makes it.
async fn no_events() -> Response {
    let first = stream::iter([Ok::<_, Infallible>("id: benchmark:0\n: heartbeat\n\n")]);
    let headers = [(header::CONTENT_TYPE.as_str(), "text/event-stream"), (X_FEED_POSITION, "benchmark:0")];
    (headers, Body::from_stream(first.chain(stream::pending()))).into_response()
}

async fn users(State(services): State<Arc<Services>>, Query(parameters): Parameters) -> Response {
    let world = &services.world;
    match parameters.get("ids") {
        Some(ids) => json(items(&world.users, ids.split(','))),
        None => json(page(&world.users, &world.user_ids, first(&parameters))),
    }
}

async fn posts(State(services): State<Arc<Services>>, Query(parameters): Parameters) -> Response {
    let world = &services.world;
    match parameters.get("ids") {
        Some(ids) => json(items(&world.posts, ids.split(','))),
        None => json(page(&world.posts, &world.post_ids, first(&parameters))),
    }
}

async fn posts_by_author(State(services): State<Arc<Services>>, Query(parameters): Parameters) -> Response {
    let world = &services.world;
    let list = |author: &str| world.posts_by_author.get(author).map_or(&[][..], Vec::as_slice);
    json(pages(&parameters, "author_ids", |author| page(&world.posts, list(author), first(&parameters))))
}

async fn orders_by_buyer(State(services): State<Arc<Services>>, Query(parameters): Parameters) -> Response {
    let world = &services.world;
    json(pages(&parameters, "buyer_ids", |_| page(&world.orders, &world.order_ids, first(&parameters))))
}

/// A number of each post: the last digit of its id.
fn counts(Query(parameters): &Parameters, what: &str) -> Response {
    let count = |id: &str| format!(r#""{id}":{{"{what}":{}}}"#, last_digit(id));
    let counts = parameters["post_ids"].split(',').map(count).collect::<Vec<_>>().join(",");
    json(format!(r#"{{"counts":{{{counts}}}}}"#))
}

/// The viewer likes every other post.
async fn likes(Query(parameters): Parameters) -> Response {
    let liked = parameters["post_ids"].split(',').filter(|id| last_digit(id).is_multiple_of(2));
    json(format!(r#"{{"ids":[{}]}}"#, liked.map(|id| format!(r#""{id}""#)).collect::<Vec<_>>().join(",")))
}

fn last_digit(id: &str) -> u32 {
    id.chars().last().and_then(|digit| digit.to_digit(16)).unwrap()
}

fn first(parameters: &HashMap<String, String>) -> usize {
    parameters.get("first").map_or(20, |first| first.parse().unwrap())
}

fn items<'a>(records: &HashMap<String, String>, ids: impl Iterator<Item = &'a str>) -> String {
    format!(
        r#"{{"items":[{}]}}"#,
        ids.filter_map(|id| records.get(id).map(String::as_str)).collect::<Vec<_>>().join(",")
    )
}

fn page(records: &HashMap<String, String>, list: &[String], first: usize) -> String {
    let ids = &list[..first.min(list.len())];
    let items = ids.iter().filter_map(|id| records.get(id).map(String::as_str)).collect::<Vec<_>>().join(",");
    let cursors = ids.iter().map(|id| format!(r#""{}""#, &id[4..])).collect::<Vec<_>>().join(",");
    let has_next = ids.len() < list.len();
    format!(r#"{{"items":[{items}],"page":{{"has_next":{has_next},"has_previous":false,"cursors":[{cursors}]}}}}"#)
}

fn pages(parameters: &HashMap<String, String>, name: &str, page: impl Fn(&str) -> String) -> String {
    let parents = parameters[name].split(',');
    let pages = parents.map(|parent| format!(r#""{parent}":{}"#, page(parent))).collect::<Vec<_>>().join(",");
    format!(r#"{{"pages":{{{pages}}}}}"#)
}

fn json(body: String) -> Response {
    ([(header::CONTENT_TYPE, "application/json")], body).into_response()
}
