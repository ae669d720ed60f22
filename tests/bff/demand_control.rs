//! What a document may ask: every limit names itself with its value, at its boundary, before anything is executed.

use harness::client::Answer;
use serde_json::json;
use tessera::operations::Limits;

use crate::app::App;
use crate::repeated::repeated;
use harness::stub::Services;
use harness::town::Sizes;

async fn app() -> App {
    App::with(Services::start(Sizes::default()).await, |config| config.limits = Limits::default()).await
}

#[tokio::test]
async fn limits_hold_at_their_boundaries_and_nothing_is_executed_beyond() {
    let app = app().await;
    let id = "pst_00000000000070008000000000000000";
    let post = |inside: &str| format!("{{ post(id: \"{id}\") {{ {inside} }} }}");
    let users =
        |size: usize| format!("{{ users(first: {size}) {{ nodes {{ id posts(first: 1) {{ nodes {{ id }} }} }} }} }}");
    let deep = |levels: usize| {
        let around = "comments(first: 1) { nodes { author { posts(first: 1) { nodes { ";
        let whole = levels / 5;
        let (rest, close) = match levels % 5 {
            1 => ("id".to_owned(), String::new()),
            2 => ("author { id".to_owned(), " }".to_owned()),
            _ => panic!("not written for that"),
        };
        post(&format!("{}{rest}{close}{}", around.repeat(whole), " } } } } }".repeat(whole)))
    };
    let cases = [
        ("TOO_MANY_ALIASES", post(&repeated(30, "a#: id ")), post(&repeated(31, "a#: id ")), "31 aliases; at most 30"),
        (
            "TOO_MANY_DIRECTIVES",
            post(&repeated(20, "id @skip(if: false) ")),
            post(&repeated(21, "id @skip(if: false) ")),
            "21 directives; at most 20",
        ),
        (
            "TOO_MANY_ROOT_FIELDS",
            format!("{{ {} }}", repeated(10, "a#: __typename ")),
            format!("{{ {} }}", repeated(11, "a#: __typename ")),
            "11 fields at its root; at most 10",
        ),
        ("QUERY_TOO_DEEP", deep(11), deep(12), "13 levels deep; at most 12"),
        // 10 + 1 + n × (1 + 10 + 1 + 1)
        ("QUERY_TOO_COSTLY", users(153), users(154), "may cost 2013; at most 2000"),
        ("TOO_MANY_TOKENS", post(&"id ".repeat(1_990)), post(&"id ".repeat(1_991)), "2001 tokens; at most 2000"),
    ];
    for (code, within, beyond, message) in cases {
        let answer = app.client.run(&within).await;
        let refused = answer.errors().iter().any(|error| error.starts_with(code));
        assert!(!refused, "{code} within: {}", answer.text);
        let before = app.services.calls().len();
        let answer = app.client.run(&beyond).await;
        assert_eq!((answer.status, answer.json().get("data").is_some()), (400, false), "{code}: {}", answer.text);
        assert!(answer.errors()[0].starts_with(code) && answer.text.contains(message), "{code}: {}", answer.text);
        assert_eq!(app.services.calls().len(), before, "{code}: a service was asked");
    }
}

#[tokio::test]
async fn a_cost_beyond_the_limit_may_come_from_the_variables() {
    let app = app().await;
    let document =
        "query ($n: Int!) { posts(first: $n) { nodes { author { id } comments(first: $n) { nodes { id } } } } }";
    let answer =
        async |size: usize| Answer::of(app.client.post(&json!({"query": document, "variables": {"n": size}}))).await;
    assert_eq!(answer(3).await.status, 200);
    let refused = answer(100).await;
    // 10 + 1 + 100 × (1 + 11 + 11 + 100)
    assert!(refused.text.contains("may cost 12311; at most 2000"), "{}", refused.text);
    assert_eq!(answer(3).await.status, 200, "the document itself is as good as before");
}

#[tokio::test]
async fn an_answer_has_no_more_text_than_allowed_however_cheap_it_was() {
    let app = App::with(Services::start(Sizes::default()).await, |config| {
        config.limits = Limits { answer_text: 20_000, ..Limits::default() };
    })
    .await;
    let ids: Vec<String> = app.services.town().posts.iter().take(1).map(|post| post.id.to_string()).collect();
    let same = |times: usize| ids.iter().cycle().take(times).cloned().collect::<Vec<_>>();
    let query =
        format!("query ($ids: [ID!]!) {{ nodes(ids: $ids) {{ ... on Post {{ {} }} }} }}", repeated(30, "b#: body "));
    let one = app.client.run_with(&query, json!({"ids": same(1)})).await;
    let size = one.data()["nodes"][0]["b0"].as_str().unwrap().len() * 30;
    let most = 20_000 / size;
    app.client.run_with(&query, json!({"ids": same(most)})).await.data();
    let refused = app.client.run_with(&query, json!({"ids": same(most + 1)})).await;
    assert_eq!((refused.status, refused.errors()), (200, vec!["QUERY_TOO_COSTLY".to_owned()]), "{}", refused.text);
    assert!(refused.json()["data"].is_null() && refused.text.contains("more than 20000 bytes"), "{}", refused.text);
    // What became null is not in the answer.
    let fields = repeated(29, "b#: body ");
    let failing =
        format!("query ($ids: [ID!]!) {{ nodes(ids: $ids) {{ ... on Post {{ {fields} excerpt(length: 0) }} }} }}");
    let nulls = app.client.run_with(&failing, json!({"ids": same(most + 2)})).await;
    assert_eq!(nulls.errors().len(), most + 2, "{}", nulls.text);
    assert!(nulls.errors().iter().all(|error| error.starts_with("BAD_REQUEST")), "{}", nulls.text);
    // The same through lists.
    let posts = format!("{{ posts(first: 100) {{ nodes {{ {} }} }} }}", repeated(20, "b#: body "));
    assert_eq!(app.client.run(&posts).await.errors(), ["QUERY_TOO_COSTLY"]);
}

#[tokio::test]
async fn the_payloads_of_a_mutation_have_no_more_text_than_allowed_together() {
    let services = Services::start(Sizes::default()).await;
    let (id, body) = services.town().posts.first().map(|post| (post.id, post.body.len())).unwrap();
    let app = App::with(services, |config| config.limits = Limits { answer_text: 2 * body, ..Limits::default() }).await;
    let like = |number: usize| format!("m{number}: likePost(input: {{postId: \"{id}\"}}) {{ post {{ body }} }}");
    let likes = |times: usize| format!("mutation {{ {} }}", (0..times).map(like).collect::<String>());
    let client = app.person(0);
    assert_eq!(client.run(&likes(2)).await.data().as_object().unwrap().len(), 2);
    let refused = client.run(&likes(3)).await;
    assert_eq!((refused.status, refused.errors()), (200, vec!["QUERY_TOO_COSTLY".to_owned()]), "{}", refused.text);
    assert!(refused.json()["data"].is_null(), "{}", refused.text);
}
