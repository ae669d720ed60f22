//! The listener for metrics: an address of its own, which clients cannot reach.

use std::net::SocketAddr;

use ::http::header::CONTENT_TYPE;
use axum::{Router, routing::get};
use tokio::net::TcpListener;

use super::StartError;
use crate::metrics::Metrics;

/// `GET /metrics`, and nothing else, at an address of its own.
pub(super) async fn serve(metrics: Metrics, listen: SocketAddr) -> Result<(), StartError> {
    const OPEN_METRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    let listener = TcpListener::bind(listen).await.map_err(|error| StartError::Metrics(listen, error))?;
    tracing::info!(address = %listener.local_addr()?, "metrics");
    let answer = async move || ([(CONTENT_TYPE, OPEN_METRICS)], metrics.text());
    tokio::spawn(axum::serve(listener, Router::new().route("/metrics", get(answer))).into_future());
    Ok(())
}
