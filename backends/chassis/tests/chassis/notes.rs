//! A service that keeps notes: what `backends/user` is to people, as small as can be.

use std::{ops::Deref, sync::Arc};

use axum::{Router, extract::State, routing};
use chassis::{
    Answer, ApiError, Command, Envelope, Event, Ledger, Outcome, Parts, Path, Service, ServiceSettings,
    database::{Database, Migration, Sql},
    testing::{TestDatabase, TestService, with_json},
};
use contract::{Clock, Time};
use serde::{Deserialize, Serialize};
use serde_json::json;
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
    pub begun: Arc<Notify>,
    pub go: Arc<Notify>,
    service: TestService,
}

impl Deref for Notebook {
    type Target = TestService;

    fn deref(&self) -> &TestService {
        &self.service
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
        if let Some(millis) = text.strip_prefix("takes ") {
            tokio::time::sleep(std::time::Duration::from_millis(millis.parse().unwrap())).await;
        }
        if text == "refused" {
            return Err(ApiError::conflict("REFUSED", "not this one"));
        }
        let answer = Answer::created(&Note { id, text: text.clone() }, format!("/v1/notes/{id}"))?.version(1);
        Ok(Outcome::with_event(
            answer,
            Event { kind: "note.created", subject: id.to_string(), keys: Vec::new(), data: json!({"id": id}) },
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
        self.beside_with(|_| {}).await
    }

    /// Another instance with other settings.
    pub async fn beside_with(&self, change: impl FnOnce(&mut ServiceSettings)) -> Self {
        Self::at(Arc::clone(&self.home), change).await
    }

    async fn at(home: Arc<TestDatabase>, change: impl FnOnce(&mut ServiceSettings)) -> Self {
        let mut settings = home.settings();
        change(&mut settings);
        let clock = Clock::fixed(Time::from_millis(1_800_000_000_000));
        let (begun, go) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
        let ledger =
            Ledger::open(Database::open(&settings.database(), MIGRATIONS, clock).await.unwrap()).await.unwrap();
        let routes = Router::new()
            .route("/v1/notes", routing::post(create))
            .route("/v1/notes/{id}/touch", routing::post(touch))
            .route("/v1/panics", routing::get(panics))
            .route("/v1/sleeps", routing::get(sleeps))
            .with_state(Notes { ledger: ledger.clone(), begun: Arc::clone(&begun), go: Arc::clone(&go) });
        let keys = Box::new(|| Box::pin(async { Err("no keys here".to_owned()) }) as std::pin::Pin<Box<_>>);
        let parts = Parts { name: "notes", ledger, keys, events: &[], routes: OpenApiRouter::from(routes) };
        let service = TestService::start(Service::new(&settings, parts).unwrap(), home).await;
        Self { begun, go, service }
    }

    pub fn note(&self, id: i64, text: &str) -> reqwest::RequestBuilder {
        with_json(self.request("POST", "/v1/notes"), &json!({"id": id, "text": text, "unknown": true}))
    }

    /// How many notes there are.
    pub async fn count(&self) -> i64 {
        self.row::<(i64,)>("SELECT COUNT(*) FROM notes").await.0
    }
}
