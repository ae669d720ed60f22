//! What the tests of live updates read beside streams: the BFF's position, and its metrics.

use harness::client::Answer;
pub use harness::stream::{Next, Stream};
use serde_json::json;

use crate::app::App;

/// The position of an answer that calls no service: that of the BFF itself, once it knows `sequence` of the post service.
pub async fn position(app: &App) -> String {
    let body = json!({"query": "{ __typename }", "extensions": {"position": true}});
    let answer = Answer::of(app.client.post(&body)).await.json();
    answer["extensions"]["position"].as_str().unwrap().to_owned()
}

/// A number among the metrics.
pub fn metric(app: &App, name: &str) -> f64 {
    let text = app.metrics.text();
    let line = text.lines().find(|line| line.split([' ', '{']).next() == Some(name));
    line.and_then(|line| line.rsplit(' ').next()?.parse().ok()).unwrap_or_else(|| panic!("no {name} in {text}"))
}
