//! One request can be found in all four logs: its id and its trace are taken over from the client, or made, and passed on.

use harness::client::Answer;
use serde_json::json;

use crate::app::App;

#[tokio::test]
async fn the_request_id_and_the_trace_go_through_to_the_services() {
    let app = App::start().await;
    let trace = "0af7651916cd43dd8448eb211c80319c";
    let query = json!({"query": "{ users(first: 1) { nodes { posts(first: 1) { nodes { id } } } } }"});
    let request = app.client.post(&query).header("x-request-id", "from-the-edge.1");
    let answer = Answer::of(request.header("traceparent", format!("00-{trace}-b7ad6b7169203331-01"))).await;
    assert_eq!(answer.header("x-request-id"), Some("from-the-edge.1"));
    let calls = app.services.calls();
    let spans: Vec<&str> = calls.iter().map(|call| call.header("traceparent").unwrap()).collect();
    assert!(spans.iter().all(|span| span.starts_with(&format!("00-{trace}-")) && span.ends_with("-01")), "{spans:?}");
    assert!(
        spans[0] != spans[1] && !spans[0].contains("b7ad6b7169203331"),
        "each call is a span of its own: {spans:?}"
    );
    for call in &calls {
        assert_eq!(call.header("x-request-id"), Some("from-the-edge.1"));
        assert_eq!(call.header("x-api-key"), Some("a key of the tests"));
        assert_eq!(call.header("x-client-address"), Some("127.0.0.1"));
    }
}

#[tokio::test]
async fn without_a_good_request_id_or_trace_there_are_new_ones() {
    let app = App::start().await;
    let mut ids = Vec::new();
    for hostile in
        [None, Some("with space".to_owned()), Some("x".repeat(200)), Some("quote\"".into()), Some(String::new())]
    {
        let mut request = app.client.post(&json!({"query": "{ posts(first: 1) { nodes { id } } }"}));
        if let Some(id) = &hostile {
            request = request.header("x-request-id", id).header("traceparent", "00-0-0-00");
        }
        let answer = Answer::of(request).await;
        let id = answer.header("x-request-id").unwrap().to_owned();
        assert!(id.len() == 32 && hostile.as_ref() != Some(&id), "{id}");
        assert_eq!(app.services.calls().last().unwrap().header("x-request-id"), Some(id.as_str()));
        ids.push(id);
    }
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), 5);
}

#[tokio::test]
async fn the_trace_state_of_other_vendors_goes_through_and_unknown_flags_do_not() {
    let app = App::start().await;
    let query = json!({"query": "{ users(first: 1) { nodes { posts(first: 1) { nodes { id } } } } }"});
    let parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-ff";
    let long = format!("long={}", "x".repeat(256));
    let states = ["rojo=00f067aa0ba902b7", " congo=t61rcWkgMzE , other@system=1", long.as_str()];
    let sent = |parent: &str, states: &[&str]| {
        let request = app.client.post(&query).header("traceparent", parent);
        states.iter().fold(request, |request, state| request.header("tracestate", *state))
    };
    Answer::of(sent(parent, &states)).await.data();
    let expected = format!("rojo=00f067aa0ba902b7,congo=t61rcWkgMzE,other@system=1,{long}");
    for call in app.services.calls() {
        assert_eq!(call.header("tracestate"), Some(expected.as_str()), "{}", call.route);
        assert!(call.header("traceparent").is_some_and(|parent| parent.ends_with("-01")), "unknown flags are zero");
    }
    app.services.forget_calls();
    for (parent, states) in [("00-0-0-00", &states[..]), (parent, &["no state"])] {
        Answer::of(sent(parent, states)).await.data();
    }
    assert!(app.services.calls().iter().all(|call| call.header("tracestate").is_none()), "dropped");
}
