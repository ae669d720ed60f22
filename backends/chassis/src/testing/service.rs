//! A service under test, on a database and a port of its own, and the client of its routes. In: a service. Out: replies as
//! status, headers and JSON. Requests that cannot be sent fail the test.

#![expect(clippy::unwrap_used, clippy::disallowed_methods, reason = "a test whose request cannot be sent has failed")]

use std::{sync::Arc, time::Duration};

use contract::Clock;
use http::HeaderMap;
use reqwest::RequestBuilder;
use serde_json::Value as Json;
use sqlx::{FromRow, any::AnyRow};

use super::{RunningService, TestDatabase, openapi::Description, spawn};
use crate::{
    Deadline, Service,
    database::{Database, Sql},
};

/// A service under test.
pub struct TestService {
    /// The service, which runs until this is dropped.
    pub service: RunningService,
    /// Its database.
    pub database: Database,
    /// The same database, with the record of the statements that its outbox runs beside the requests.
    pub outbox: Database,
    /// Its clock.
    pub clock: Clock,
    /// Where its database is, for a second instance.
    pub home: Arc<TestDatabase>,
    client: reqwest::Client,
}

/// A response.
#[derive(Debug)]
pub struct Reply {
    /// The method of its request.
    pub method: String,
    /// The path of its request.
    pub path: String,
    /// Its status code.
    pub status: u16,
    /// Its headers.
    pub headers: HeaderMap,
    /// Its body; null if there is none.
    pub json: Json,
}

impl TestService {
    /// Serves the service, whose database is `home`.
    pub async fn start(service: Service, home: Arc<TestDatabase>) -> Self {
        let (database, outbox) = (service.database().clone(), service.outbox().database().clone());
        let (clock, client) = (database.clock().clone(), reqwest::Client::new());
        Self { service: spawn(service).await, database, outbox, clock, home, client }
    }

    /// An anonymous request.
    pub fn request(&self, method: &str, path: &str) -> RequestBuilder {
        self.client.request(method.parse().unwrap(), format!("{}{path}", self.service.url))
    }

    /// The response to a request. The future may be spawned: it borrows nothing.
    pub fn send(&self, request: RequestBuilder) -> impl Future<Output = Reply> + use<> {
        async move {
            let (client, request) = request.build_split();
            let request = request.unwrap();
            let (method, path) = (request.method().to_string(), request.url().path().to_owned());
            let response = client.execute(request).await.unwrap();
            let (status, headers) = (response.status().as_u16(), response.headers().clone());
            let body = response.bytes().await.unwrap();
            Reply { method, path, status, headers, json: serde_json::from_slice(&body).unwrap_or(Json::Null) }
        }
    }

    /// The response to a request, whose body is still to come.
    pub async fn open(&self, request: RequestBuilder) -> reqwest::Response {
        request.send().await.unwrap()
    }

    /// The response to an anonymous GET.
    pub async fn get(&self, path: &str) -> Reply {
        self.send(self.request("GET", path)).await
    }

    /// The first row of a statement.
    pub async fn row<T: for<'r> FromRow<'r, AnyRow> + Send + Unpin>(&self, sql: &'static str) -> T {
        let mut connection = self.database.read(Deadline::after(Duration::from_secs(20))).await.unwrap();
        connection.optional(Sql::new(sql)).await.unwrap().unwrap()
    }

    /// The service's own description of its routes.
    pub async fn description(&self) -> Description {
        Description::new(self.get("/openapi.json").await.json)
    }
}

impl Reply {
    /// A header's value; empty if it is absent.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// A text member of the body; empty if it is absent.
    pub fn text(&self, name: &str) -> &str {
        self.json[name].as_str().unwrap_or_default()
    }

    /// The code of the error.
    pub fn code(&self) -> &str {
        self.json["error"]["code"].as_str().unwrap_or_default()
    }

    /// The message of the error.
    pub fn message(&self) -> &str {
        self.json["error"]["message"].as_str().unwrap_or_default()
    }

    /// Status and code of the error.
    pub fn refusal(&self) -> (u16, &str) {
        (self.status, self.code())
    }

    /// The fields that the details of the error name.
    pub fn fields(&self) -> Vec<&str> {
        let details = self.json["error"]["details"].as_array();
        details.into_iter().flatten().map(|detail| detail["field"].as_str().unwrap()).collect()
    }
}

/// That text member of each item of a page, in the page's order.
pub fn members<'a>(page: &'a Json, name: &str) -> Vec<&'a str> {
    page["items"].as_array().unwrap().iter().map(|item| item[name].as_str().unwrap()).collect()
}

/// The request with a JSON body.
pub fn with_json(request: RequestBuilder, body: &Json) -> RequestBuilder {
    request.header("content-type", "application/json").body(body.to_string())
}
