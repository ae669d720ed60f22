//! What a CDN may keep: public answers of a GET without errors; everything else says `no-store`.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use harness::client::{Answer, Client, GRAPHQL_RESPONSE, Packed};
use harness::stub::{Behaviour, Services};
use harness::town::Sizes;
use reqwest::header::HeaderName;
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};
use tessera::graphql::SCALAR_CHECKS;
use tessera::http::{CacheHeaders, Cors, TagSeparator};
use tessera::operations::{Limits, Operations};

use crate::app::App;

const HOME_FEED: &str = include_str!("../../persisted-queries/web/HomeFeed.graphql");
const POST_PAGE: &str = include_str!("../../persisted-queries/web/PostPage.graphql");
const PROFILE: &str = include_str!("../../persisted-queries/web/Profile.graphql");
const MY_ORDERS: &str = include_str!("../../persisted-queries/web/MyOrders.graphql");
const COMPACT_FEED: &str = include_str!("../../persisted-queries/mobile/CompactFeed.graphql");

const KEPT: &str = "public, max-age=0, must-revalidate, s-maxage=60, stale-while-revalidate=30, stale-if-error=300";
const KEPT_BY_CDN: &str = "max-age=60, stale-while-revalidate=30, stale-if-error=300";
const NEVER: &str = "private, no-store";
/// Headers of one request or viewer.
const PERSONAL: [&str; 6] =
    ["x-request-id", "server-timing", "set-cookie", "x-ratelimit-limit", "x-ratelimit-remaining", "x-ratelimit-reset"];

fn get(client: &Client, query: &str, variables: &Value) -> RequestBuilder {
    client.get(&[("query", query), ("variables", &variables.to_string())])
}

pub async fn got(app: &App, query: &str) -> Answer {
    Answer::of(get(&app.client, query, &json!({}))).await
}

/// All values of `Vary`, as one sorted list in lower case.
fn vary(headers: &reqwest::header::HeaderMap) -> Vec<String> {
    let values = headers.get_all("vary").iter().map(|value| value.to_str().unwrap().to_ascii_lowercase());
    let mut names: Vec<_> =
        values.collect::<Vec<_>>().join(",").split(',').map(|name| name.trim().to_owned()).collect();
    names.sort();
    names
}

pub fn assert_kept(answer: &Answer, what: &str) {
    assert_eq!((answer.status, answer.header("cache-control")), (200, Some(KEPT)), "{what}: {}", answer.text);
    assert_eq!(answer.header("cdn-cache-control"), Some(KEPT_BY_CDN), "{what}");
    assert_eq!(vary(&answer.headers), ["accept", "accept-encoding"], "{what}");
    assert!(answer.header("etag").is_some_and(|etag| etag.starts_with("W/\"") && etag.len() == 36), "{what}");
    for name in PERSONAL {
        assert_eq!(answer.header(name), None, "{what}");
    }
}

fn assert_not_kept(answer: &Answer, what: &str) {
    assert_eq!(answer.header("cache-control"), Some(NEVER), "{what}: {}", answer.text);
    for name in ["etag", "surrogate-key", "cdn-cache-control"] {
        assert_eq!(answer.header(name), None, "{what}");
    }
    assert!(answer.header("x-request-id").is_some() && answer.header("server-timing").is_some(), "{what}");
}

#[tokio::test]
async fn the_read_heavy_operations_are_public_and_the_viewer_s_are_not() {
    let app = App::start().await;
    let (post, handle) = {
        let town = app.services.town();
        (town.posts[7].id, town.users[1].handle.clone())
    };
    for (query, variables) in
        [(HOME_FEED, json!({})), (COMPACT_FEED, json!({"first": 3})), (POST_PAGE, json!({"id": post}))]
    {
        let answer = Answer::of(get(&app.client, query, &variables)).await;
        answer.data();
        assert_kept(&answer, query);
    }
    for (query, variables) in [(PROFILE, json!({"handle": handle})), (MY_ORDERS, json!({}))] {
        for client in [&app.client, &app.person(1)] {
            let answer = Answer::of(get(client, query, &variables)).await;
            answer.data();
            assert_not_kept(&answer, query);
        }
    }
}

#[tokio::test]
async fn only_a_get_of_a_public_query_that_went_well_is_kept() {
    let app = App::start().await;
    let order = app.services.town().orders[0].id;
    let posts = "{ posts(first: 2) { nodes { title } } }";
    assert_kept(&got(&app, posts).await, "the same by GET");
    assert_not_kept(&app.client.run(posts).await, "POST");
    for (query, what) in [
        ("{ viewer { id } }".to_owned(), "the viewer"),
        ("{ posts(first: 2) { nodes { viewerLikes } } }".to_owned(), "a flag of the viewer"),
        (format!("{{ order(id: \"{order}\") {{ id }} }}"), "an order"),
        (format!("{{ node(id: \"{order}\") {{ id }} }}"), "behind an interface"),
        ("{ __schema { queryType { name } } }".to_owned(), "introspection"),
        ("{ __typename }".to_owned(), "nothing"),
        ("{ nothing }".to_owned(), "not valid"),
        ("{ posts(first: 0) { nodes { title } } }".to_owned(), "a bad argument"),
        ("mutation { logOut { userErrors { code } } }".to_owned(), "a mutation"),
    ] {
        assert_not_kept(&got(&app, &query).await, what);
    }
    let accepts_nothing = app.client.get(&[("query", posts)]).header("accept", "text/html");
    assert_not_kept(&Answer::of(accepts_nothing).await, "not acceptable");
    let stranger = app.client.signed_in("no token".into());
    assert_not_kept(&Answer::of(stranger.get(&[("query", posts)])).await, "a bad token");
}

#[tokio::test]
async fn head_is_answered_as_get_without_the_body() {
    let app = App::start().await;
    let public = "{ posts(first: 2) { nodes { title } } }";
    let queries =
        [public, "{ viewer { id } }", "{ __typename }", "{ nothing }", "mutation { logOut { userErrors { code } } }"];
    for query in queries {
        let url = format!("/graphql?query={}", query.replace(' ', "%20"));
        let get = Answer::of(app.client.request(Method::GET, &url)).await;
        let head = Answer::of(app.client.request(Method::HEAD, &url)).await;
        assert_eq!((head.status, head.text.as_str()), (get.status, ""), "{query}");
        let names = ["content-type", "content-length", "cache-control", "etag", "surrogate-key", "vary", "allow"];
        for name in names {
            assert_eq!(head.header(name), get.header(name), "{query}: {name}");
        }
    }
    for path in ["/livez", "/readyz"] {
        assert_eq!(Answer::of(app.client.request(Method::HEAD, path)).await.status, 204, "{path}");
    }
}

#[tokio::test]
async fn an_answer_with_an_error_is_not_kept_and_the_next_good_one_is() {
    let mut app = App::start().await;
    let query = "{ posts(first: 2) { nodes { title author { name } } } }";
    app.services.stub("user").behave(Behaviour::Dead).await;
    let answer = got(&app, query).await;
    assert!(answer.status == 200 && !answer.errors().is_empty());
    assert_not_kept(&answer, "a dead service");
    app.services.stub("user").behave(Behaviour::Well).await;
    assert_kept(&got(&app, query).await, "alive again");
}

#[tokio::test]
async fn a_public_answer_is_the_same_for_everybody() {
    let app = App::start().await;
    let query = "{ users(first: 3) { nodes { handle posts(first: 2) { nodes { title likeCount } } } } }";
    let mut anonymous = got(&app, query).await;
    anonymous.headers.remove("date");
    for person in [0, 1] {
        let mut answer = Answer::of(get(&app.person(person), query, &json!({}))).await;
        assert_kept(&answer, "signed in");
        answer.headers.remove("date");
        assert_eq!((&answer.text, &answer.headers), (&anonymous.text, &anonymous.headers));
    }
    assert!(app.services.calls().iter().all(|call| call.header("authorization").is_none()));
}

/// Were the schema wrong about a field of the viewer, the answer would still be nobody's.
#[tokio::test]
async fn nothing_of_a_viewer_gets_into_an_answer_that_the_schema_calls_public() {
    let wrong = |pipeline: &mut tessera::requests::Pipeline| {
        let sdl = pipeline.schema.sdl();
        let lied = sdl.replacen(
            "viewerLikes: Boolean @access(rule: VIEWER) @cacheControl(scope: PRIVATE)",
            "viewerLikes: Boolean",
            1,
        );
        assert_ne!(lied, sdl);
        let limits = Limits::default();
        pipeline.operations = Operations::new(&lied, limits, SCALAR_CHECKS.into_iter().collect()).unwrap();
    };
    let app = App::changed(Services::start(Sizes::default()).await, |_| {}, wrong).await;
    let answer = Answer::of(get(&app.person(1), "{ posts(first: 9) { nodes { viewerLikes } } }", &json!({}))).await;
    assert_kept(&answer, "the schema lies");
    let posts = answer.data()["posts"]["nodes"].take();
    assert!(posts.as_array().unwrap().iter().all(|post| post["viewerLikes"].is_null()), "{posts}");
    assert!(app.services.calls_of("GET /v1/likes").is_empty());
}

#[tokio::test]
async fn who_has_the_answer_already_hears_only_that() {
    let app = App::start().await;
    let query = "{ posts(first: 30) { nodes { title body } } }";
    let first = got(&app, query).await;
    let etag = first.header("etag").unwrap().to_owned();
    let asks = |known: &str| get(&app.client, query, &json!({})).header("if-none-match", known);
    let strong = etag.trim_start_matches("W/").to_owned();
    for known in [etag.clone(), strong, "*".to_owned(), format!("\"a,b\", {etag}")] {
        let answer = Answer::of(asks(&known).header("accept-encoding", "gzip")).await;
        assert_eq!((answer.status, answer.text.as_str()), (304, ""), "{known}");
        for name in ["cache-control", "cdn-cache-control", "etag", "surrogate-key", "vary"] {
            assert_eq!(answer.headers.get(name), first.headers.get(name), "{known} {name}");
        }
        for name in PERSONAL.into_iter().chain(["content-type", "content-encoding", "content-length"]) {
            assert_eq!(answer.header(name), None, "{known}");
        }
    }
    for known in ["\"other\"", "W/\"other\"", "", &etag.replace('"', "")] {
        let answer = Answer::of(asks(known)).await;
        assert_eq!((answer.status, &answer.text), (200, &first.text), "{known}");
    }
    // Another media type is another answer; a change is one too.
    let other = Answer::of(asks(&etag).header("accept", GRAPHQL_RESPONSE)).await;
    assert_eq!(other.status, 200);
    assert_ne!(other.header("etag"), Some(etag.as_str()));
    app.services.town().posts.last_mut().unwrap().title = "changed".into();
    assert_kept(&Answer::of(asks(&etag)).await, "changed");
    // What is not kept is never known.
    let private = app.client.get(&[("query", "{ viewer { id } }")]).header("if-none-match", "*");
    assert_eq!(Answer::of(private).await.status, 200);
    let posted = app.client.post(&json!({"query": query})).header("if-none-match", "*");
    assert_eq!(Answer::of(posted).await.status, 200);
}

#[tokio::test]
async fn a_packed_answer_says_once_what_it_depends_on() {
    let app = App::start().await;
    let query = "{ posts(first: 50) { nodes { title body } } }";
    let plain = got(&app, query).await;
    let asks = || get(&app.client, query, &json!({})).header("accept-encoding", "gzip");
    let packed = Packed::of(asks()).await;
    assert_eq!(packed.headers["content-encoding"], "gzip");
    assert_eq!(vary(&packed.headers), ["accept", "accept-encoding"]);
    assert_eq!(packed.headers["etag"], plain.header("etag").unwrap());
    let origin = "https://app.example.com";
    let app = App::with(Services::start(Sizes::default()).await, |config| {
        config.cors = Cors { origins: vec![origin.parse().unwrap()], ..Cors::default() };
    })
    .await;
    let asked = get(&app.client, query, &json!({})).header("accept-encoding", "gzip").header("origin", origin);
    assert_eq!(vary(&Packed::of(asked).await.headers), ["accept", "accept-encoding", "origin"]);
}

#[tokio::test]
async fn names_and_times_are_settings() {
    let app = App::with(Services::start(Sizes::default()).await, |config| {
        config.caching = CacheHeaders {
            browser_max_age: Duration::from_secs(5),
            stale_while_revalidate: Duration::from_secs(7),
            stale_if_error: Duration::ZERO,
            tag_header: HeaderName::from_static("cache-tag"),
            tag_separator: TagSeparator::Comma,
        };
    })
    .await;
    let answer = got(&app, "{ posts(first: 2) { nodes { title } } }").await;
    assert_eq!(
        answer.header("cache-control"),
        Some("public, max-age=5, must-revalidate, s-maxage=60, stale-while-revalidate=7, stale-if-error=0")
    );
    let targeted = Some("max-age=60, stale-while-revalidate=7, stale-if-error=0");
    assert_eq!(answer.header("cdn-cache-control"), targeted);
    assert_eq!(answer.header("surrogate-key"), None);
    assert_eq!(answer.header("cache-tag").unwrap().split(',').filter(|tag| tag.starts_with("pst_")).count(), 2);
}

#[tokio::test]
async fn who_asks_what_it_cost_gets_an_answer_of_their_own() {
    let services = Services::start(Sizes::default()).await;
    let app = App::with(services, |config| {
        config.http.development = true;
        config.limits = Limits::default();
    })
    .await;
    let query = "{ posts(first: 2) { nodes { title } } }";
    assert_kept(&got(&app, query).await, "not asked");
    let answer = Answer::of(get(&app.client, query, &json!({})).header("x-tessera-cost", "1")).await;
    assert!(answer.json()["extensions"]["cost"].is_object());
    assert_not_kept(&answer, "asked");
}

/// What a proxy reads: not a byte after the head of a 304.
#[tokio::test]
async fn nothing_follows_the_head_of_a_304() {
    let app = App::start().await;
    let address = app.address;
    let read = tokio::task::spawn_blocking(move || {
        let mut socket = TcpStream::connect(address).unwrap();
        let target = "/graphql?query=%7Bposts(first:1)%7Bnodes%7Btitle%7D%7D%7D";
        let head = format!("GET {target} HTTP/1.1\r\nhost: x\r\nif-none-match: *\r\nconnection: close\r\n\r\n");
        socket.write_all(head.as_bytes()).unwrap();
        let mut text = String::new();
        socket.read_to_string(&mut text).unwrap();
        text
    });
    let text = read.await.unwrap();
    assert!(text.starts_with("HTTP/1.1 304 ") && text.ends_with("\r\n\r\n"), "{text}");
}
