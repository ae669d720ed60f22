//! Groups: subscriptions that receive the same messages cost one execution an event, however many they are; where anything depends
//! on the viewer, one for each viewer; and nothing of one viewer ever reaches another.

use futures::future::join_all;
use serde_json::{Value, json};

use super::stream::{Stream, metric, position};
use crate::app::App;

const PUBLIC: &str = "subscription($after: Cursor) { postPublished(after: $after) { post { id title } } }";
const OF_VIEWER: &str = "subscription($after: Cursor) { postPublished(after: $after) { post { id viewerLikes author { viewerFollows } } } }";

fn publish(app: &App, number: usize) -> String {
    let (id, author) = {
        let town = app.services.town();
        let post = &town.posts[number % town.posts.len()];
        (post.id.to_string(), post.author_id.to_string())
    };
    app.services.feed("post").emit("post.published", &id, json!({"author_id": author, "version": 1}));
    id
}

async fn open(app: &App, count: usize, query: &str, person: impl Fn(usize) -> Option<usize>) -> Vec<Stream> {
    let opened = (0..count).map(|number| {
        let client = person(number).map_or_else(|| app.client.clone(), |person| app.person(person));
        async move { Stream::open(&client, query, &json!({})).await.unwrap() }
    });
    join_all(opened).await
}

async fn all(streams: &mut [Stream]) -> Vec<Value> {
    join_all(streams.iter_mut().map(Stream::data)).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_selection_that_is_the_same_for_all_costs_one_execution_an_event() {
    let app = App::start().await;
    position(&app).await;
    // Some are signed in, some are not: nothing that they ask for depends on it.
    let mut streams = open(&app, 500, PUBLIC, |number| (number % 2 == 0).then_some(number % 30)).await;
    assert!((metric(&app, "tessera_live_groups") - 1.0).abs() < f64::EPSILON);
    for event in 0..5 {
        let id = publish(&app, event);
        assert!(all(&mut streams).await.iter().all(|data| data["postPublished"]["post"]["id"] == id.as_str()));
    }
    assert!((metric(&app, "tessera_event_executions_total") - 5.0).abs() < f64::EPSILON);
    assert_eq!(app.services.calls_of("GET /v1/posts?ids").len(), 5, "one call an event");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_depends_on_the_viewer_costs_one_execution_for_each_viewer_and_is_that_viewer_s_own() {
    let app = App::start().await;
    position(&app).await;
    let (count, people) = (200, 10);
    let mut streams = open(&app, count, OF_VIEWER, |number| Some(number % people)).await;
    let mut compared = 0;
    for event in 0..25 {
        let id = publish(&app, event * 7 + 1);
        let query = format!("{{ post(id: \"{id}\") {{ id viewerLikes author {{ viewerFollows }} }} }}");
        let own = join_all((0..people).map(|person| {
            let (client, query) = (app.person(person), query.clone());
            async move { client.run(&query).await.data() }
        }));
        let (own, messages) = (own.await, all(&mut streams).await);
        for (number, message) in messages.iter().enumerate() {
            assert_eq!(message["postPublished"]["post"], own[number % people]["post"], "viewer {}", number % people);
            compared += 1;
        }
    }
    assert_eq!(compared, 5_000);
    assert!((metric(&app, "tessera_event_executions_total") - 250.0).abs() < f64::EPSILON, "25 events, 10 viewers");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_reconnect_of_all_at_once_costs_executions_by_event_and_not_by_subscriber() {
    let app = App::start().await;
    let begin = position(&app).await;
    (0..20).for_each(|event| drop(publish(&app, event)));
    let variables = json!({"after": begin});
    let resumed = join_all((0..500).map(async |_| {
        let mut stream = Stream::open(&app.client, PUBLIC, &variables).await.unwrap();
        for _ in 0..20 {
            stream.data().await;
        }
    }));
    resumed.await;
    assert!((metric(&app, "tessera_event_executions_total") - 20.0).abs() < f64::EPSILON);
}

#[tokio::test]
async fn subscriptions_that_end_leave_nothing_behind() {
    let app = App::start().await;
    position(&app).await;
    let streams = open(&app, 50, PUBLIC, |_| None).await;
    assert!((metric(&app, "tessera_live_subscribers") - 50.0).abs() < f64::EPSILON);
    drop(streams);
    let emptied = async {
        while metric(&app, "tessera_live_subscribers") > 0.0 || metric(&app, "tessera_live_connections") > 0.0 {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(10), emptied).await.unwrap();
    assert!(metric(&app, "tessera_live_groups") < 1.0);
}
