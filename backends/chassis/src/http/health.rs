//! The routes of every service: liveness, readiness, metrics and the API description. In: the database, the metrics and
//! the description. Out: routes outside of `/v1`, without authentication and limits.

use std::{sync::Arc, time::Duration};

use axum::{
    Router,
    response::{IntoResponse, Response},
    routing::get,
};
use http::{StatusCode, header};
use utoipa::openapi::OpenApi;

use super::Edge;
use crate::{
    ApiError, Deadline,
    answers::json,
    database::{Database, Sql},
    metrics::CONTENT_TYPE,
};

/// The timeout of the database check.
const READY_WITHIN: Duration = Duration::from_secs(1);

pub(super) fn routes(database: Database, edge: &Edge, openapi: &OpenApi) -> Result<Router, serde_json::Error> {
    let metrics = Arc::clone(&edge.metrics);
    let description: Arc<[u8]> = serde_json::to_vec(openapi)?.into();
    Ok(Router::new()
        .route("/livez", get(|| async { StatusCode::NO_CONTENT }))
        .route("/readyz", get(move || ready(database.clone())))
        .route("/metrics", get(move || async move { exposition(metrics.encode()) }))
        .route("/openapi.json", get(move || async move { json(StatusCode::OK, description.to_vec()) })))
}

/// 204 when the database answers, 503 when it does not.
async fn ready(database: Database) -> Result<StatusCode, ApiError> {
    let mut connection = database.read(Deadline::after(READY_WITHIN)).await?;
    connection.optional::<(i64,)>(Sql::new("SELECT CAST(1 AS BIGINT)")).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn exposition(text: Result<String, std::fmt::Error>) -> Response {
    match text {
        Ok(text) => ([(header::CONTENT_TYPE, CONTENT_TYPE)], text).into_response(),
        Err(error) => ApiError::internal(error).into_response(),
    }
}
