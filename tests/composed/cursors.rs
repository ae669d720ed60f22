//! Paging through a list while rows come and go: what was there all the time is seen exactly once, in order.

use serde_json::json;

use crate::town::{Town, texts};

const PAGE: &str = "query($after: Cursor) { posts(first: 7, after: $after) { nodes { id title } pageInfo { hasNextPage
    hasPreviousPage startCursor endCursor } edges { cursor node { id } } } }";

#[tokio::test]
async fn rows_that_come_and_go_neither_hide_nor_repeat_others() {
    let town = Town::start().await;
    let ada = town.sign_in("ada").await;
    let mine = town.client.run("{ user(by: {handle: \"ada\"}) { posts(first: 100) { nodes { id } } } }").await.data();
    let mut mine = texts(&mine["user"]["posts"]["nodes"], "/id");
    let (mut seen, mut deleted, mut published) = (Vec::new(), Vec::new(), Vec::new());
    let mut after = json!(null);
    for page in 0.. {
        assert!(page < 200, "the list does not end");
        let data = town.client.run_with(PAGE, json!({ "after": after })).await.data();
        let posts = &data["posts"];
        let ids = texts(&posts["nodes"], "/id");
        assert_eq!(ids, texts(&posts["edges"], "/node/id"));
        assert_eq!(
            texts(&posts["edges"], "/cursor").last().map(String::as_str),
            posts["pageInfo"]["endCursor"].as_str()
        );
        assert_eq!(posts["pageInfo"]["hasPreviousPage"], json!(page > 0));
        seen.extend(ids);
        if posts["pageInfo"]["hasNextPage"] == json!(false) {
            break;
        }
        after = posts["pageInfo"]["endCursor"].clone();
        // Between pages: one of ada's posts goes (also the one that the cursor stands on), and a new one comes in front.
        if page < 12
            && let Some(gone) = mine.pop()
        {
            let delete = format!(
                "mutation {{ deletePost(input: {{postId: \"{gone}\"}}) {{ deletedPostId userErrors {{ code }} }} }}"
            );
            assert_eq!(ada.run(&delete).await.data()["deletePost"], json!({"deletedPostId": gone, "userErrors": []}));
            deleted.push(gone);
            let publish = "mutation { publishPost(input: {title: \"new\", body: \"new\"}) { post { id } } }";
            let new = ada.run(publish).await.data()["publishPost"]["post"]["id"].take();
            published.push(new.as_str().unwrap().to_owned());
        }
    }
    let mut unique = seen.clone();
    unique.sort();
    unique.dedup();
    assert_eq!(unique.len(), seen.len(), "no post twice");
    let lasting = seen.iter().filter(|id| !deleted.contains(id)).count();
    assert_eq!(lasting, 500 - deleted.len(), "every post that stayed was seen");
    assert!(published.iter().all(|id| !seen.contains(id)), "what comes in front is not behind the cursor");
}

#[tokio::test]
async fn a_cursor_of_another_list_is_refused_at_its_field_alone() {
    let town = Town::start().await;
    let data = town.client.run("{ users(first: 1) { pageInfo { endCursor } } }").await.data();
    let cursor = &data["users"]["pageInfo"]["endCursor"];
    let query =
        "query($c: Cursor) { posts(after: $c) { nodes { id } } users(first: 1, after: $c) { nodes { handle } } }";
    let answer = town.client.run_with(query, json!({ "c": cursor })).await;
    assert_eq!((answer.status, answer.errors()), (200, vec!["BAD_REQUEST posts".to_owned()]));
    assert_eq!(answer.json()["data"]["users"]["nodes"].as_array().unwrap().len(), 1);
}
