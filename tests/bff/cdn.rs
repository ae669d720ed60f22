//! The edges of `deploy/cdn/`, started for real in front of the real binary: what is the same for everybody is answered by
//! them, a purge is seen at once, and nobody ever gets what is another viewer's.

pub mod edge;

use std::collections::HashMap;

use futures::future::join_all;
use harness::client::{Client, Packed};
use harness::generator::Random;
use harness::stub::Services;
use harness::town::Sizes;
use reqwest::header::HeaderMap;
use reqwest::{Method, RequestBuilder};
use tessera::operations::documents::sha256;

use crate::binary::Program;
use edge::Edge;

/// How clients spell what they accept; two of them mean the newer type.
const ACCEPTS: [&str; 5] = [
    "application/graphql-response+json, application/json;q=0.9",
    "application/json",
    "*/*",
    "application/graphql-response+json,application/json",
    "application/json, text/plain, */*",
];
const CODINGS: [&str; 4] = ["identity", "gzip", "br, gzip", "gzip, deflate, br, zstd"];
/// What is of one request, or of the edge itself.
const OWN: [&str; 17] = [
    "age",
    "date",
    "via",
    "server",
    "connection",
    "accept-ranges",
    "x-cache",
    "x-varnish",
    "content-length",
    "transfer-encoding",
    "keep-alive",
    "server-timing",
    "x-ratelimit-limit",
    "x-ratelimit-remaining",
    "x-ratelimit-reset",
    "x-request-id",
    "content-encoding",
];

/// The path of a trusted document, with its variables.
fn path(file: &str, variables: &str) -> String {
    let text = std::fs::read_to_string(format!("{}/persisted-queries/{file}.graphql", env!("CARGO_MANIFEST_DIR")));
    let variables: String = variables.bytes().map(|byte| format!("%{byte:02X}")).collect();
    format!("/graphql/{}?variables={variables}", sha256(&text.unwrap()))
}

/// The real binary with its own trusted documents, in front of stub services.
async fn tessera(services: &Services) -> Program {
    let settings = [
        ("TESSERA__DOCUMENTS__POLICY", "id_only"),
        ("TESSERA__BUDGETS__CAPACITY", "1000000000000"),
        ("TESSERA__BUDGETS__PER_SECOND", "1000000000000"),
        ("TESSERA__LOG__LEVEL", "warn,tessera::server=info"),
    ];
    Program::serve(services, &settings).await
}

fn get(client: &Client, path: &str, accept: &str, coding: &str) -> RequestBuilder {
    client.request(Method::GET, path).header("accept", accept).header("accept-encoding", coding)
}

/// Whether the edge has answered that request itself.
pub async fn is_hit_of(request: RequestBuilder) -> bool {
    is_hit(&Packed::of(request).await)
}

fn is_hit(answer: &Packed) -> bool {
    let state = answer.headers.get("x-cache").and_then(|state| state.to_str().ok());
    state.is_some_and(|state| matches!(state, "HIT" | "STALE" | "UPDATING"))
}

/// The headers that must be the same wherever the answer comes from.
fn headers(headers: &HeaderMap) -> Vec<(String, String)> {
    let mut kept: Vec<_> = headers
        .iter()
        .filter(|(name, _)| !OWN.contains(&name.as_str()))
        .map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned()))
        .collect();
    kept.sort();
    kept
}

#[tokio::test]
async fn a_read_heavy_mix_is_answered_by_the_edge() {
    let services = Services::start(Sizes::default()).await;
    let program = tessera(&services).await;
    let posts: Vec<String> = services.town().posts.iter().take(40).map(|post| post.id.to_string()).collect();
    let mut paths: Vec<String> = posts.iter().map(|id| path("web/PostPage", &format!("{{\"id\":\"{id}\"}}"))).collect();
    paths.extend((1..=5).map(|first| path("web/HomeFeed", &format!("{{\"first\":{first}}}"))));
    paths.extend((1..=5).map(|first| path("mobile/CompactFeed", &format!("{{\"first\":{first}}}"))));
    for edge in [Edge::nginx(&program.address).await, Edge::varnish(&program.address).await] {
        for path in &paths {
            for accept in [ACCEPTS[0], ACCEPTS[1]] {
                Packed::of(get(&edge.client, path, accept, "gzip")).await;
            }
        }
        let before = services.calls().len();
        let mut random = Random::new(7);
        let mut hits = 0;
        for place in 0..1_000 {
            let (path, accept) = (&paths[random.below(paths.len())], ACCEPTS[random.below(ACCEPTS.len())]);
            // Signed in or not: the answer is for everybody.
            let client =
                if place % 3 == 0 { edge.client.signed_in(services.token(place % 20)) } else { edge.client.clone() };
            hits += usize::from(is_hit(&Packed::of(get(&client, path, accept, "gzip")).await));
        }
        assert!(hits > 950, "{}: {hits} of 1000", edge.name);
        assert!(services.calls().len() - before <= 5 * (1_000 - hits), "{}", edge.name);
    }
}

#[tokio::test]
async fn a_purge_by_tag_is_seen_at_once_and_by_nothing_else() {
    let services = Services::start(Sizes::default()).await;
    let program = tessera(&services).await;
    let edge = Edge::varnish(&program.address).await;
    let [changed, other] = [10, 11].map(|place| services.town().posts[place].id.to_string());
    let page = |id: &str| path("web/PostPage", &format!("{{\"id\":\"{id}\"}}"));
    let feed = path("mobile/CompactFeed", "{\"first\":3}");
    let ask = async |path: &str| Packed::of(get(&edge.client, path, ACCEPTS[0], "identity")).await;
    for path in [&page(&changed), &page(&other), &feed] {
        assert!(!is_hit(&ask(path).await) && is_hit(&ask(path).await), "{path}");
    }
    services.town().posts[10].title = "Quite another title".into();
    assert!(is_hit(&ask(&page(&changed)).await), "nobody said so yet");
    let purge =
        edge.client.request(Method::from_bytes(b"PURGE").unwrap(), "/").header("xkey-purge", format!("{changed} Post"));
    let purged = Packed::of(purge).await;
    assert!(String::from_utf8(purged.body).unwrap().contains("Purged 1"));
    let fresh = ask(&page(&changed)).await;
    assert!(!is_hit(&fresh) && String::from_utf8(fresh.body).unwrap().contains("Quite another title"));
    assert!(is_hit(&ask(&page(&other)).await) && is_hit(&ask(&feed).await), "what does not carry the tag stays");
}

/// A viewer, a path, and places in [`ACCEPTS`] and [`CODINGS`].
type Asked = (usize, String, usize, usize);

/// A trusted operation with random variables.
fn operation(random: &mut Random, posts: &[String]) -> String {
    match random.below(5) {
        0 => path("web/HomeFeed", &format!("{{\"first\":{}}}", 1 + random.below(4))),
        1 => path("mobile/CompactFeed", &format!("{{\"first\":{}}}", 1 + random.below(4))),
        2 => path("web/PostPage", &format!("{{\"id\":\"{}\"}}", posts[random.below(posts.len())])),
        3 => path("web/Profile", &format!("{{\"handle\":\"user{}\"}}", random.below(10))),
        _ => path("web/MyOrders", &format!("{{\"first\":{}}}", 1 + random.below(3))),
    }
}

#[tokio::test]
async fn nobody_gets_what_is_another_viewer_s() {
    let services = Services::start(Sizes::default()).await;
    let program = tessera(&services).await;
    let posts: Vec<String> = services.town().posts.iter().take(20).map(|post| post.id.to_string()).collect();
    let edges = [Edge::nginx(&program.address).await, Edge::varnish(&program.address).await];
    let mut random = Random::new(11);
    let (tessera, mut direct) = (program.client(), HashMap::<Asked, Packed>::new());
    let (mut hits, mut private) = (0, 0);
    for _ in 0..250 {
        let asked: Vec<_> = (0..20)
            .map(|_| {
                let (viewer, path) = (random.below(20), operation(&mut random, &posts));
                (viewer, path, random.below(ACCEPTS.len()), random.below(CODINGS.len()))
            })
            .collect();
        // Viewer 0 is anonymous.
        let client = |client: &Client, viewer: usize| match viewer {
            0 => client.clone(),
            viewer => client.signed_in(services.token(viewer)),
        };
        let through = async |from: &Client, (viewer, path, accept, coding): &Asked| {
            Packed::of(get(&client(from, *viewer), path, ACCEPTS[*accept], CODINGS[*coding])).await
        };
        let first = asked.iter().filter(|key| !direct.contains_key(*key));
        let first = join_all(first.map(async |key| (key.clone(), through(&tessera, key).await))).await;
        direct.extend(first);
        for edge in &edges {
            // All at once: who waits for another must not get another's.
            let answers = join_all(asked.iter().map(|key| through(&edge.client, key)));
            for (key, answer) in asked.iter().zip(answers.await) {
                let expected = &direct[key];
                assert_eq!(unpacked(&answer), unpacked(expected), "{}: {key:?}", edge.name);
                assert_eq!(headers(&answer.headers), headers(&expected.headers), "{}: {key:?}", edge.name);
                let is_public = expected.headers["cache-control"].to_str().unwrap().starts_with("public");
                assert!(is_public || !is_hit(&answer), "{}: {key:?}", edge.name);
                let of_one = ["x-ratelimit-remaining", "server-timing", "x-request-id", "set-cookie"];
                assert!(!is_public || of_one.iter().all(|name| !answer.headers.contains_key(*name)), "{key:?}");
                hits += usize::from(is_hit(&answer));
                private += usize::from(!is_public);
            }
        }
    }
    assert!(hits > 2_000 && private > 2_000, "both kinds were there: {hits} hits, {private} private");
}

/// The body as the client reads it.
fn unpacked(answer: &Packed) -> Vec<u8> {
    match answer.headers.get("content-encoding").map(|coding| coding.to_str().unwrap()) {
        Some(coding) => crate::codings::unpacked(coding, &answer.body),
        None => answer.body.clone(),
    }
}
