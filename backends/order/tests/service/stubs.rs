//! A stub of the post service, which records its calls and answers with its posts, never, or with any status and body.

use std::{collections::BTreeMap, sync::Arc};

use axum::{
    Router,
    extract::State,
    http::{HeaderMap, StatusCode, Uri, header},
    response::{IntoResponse, Response},
    routing::get,
};
use chassis::testing::serve;
use contract::{PostId, Time, UserId};
use parking_lot::Mutex;
use serde_json::{Value as Json, json};
use tokio::net::TcpListener;

/// How the stub answers.
#[derive(Clone)]
pub enum Mood {
    /// With the posts that it has.
    Well,
    /// Not at all; the connection stays open.
    Silent,
    /// With that status and body, whatever is asked.
    Says(u16, String),
}

/// A call as it came.
pub struct Call {
    pub path_and_query: String,
    pub headers: HeaderMap,
}

pub struct PostStub {
    pub url: String,
    stub: Stub,
}

#[derive(Clone)]
struct Stub {
    posts: Arc<Mutex<BTreeMap<PostId, Json>>>,
    mood: Arc<Mutex<Mood>>,
    calls: Arc<Mutex<Vec<Call>>>,
}

impl PostStub {
    pub async fn start() -> Self {
        let stub = Stub { posts: Arc::default(), mood: Arc::new(Mutex::new(Mood::Well)), calls: Arc::default() };
        let url = serve(Router::new().route("/v1/posts", get(answer)).with_state(stub.clone())).await;
        Self { url, stub }
    }

    /// Publishes (or changes) a post: `offer` is `None` or amount, currency, stock.
    pub fn publish(&self, id: PostId, author: UserId, offer: Option<(i64, &str, i64)>) {
        self.stub.posts.lock().insert(id, post(id, author, offer));
    }

    pub fn set(&self, mood: Mood) {
        *self.stub.mood.lock() = mood;
    }

    /// The calls since the last time.
    pub fn take_calls(&self) -> Vec<Call> {
        std::mem::take(&mut self.stub.calls.lock())
    }
}

/// A post as the post service tells it.
pub fn post(id: PostId, author: UserId, offer: Option<(i64, &str, i64)>) -> Json {
    let offer = offer
        .map(|(amount, currency, stock)| json!({"price": {"amount": amount, "currency": currency}, "stock": stock}));
    let at = Time::from_millis(1_700_000_000_000);
    json!({"id": id, "author_id": author, "title": format!("title of {id}"), "body": "text", "tags": [], "offer": offer,
        "published_at": at, "updated_at": at, "version": 1})
}

async fn answer(State(stub): State<Stub>, uri: Uri, headers: HeaderMap) -> Response {
    stub.calls.lock().push(Call { path_and_query: uri.to_string(), headers });
    let mood = stub.mood.lock().clone();
    match mood {
        Mood::Silent => std::future::pending().await,
        Mood::Says(status, body) => {
            (StatusCode::from_u16(status).unwrap(), [(header::CONTENT_TYPE, "application/json")], body).into_response()
        }
        Mood::Well => {
            let asked = uri.query().unwrap_or_default().strip_prefix("ids=").unwrap_or_default().to_owned();
            let posts = stub.posts.lock();
            let items: Vec<&Json> = asked.split(',').filter_map(|id| posts.get(&id.parse().ok()?)).collect();
            ([(header::CONTENT_TYPE, "application/json")], json!({"items": items}).to_string()).into_response()
        }
    }
}

/// A URL at which no service listens.
pub async fn nobody() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    format!("http://{}", listener.local_addr().unwrap())
}
