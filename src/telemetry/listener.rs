//! The listener for metrics: `GET /metrics` at an address of its own, which clients cannot reach.

use std::{io, net::SocketAddr};

use ::http::header::CONTENT_TYPE;
use axum::{Router, routing::get};
use serde::{Deserialize, Serialize};
use tokio::net::TcpListener;

use super::Metrics;

/// The media type of the OpenMetrics text format.
const OPEN_METRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// `[metrics]`
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ListenerSettings {
    /// Address and port of `GET /metrics`, which clients must not reach. No listener by default.
    pub listen: Option<SocketAddr>,
}

/// Serves the metrics at that address.
///
/// # Errors
/// The address cannot be listened on.
pub(crate) async fn serve(metrics: Metrics, listen: SocketAddr) -> io::Result<()> {
    let listener = TcpListener::bind(listen).await?;
    tracing::info!(address = %listener.local_addr()?, "metrics");
    let response = async move || ([(CONTENT_TYPE, OPEN_METRICS)], metrics.text());
    tokio::spawn(axum::serve(listener, Router::new().route("/metrics", get(response))).into_future());
    Ok(())
}
