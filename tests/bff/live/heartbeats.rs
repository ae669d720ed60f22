//! Signs of life on a stream of Server-Sent Events: they change nothing about the message that is being made.

use harness::stub::{Gate, Services};
use harness::town::Sizes;
use serde_json::json;
use tokio::time::{pause, resume};

use super::stream::{Stream, metric, position};
use crate::app::App;

const POSTS: &str = "subscription { postPublished { post { id } } }";

#[tokio::test]
async fn a_sign_of_life_does_not_begin_an_execution_anew() {
    let services = Services::start(Sizes::default()).await;
    let held = Gate::closed();
    services.gate(&["GET /v1/posts?ids"], &held);
    let app = App::with(services, |_| {}).await;
    position(&app).await;
    let mut stream = Stream::open(&app.client, POSTS, &json!({})).await.unwrap();
    let (post, author) = {
        let town = app.services.town();
        (town.posts[0].id.to_string(), town.posts[0].author_id.to_string())
    };
    app.services.feed("post").emit("post.published", &post, json!({"author_id": author, "version": 1}));
    held.arrived(1).await;
    pause();
    stream.sign_of_life().await;
    resume();
    held.open();
    assert_eq!(stream.data().await["postPublished"]["post"]["id"], post.as_str());
    assert!((metric(&app, "tessera_event_executions_total") - 1.0).abs() < f64::EPSILON);
    assert_eq!(app.services.calls_of("GET /v1/posts?ids").len(), 1);
}
