//! What orchestrators ask: answered without a body, and to no other method.

use harness::client::Answer;
use reqwest::Method;

use crate::app::App;
use crate::http::assert_well_formed_failure;

#[tokio::test]
async fn health_is_told_without_a_body() {
    let mut app = App::start().await;
    app.services.stub("user").behave(harness::stub::Behaviour::Dead).await;
    for path in ["/livez", "/readyz"] {
        let answer = Answer::of(app.client.request(Method::GET, path)).await;
        assert_eq!((answer.status, answer.text.as_str()), (204, ""), "{path}: a dead service is not the BFF's death");
    }
}

#[tokio::test]
async fn health_takes_no_other_method() {
    let app = App::start().await;
    let answer = Answer::of(app.client.request(Method::POST, "/livez")).await;
    assert_eq!((answer.status, answer.header("allow")), (405, Some("GET, HEAD")));
    assert_well_formed_failure(&answer, "METHOD_NOT_ALLOWED");
}
