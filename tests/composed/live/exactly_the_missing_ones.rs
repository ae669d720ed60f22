//! Exactly the missing ones: subscribers over all three transports and to all three fields, whose connections are cut at random
//! places, while the services and the BFF are killed and started again: each one's messages, put together, are exactly those of
//! the log, in order, none twice.

use std::time::Duration;

use chassis::testing::is_long;
use contract::EventPage;
use harness::client::{Answer, Client};
use rand::RngExt;
use serde_json::json;
use tessera::services::Service;
use tokio::{
    sync::watch,
    task::JoinSet,
    time::{Instant, sleep, timeout},
};

use super::{
    processes::{API_KEY, Processes, Program},
    reader::{Reader, Transport},
    writers::Writer,
};

const POSTS: &str = "subscription($after: Cursor) { postPublished(after: $after) { cursor post { id } } }";
const COMMENTS: &str =
    "subscription($after: Cursor, $post: ID!) { commentAdded(postId: $post, after: $after) { comment { id body } } }";
const ORDERS: &str = "subscription($after: Cursor) { orderStatusChanged(after: $after) { status order { id } } }";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn cut_and_killed_subscribers_put_together_exactly_the_log() {
    let (subscribers, seconds) = if is_long() { (200, 120) } else { (36, 12) };
    // One viewer has all of them.
    let mut processes = Processes::start("[events]\nmax_per_viewer = 1000").await;
    let client = processes.client();
    let log_in = "mutation { logIn(input: {email: \"ada@example.com\", password: \"tessera-demo\"}) \
                  { session { accessToken user { id } } } }";
    let session = client.run(log_in).await.data()["logIn"]["session"].take();
    let token = format!("Bearer {}", session["accessToken"].as_str().unwrap());
    let viewer = session["user"]["id"].as_str().unwrap().to_owned();
    let offers = "{ posts(filter: {forSale: true}, first: 50) { nodes { id author { id } } } }";
    let offers = client.run(offers).await.data()["posts"]["nodes"].take();
    let offers: Vec<String> = offers
        .as_array()
        .unwrap()
        .iter()
        .filter(|post| post["author"]["id"] != viewer.as_str())
        .map(|post| post["id"].as_str().unwrap().to_owned())
        .collect();
    let post = offers[0].clone();
    let begin = position(&client).await;

    let (stop, stopped) = watch::channel(false);
    let (tell_posts, last_post) = watch::channel(None);
    let (tell_comments, last_comment) = watch::channel(None);
    let (tell_orders, last_order) = watch::channel(None);
    let mut readers = JoinSet::new();
    for number in 0..subscribers {
        let transport = [Transport::WebSocket, Transport::Sse, Transport::Multipart][number as usize / 3 % 3];
        let (query, variables, last) = match number % 3 {
            0 => (POSTS, json!({}), last_post.clone()),
            1 => (COMMENTS, json!({"post": post}), last_comment.clone()),
            _ => (ORDERS, json!({}), last_order.clone()),
        };
        let reader = Reader {
            bff: processes.address(Program::Bff),
            transport,
            query,
            variables,
            token: Some(token.clone()),
            cursor: begin.clone(),
            random: Reader::seed(number),
            last,
            seen: Vec::new(),
            connections: 0,
        };
        readers.spawn(async move { (number % 3, reader.read().await) });
    }
    let mut writers = JoinSet::new();
    for seed in 0..4 {
        let writer = Writer {
            post_service: processes.address(Program::Service(Service::Post)),
            order_service: processes.address(Program::Service(Service::Order)),
            token: token.clone(),
            post: post.clone(),
            offers: offers.clone(),
            seed,
            pause: 80,
            stop: stopped.clone(),
        };
        writers.spawn(writer.write());
    }

    let mut random = Reader::seed(4_711);
    let (end, mut kills) = (Instant::now() + Duration::from_secs(seconds), 0);
    while Instant::now() < end {
        sleep(Duration::from_millis(random.random_range(300..1_500))).await;
        let program = [
            Program::Bff,
            Program::Service(Service::Post),
            Program::Service(Service::Order),
            Program::Service(Service::User),
        ][random.random_range(0..4)];
        processes.kill(program).await;
        sleep(Duration::from_millis(random.random_range(0..400))).await;
        processes.restart(program).await;
        kills += 1;
    }
    stop.send_replace(true);
    timeout(Duration::from_secs(60), writers.join_all()).await.unwrap();

    let posts = log(&processes, Service::Post, &["post.published"], None).await;
    let comments = log(&processes, Service::Post, &["comment.added"], Some(&post)).await;
    let orders = log(&processes, Service::Order, &["order.placed", "order.cancelled"], Some(&viewer)).await;
    for (tell, expected) in [(tell_posts, &posts), (tell_comments, &comments), (tell_orders, &orders)] {
        tell.send_replace(Some(expected.last().copied().unwrap_or_default()));
    }
    let (mut connections, mut messages) = (0, 0);
    for (field, reader) in timeout(Duration::from_secs(90), readers.join_all()).await.unwrap() {
        let expected = [&posts, &comments, &orders][field as usize];
        assert_eq!(&reader.seen, expected, "{:?} {}", reader.transport, reader.query);
        connections += reader.connections;
        messages += reader.seen.len();
    }
    assert!(posts.len() > 5 && comments.len() > 5 && orders.len() > 5, "there was something to miss");
    println!(
        "{subscribers} subscribers, {kills} kills, {connections} connections, {messages} messages of {} posts, {} comments, \
         {} orders",
        posts.len(),
        comments.len(),
        orders.len()
    );
}

/// The numbers of the events of a service that fit, from the beginning.
async fn log(processes: &Processes, service: Service, types: &[&str], key: Option<&str>) -> Vec<u64> {
    let url = format!(
        "http://{}/v1/events?first=500&types={}",
        processes.address(Program::Service(service)),
        types.join(",")
    );
    let url = key.map_or_else(|| url.clone(), |key| format!("{url}&keys={key}"));
    let (client, mut after, mut numbers) = (reqwest::Client::new(), String::new(), Vec::new());
    loop {
        let request = client.get(format!("{url}{after}")).header("x-api-key", API_KEY);
        #[expect(clippy::disallowed_methods, reason = "a test's client")]
        let page = request.send().await.unwrap().bytes().await.unwrap();
        let page: EventPage = serde_json::from_slice(&page).unwrap();
        numbers.extend(page.items.iter().map(|event| event.sequence.0));
        after = format!("&after={}", page.position);
        if !page.has_next {
            return numbers;
        }
    }
}

/// The position of an answer.
async fn position(client: &Client) -> String {
    let body = json!({"query": "{ __typename }", "extensions": {"position": true}});
    let answer = Answer::of(client.post(&body)).await.json();
    answer["extensions"]["position"].as_str().unwrap_or_else(|| panic!("{answer}")).to_owned()
}
