//! A service that keeps notes: what `backends/user` is to people, as small as can be.

use std::{sync::Arc, time::Duration};

use axum::{Router, extract::State, routing};
use chassis::{
    Answer, ApiError, Command, Deadline, Envelope, Event, Ledger, Outcome, Parts, Path, Service, ServiceSettings,
    database::{Database, Migration, Sql},
    testing::{RunningService, TestDatabase, spawn},
};
use contract::{Clock, Time};
use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};
use tokio::sync::Notify;
use utoipa_axum::router::OpenApiRouter;

pub const MIGRATIONS: &[Migration] =
    &[Migration { version: 100, description: "notes", sql: include_str!("../migrations/0100_notes.sql") }];

#[derive(Deserialize)]
struct NewNote {
    id: i64,
    text: String,
}

#[derive(Serialize)]
struct Note {
    id: i64,
    text: String,
}

#[derive(Clone)]
struct Notes {
    ledger: Ledger,
    /// Told when a slow write has begun.
    begun: Arc<Notify>,
    /// Lets a slow write go on.
    go: Arc<Notify>,
}

pub struct Notebook {
    pub service: RunningService,
    pub database: Database,
    pub clock: Clock,
    pub begun: Arc<Notify>,
    pub go: Arc<Notify>,
    client: reqwest::Client,
    home: Arc<TestDatabase>,
}

/// Status, a header's value by name, body.
pub struct Reply {
    pub status: u16,
    pub headers: reqwest::header::HeaderMap,
    pub json: Json,
}

impl Reply {
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    pub fn code(&self) -> &str {
        self.json["error"]["code"].as_str().unwrap_or_default()
    }
}

async fn create(State(notes): State<Notes>, command: Command<NewNote>) -> Result<Answer, ApiError> {
    let NewNote { id, text } = command.input;
    let effect = async |connection: &mut chassis::database::Connection| {
        let sql = Sql::new("INSERT INTO notes (id, text, version) VALUES (").bind(id).push(", ");
        connection.execute(sql.bind(text.as_str()).push(", 1)")).await?;
        if text == "slow" {
            notes.begun.notify_one();
            notes.go.notified().await;
        }
        if text == "refused" {
            return Err(ApiError::conflict("REFUSED", "not this one"));
        }
        let answer = Answer::created(&Note { id, text: text.clone() }, format!("/v1/notes/{id}"))?.version(1);
        Ok(Outcome::with_event(
            answer,
            Event { kind: "note.created", subject: id.to_string(), version: 1, data: json!({}) },
        ))
    };
    notes.ledger.write(&command.envelope, effect).await
}

async fn touch(State(notes): State<Notes>, Path(id): Path<i64>, envelope: Envelope) -> Result<Answer, ApiError> {
    let effect = async |connection: &mut chassis::database::Connection| {
        let sql = Sql::new("SELECT version FROM notes WHERE id = ").bind(id);
        let (version,): (i64,) = connection.optional(sql).await?.ok_or_else(|| ApiError::not_found("no such note"))?;
        envelope.check_version(version)?;
        connection.execute(Sql::new("UPDATE notes SET version = version + 1 WHERE id = ").bind(id)).await?;
        Ok(Outcome::silent(Answer::no_content().version(version + 1)))
    };
    notes.ledger.write(&envelope, effect).await
}

async fn panics() -> Result<Answer, ApiError> {
    panic!("on purpose")
}

async fn sleeps() -> Result<Answer, ApiError> {
    std::future::pending().await
}

impl Notebook {
    pub async fn open() -> Self {
        Self::with(|_| {}).await
    }

    pub async fn with(change: impl FnOnce(&mut ServiceSettings)) -> Self {
        Self::at(Arc::new(TestDatabase::create().await), change).await
    }

    /// Another instance on the same database.
    pub async fn beside(&self) -> Self {
        Self::at(Arc::clone(&self.home), |_| {}).await
    }

    async fn at(home: Arc<TestDatabase>, change: impl FnOnce(&mut ServiceSettings)) -> Self {
        let mut settings = ServiceSettings::new(home.url.clone(), "127.0.0.1:0".parse().unwrap());
        change(&mut settings);
        let clock = Clock::fixed(Time::from_millis(1_800_000_000_000));
        let (begun, go) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
        let database = Database::open(&settings.database(), MIGRATIONS, clock.clone()).await.unwrap();
        let ledger = Ledger::new(database.clone());
        let routes = Router::new()
            .route("/v1/notes", routing::post(create))
            .route("/v1/notes/{id}/touch", routing::post(touch))
            .route("/v1/panics", routing::get(panics))
            .route("/v1/sleeps", routing::get(sleeps))
            .with_state(Notes { ledger: ledger.clone(), begun: Arc::clone(&begun), go: Arc::clone(&go) });
        let keys = Box::new(|| Box::pin(async { Err("no keys here".to_owned()) }) as std::pin::Pin<Box<_>>);
        let parts = Parts { name: "notes", ledger, keys, routes: OpenApiRouter::from(routes) };
        let service = spawn(Service::new(&settings, parts).unwrap()).await;
        chassis::program::install_crypto();
        Self { service, database, clock, begun, go, client: reqwest::Client::new(), home }
    }

    pub fn request(&self, method: &str, path: &str) -> reqwest::RequestBuilder {
        self.client.request(method.parse().unwrap(), format!("{}{path}", self.service.url))
    }

    pub fn note(&self, id: i64, text: &str) -> reqwest::RequestBuilder {
        let body = json!({"id": id, "text": text, "unknown": true}).to_string();
        self.request("POST", "/v1/notes").header("content-type", "application/json").body(body)
    }

    pub async fn send(&self, request: reqwest::RequestBuilder) -> Reply {
        let response = request.send().await.unwrap();
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let body = response.bytes().await.unwrap();
        Reply { status, headers, json: serde_json::from_slice(&body).unwrap_or(Json::Null) }
    }

    /// How many notes there are.
    pub async fn count(&self) -> i64 {
        let mut connection = self.database.read(Deadline::after(Duration::from_secs(5))).await.unwrap();
        let (count,) = connection.optional::<(i64,)>(Sql::new("SELECT COUNT(*) FROM notes")).await.unwrap().unwrap();
        count
    }
}
