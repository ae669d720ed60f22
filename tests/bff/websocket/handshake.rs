//! The opening handshake: what is accepted with 101, and each refusal.

use harness::client::Answer;
use harness::stub::Services;
use harness::town::Sizes;
use reqwest::{Method, Version};
use tessera::config::Config;
use tessera::http::Cors;

use super::Socket;
use super::raw::{HANDSHAKE, Raw};
use crate::app::App;

async fn app(adjust: impl FnOnce(&mut Config)) -> App {
    App::with(Services::start(Sizes::default()).await, adjust).await
}

/// The usual handshake without one of its headers, and with these.
fn changed(without: &str, lines: &str) -> String {
    let is_kept = |line: &&str| without.is_empty() || !line.starts_with(&format!("{without}:"));
    let kept: Vec<&str> = HANDSHAKE.trim_end().lines().filter(is_kept).collect();
    format!("{}\r\n{lines}\r\n", kept.join("\r\n"))
}

/// Status and head of the response to a handshake.
async fn answer(app: &App, head: &str) -> (u16, String) {
    let response = Raw::connect(app, head.as_bytes()).await.head().await;
    let status = response.split(' ').nth(1).unwrap().parse().unwrap();
    (status, response)
}

async fn assert_statuses(app: &App, rows: &[(&str, &str, u16)]) {
    for (without, lines, expected) in rows {
        let (status, head) = answer(app, &changed(without, lines)).await;
        assert_eq!(status, *expected, "without {without:?}, with {lines:?}: {head}");
    }
}

#[tokio::test]
async fn a_good_handshake_is_accepted_on_both_paths() {
    let app = App::start().await;
    for path in ["/graphql", "/graphql/ws", "/graphql?x=y"] {
        let (status, head) = answer(&app, &HANDSHAKE.replace("/graphql/ws", path)).await;
        assert_eq!(status, 101, "{head}");
        // RFC 6455, section 1.3, has this key and this accept value.
        assert!(head.contains("sec-websocket-accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"), "{head}");
        assert!(head.contains("sec-websocket-protocol: graphql-transport-ws\r\n"), "{head}");
        assert!(!head.contains("sec-websocket-extensions"), "{head}");
    }
    for path in ["/livez", "/", "/graphql/", "/graphql/ws/", "/graphql/abc"] {
        let (status, head) = answer(&app, &HANDSHAKE.replace("/graphql/ws", path)).await;
        assert_ne!(status, 101, "{path}: {head}");
    }
}

#[tokio::test]
async fn the_sub_protocol_may_be_one_of_a_list_and_must_be_ours() {
    let app = App::start().await;
    let without = "sec-websocket-protocol";
    assert_statuses(
        &app,
        &[
            (without, "sec-websocket-protocol: graphql-ws, graphql-transport-ws\r\n", 101),
            (without, "sec-websocket-protocol: graphql-ws\r\nSec-WebSocket-Protocol: graphql-transport-ws\r\n", 101),
            (without, "sec-websocket-protocol: graphql-ws\r\n", 400),
            (without, "sec-websocket-protocol: graphql-transport-ws2\r\n", 400),
            // Names of sub-protocols are compared as they are: the client did not offer ours.
            (without, "sec-websocket-protocol: GraphQL-Transport-WS\r\n", 400),
            (without, "sec-websocket-protocol:\r\n", 400),
            (without, "", 400),
        ],
    )
    .await;
}

#[tokio::test]
async fn version_key_and_connection_are_as_the_specification_says() {
    let app = App::start().await;
    let key = "sec-websocket-key";
    assert_statuses(
        &app,
        &[
            ("sec-websocket-version", "", 426),
            ("sec-websocket-version", "sec-websocket-version: 12\r\n", 426),
            ("sec-websocket-version", "sec-websocket-version: 13, 8\r\n", 426),
            (key, "", 400),
            (key, "sec-websocket-key:\r\n", 400),
            (key, "sec-websocket-key: dGhlIHNhbXBsZQ==\r\n", 400),
            (key, "sec-websocket-key: !!!!!!!!!!!!!!!!!!!!!!==\r\n", 400),
            (key, "sec-websocket-key: dGhlIHNhbXBsZSBub25jZQAA\r\n", 400),
            ("connection", "connection: keep-alive, Upgrade\r\n", 101),
            ("connection", "connection: keep-alive\r\n", 400),
            ("upgrade", "upgrade: WebSocket\r\n", 101),
        ],
    )
    .await;
    let (_, head) = answer(&app, &changed("sec-websocket-version", "")).await;
    assert!(head.contains("sec-websocket-version: 13\r\n"), "{head}");
    // Another upgrade, or none, is a request like any other.
    let (status, head) = answer(&app, &changed("upgrade", "upgrade: h2c\r\n")).await;
    assert!((400..500).contains(&status), "{head}");
}

#[tokio::test]
async fn only_a_get_of_http_1_1_is_a_handshake() {
    let app = App::start().await;
    for (from, to) in [("GET", "POST"), ("GET", "HEAD"), ("HTTP/1.1", "HTTP/1.0")] {
        let (status, head) = answer(&app, &HANDSHAKE.replace(from, to)).await;
        assert_eq!(status, 400, "{from} {to}: {head}");
    }
    let http = reqwest::Client::builder().no_proxy().http2_prior_knowledge().build().unwrap();
    let request = http.request(Method::GET, format!("http://{}/graphql/ws", app.address)).version(Version::HTTP_2);
    let answer = Answer::of(request.header("sec-websocket-protocol", "graphql-transport-ws")).await;
    assert!((400..500).contains(&answer.status), "{}", answer.text);
    app.client.run("{ __typename }").await.data();
}

#[tokio::test]
async fn pages_of_our_own_host_and_of_listed_origins_may_connect_and_no_others() {
    let app = app(|config| {
        config.cors = Cors { origins: vec!["https://app.example.com".parse().unwrap()], ..Cors::default() };
    })
    .await;
    assert_statuses(
        &app,
        &[
            ("", "origin: http://tessera\r\n", 101),
            ("", "origin: https://TESSERA\r\n", 101),
            ("", "origin: https://app.example.com\r\n", 101),
            ("", "origin: http://app.example.com\r\n", 403),
            ("", "origin: https://app.example.com.evil.com\r\n", 403),
            ("", "origin: http://tessera:8080\r\n", 403),
            ("", "origin: http://tessera.evil.com\r\n", 403),
            ("", "origin: http://evil.com/tessera\r\n", 403),
            ("", "origin: http://tessera@evil.com\r\n", 403),
            ("", "origin: null\r\n", 403),
            ("", "origin: tessera\r\n", 403),
            ("", "origin:\r\n", 403),
            ("", "origin: \u{ff}\r\n", 403),
            ("", "origin: http://evil.com\r\nx-forwarded-host: evil.com\r\n", 403),
            ("host", "host: tessera:8080\r\norigin: http://tessera:8080\r\n", 101),
        ],
    )
    .await;
}

#[tokio::test]
async fn a_trusted_proxy_tells_which_host_is_ours() {
    let app = app(|config| config.http.trusted_proxies = vec!["127.0.0.1".parse().unwrap()]).await;
    assert_statuses(
        &app,
        &[
            ("", "origin: https://www.example.com\r\nx-forwarded-host: www.example.com\r\n", 101),
            ("", "origin: https://www.example.com:8443\r\nx-forwarded-host: www.example.com:8443\r\n", 101),
            ("", "origin: https://www.example.com\r\n", 403),
            ("", "origin: https://evil.com\r\nx-forwarded-host: www.example.com\r\n", 403),
            ("", "origin: http://tessera\r\nx-forwarded-host: www.example.com\r\n", 403),
            ("", "origin: http://tessera\r\n", 101),
        ],
    )
    .await;
}

#[tokio::test]
async fn a_network_with_too_many_connections_is_429_and_its_places_are_free_again() {
    let app = app(|config| {
        config.events.max_per_network = 2;
        config.http.trusted_proxies = vec!["127.0.0.1".parse().unwrap()];
    })
    .await;
    let of = |address: &'static str| [("x-forwarded-for", address)];
    let first = Socket::open_with(&app, &of("203.0.113.8")).await;
    let second = Socket::open_with(&app, &of("203.0.113.8")).await;
    let handshake = |address: &str| changed("", &format!("x-forwarded-for: {address}\r\n"));
    let (status, head) = answer(&app, &handshake("203.0.113.8")).await;
    assert_eq!(status, 429, "{head}");
    assert_eq!(answer(&app, &handshake("203.0.113.9")).await.0, 101, "another network has its own places");
    // One by a close frame, one by hanging up.
    first.close().await;
    drop(second);
    let mut sockets = Vec::new();
    while sockets.len() < 2 {
        let mut socket = Raw::connect(&app, handshake("203.0.113.8").as_bytes()).await;
        if socket.head().await.starts_with("HTTP/1.1 101") {
            sockets.push(socket);
        }
    }
    assert_eq!(answer(&app, &handshake("203.0.113.8")).await.0, 429);
}

#[tokio::test]
async fn a_process_with_too_many_connections_is_503() {
    let app = app(|config| config.events.max_sockets = 1).await;
    let mut only = Socket::anonymous(&app).await;
    let (status, head) = answer(&app, HANDSHAKE).await;
    assert_eq!(status, 503, "{head}");
    only.nothing_but_pong().await;
    app.client.run("{ __typename }").await.data();
    drop(only);
    while answer(&app, HANDSHAKE).await.0 != 101 {}
}

#[tokio::test]
async fn a_viewer_with_too_many_connections_is_closed_with_1013() {
    let app = app(|config| config.events.max_per_viewer = 1).await;
    let first = Socket::person(&app, 1).await;
    let mut second = Socket::open(&app).await;
    let init = |number| {
        serde_json::json!({"type": "connection_init",
        "payload": {"authorization": app.services.token(number)}})
    };
    second.send(init(1)).await;
    assert_eq!(second.code().await, 1013);
    Socket::person(&app, 2).await;
    first.close().await;
    let mut is_free = false;
    while !is_free {
        let mut again = Socket::open(&app).await;
        again.send(init(1)).await;
        is_free = matches!(again.next().await, super::Received::Message(_));
    }
}
