//! Commenting, the comments on many posts, and their counts.

use chassis::testing::with_json;
use futures::future::join_all;
use serde_json::json;

use crate::forum::Forum;

#[tokio::test]
async fn a_comment_is_told_where_it_is_and_counted() {
    let forum = Forum::open().await;
    let post = forum.publish_titled(1, "Teapot").await;
    let reply =
        forum.tell(forum.by(2, "POST", &format!("/v1/posts/{post}/comments")), &json!({"body": "Nice.\n☕"})).await;
    assert_eq!(reply.status, 201);
    assert_eq!(forum.get(reply.header("location")).await.json, json!({"items": [reply.json]}));
    assert_eq!(forum.comment_count(&post).await, 1);
    assert_eq!(forum.get(&format!("/v1/posts/{post}")).await.json["version"], 1, "no change of the post's record");
}

#[tokio::test]
async fn commenting_needs_a_signed_in_user_and_a_post() {
    let forum = Forum::open().await;
    let post = forum.publish_titled(1, "Teapot").await;
    let path = format!("/v1/posts/{post}/comments");
    assert_eq!(forum.send(with_json(forum.request("POST", &path), &json!({"body": "x"}))).await.status, 401);
    let nowhere = format!("/v1/posts/pst_{}/comments", "0".repeat(32));
    assert_eq!(forum.tell(forum.by(2, "POST", &nowhere), &json!({"body": "x"})).await.status, 404);
    assert_eq!(forum.comment_count(&post).await, 0);
}

#[tokio::test]
async fn every_post_gets_its_page_newest_comment_first() {
    let forum = Forum::open().await;
    let (talked, quiet) = (forum.publish_titled(1, "A").await, forum.publish_titled(1, "B").await);
    for body in ["one", "two", "three"] {
        forum.comment(2, &talked, body).await;
    }
    let path = format!("/v1/comments/by-post?post_ids={talked},{quiet}&first=2");
    let pages = forum.get(&path).await.json;
    let bodies = |page: &serde_json::Value| -> Vec<String> {
        let items = page["items"].as_array().unwrap();
        items.iter().map(|item| item["body"].as_str().unwrap().to_owned()).collect()
    };
    let page = &pages["pages"][&talked];
    assert_eq!(bodies(page), ["three", "two"]);
    assert_eq!(page["page"]["has_next"], true);
    assert!(bodies(&pages["pages"][&quiet]).is_empty());
    // What is said meanwhile moves nothing.
    forum.comment(3, &talked, "four").await;
    let rest = forum.get(&format!("{path}&after={}", page["page"]["end_cursor"].as_str().unwrap())).await.json;
    assert_eq!(bodies(&rest["pages"][&talked]), ["one"]);
}

#[tokio::test]
async fn twenty_comments_at_once_are_counted() {
    let forum = Forum::open().await;
    let post = forum.publish_titled(1, "Teapot").await;
    join_all((0..20).map(|number| forum.comment(number, &post, "Nice."))).await;
    assert_eq!(forum.comment_count(&post).await, 20);
}

#[tokio::test]
async fn the_same_key_twice_is_one_comment() {
    let forum = Forum::open().await;
    let post = forum.publish_titled(1, "Teapot").await;
    let path = format!("/v1/posts/{post}/comments");
    let request = || with_json(forum.by(2, "POST", &path).header("idempotency-key", "k"), &json!({"body": "Nice."}));
    let (first, second) = (forum.send(request()).await, forum.send(request()).await);
    assert_eq!((first.status, second.status, &first.json), (201, 201, &second.json));
    assert_eq!(forum.comment_count(&post).await, 1);
}
