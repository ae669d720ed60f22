//! The end of a connection that is not the client's doing: the server stops, or the connection is as old as it may be. Clients
//! connect again and resume.

use std::time::Duration;

use harness::stub::Services;
use harness::town::Sizes;
use serde_json::json;
use tessera::config::Config;
use tokio::time::Instant;

use super::{Socket, position};
use crate::app::App;

async fn app(adjust: impl FnOnce(&mut Config)) -> App {
    App::with(Services::start(Sizes::default()).await, |config| {
        config.http.linger = Duration::ZERO;
        adjust(config);
    })
    .await
}

#[tokio::test]
async fn a_server_that_stops_closes_its_sockets_within_the_drain_time() {
    let app = app(|config| config.http.drain = Duration::from_secs(2)).await;
    let after = position(&app).await;
    let mut sockets = Vec::new();
    for _ in 0..10 {
        let mut socket = Socket::anonymous(&app).await;
        socket.subscribe_to_posts("1", &after).await;
        socket.nothing_but_pong().await;
        sockets.push(socket);
    }
    let begun = Instant::now();
    drop(app);
    for socket in &mut sockets {
        assert_eq!(socket.closed().await, (1012, "Service Restart".to_owned()));
    }
    assert!(begun.elapsed() < Duration::from_secs(2), "{:?}", begun.elapsed());
}

#[tokio::test]
async fn an_operation_that_comes_while_the_server_stops_closes_its_socket() {
    let app = app(|config| config.http.drain = Duration::from_secs(600)).await;
    let mut socket = Socket::anonymous(&app).await;
    drop(app);
    // Until the server has noticed.
    let code = loop {
        socket.send(json!({"type": "subscribe", "id": "1", "payload": {"query": "{ __typename }"}})).await;
        match socket.next().await {
            super::Received::Message(next) => {
                assert_eq!(next["type"], "next", "{next}");
                assert_eq!(socket.receive().await["type"], "complete");
            }
            super::Received::Closed(code, _) => break code,
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(code, 1012);
}

#[tokio::test]
async fn a_connection_that_is_old_enough_is_closed() {
    let app = app(|config| config.events.lifetime = Duration::from_secs(1)).await;
    let mut socket = Socket::anonymous(&app).await;
    let begun = Instant::now();
    assert_eq!(socket.code().await, 1012);
    assert!(begun.elapsed() > Duration::from_millis(500), "{:?}", begun.elapsed());
}
