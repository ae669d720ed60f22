//! Which pages of other origins may ask: none, unless they are listed.

use harness::client::Answer;
use harness::stub::Services;
use harness::town::Sizes;
use reqwest::{Method, RequestBuilder};
use serde_json::json;
use tessera::http::Cors;

use crate::app::App;

const OURS: &str = "https://app.example.com";

async fn app(origins: &[&str], credentials: bool) -> App {
    let origins = origins.iter().map(|origin| origin.parse().unwrap()).collect();
    App::with(Services::start(Sizes::default()).await, |config| {
        config.cors = Cors { origins, credentials, ..Cors::default() };
    })
    .await
}

fn preflight(app: &App, origin: &str) -> RequestBuilder {
    let request = app.client.request(Method::OPTIONS, "/graphql").header("origin", origin);
    request
        .header("access-control-request-method", "POST")
        .header("access-control-request-headers", "authorization,content-type")
}

fn asks(app: &App, origin: &str) -> RequestBuilder {
    app.client.post(&json!({"query": "{ __typename }"})).header("origin", origin)
}

#[tokio::test]
async fn by_default_no_other_origin_may_read_and_none_may_prepare_to() {
    let app = App::start().await;
    let answer = Answer::of(preflight(&app, OURS)).await;
    assert_eq!((answer.status, answer.header("allow")), (405, Some("GET, HEAD, POST")));
    for answer in [answer, Answer::of(asks(&app, OURS)).await] {
        assert!(
            answer.headers.keys().all(|name| !name.as_str().starts_with("access-control-")),
            "{:?}",
            answer.headers
        );
    }
}

#[tokio::test]
async fn listed_origins_may_ask_and_no_others() {
    let app = app(&[OURS, "https://other.example.com:8443"], true).await;
    for (origin, allowed) in [
        (OURS, true),
        ("https://other.example.com:8443", true),
        ("https://other.example.com", false),
        ("https://app.example.com.evil.com", false),
        ("http://app.example.com", false),
        ("null", false),
    ] {
        for answer in [Answer::of(preflight(&app, origin)).await, Answer::of(asks(&app, origin)).await] {
            assert_eq!(answer.status, 200, "{origin}");
            assert_eq!(answer.header("access-control-allow-origin"), allowed.then_some(origin), "{origin}");
            assert!(answer.headers.get_all("vary").iter().any(|vary| vary == "origin"), "{origin}");
        }
    }
    let preflight = Answer::of(preflight(&app, OURS)).await;
    assert_eq!(preflight.header("access-control-allow-methods"), Some("GET,POST"));
    assert_eq!(preflight.header("access-control-allow-headers"), Some("authorization,content-type"));
    assert_eq!(preflight.header("access-control-allow-credentials"), Some("true"));
    assert_eq!(preflight.header("access-control-max-age"), Some("3600"));
    let answer = Answer::of(asks(&app, OURS)).await;
    assert!(answer.header("access-control-expose-headers").unwrap().contains("x-request-id"));
    answer.data();
}

#[tokio::test]
async fn all_origins_may_ask_if_the_list_says_so_and_never_with_credentials() {
    let app = app(&["*"], false).await;
    let answer = Answer::of(asks(&app, "https://anywhere.example.com")).await;
    assert_eq!(answer.header("access-control-allow-origin"), Some("*"));
    assert_eq!(answer.header("access-control-allow-credentials"), None);
    assert!(answer.headers.get_all("vary").iter().all(|vary| vary != "origin"), "{:?}", answer.headers);
}
