//! Posts and comments by id: in which shape, and what may be kept.

use serde_json::json;

use crate::forum::{Forum, user};

#[tokio::test]
async fn a_post_record_has_the_members_of_the_contract() {
    let forum = Forum::open().await;
    let offer = json!({"price": {"amount": 1299, "currency": "EUR"}, "stock": 3});
    let draft = json!({"title": "Teapot", "body": "Round.\n", "tags": ["tea", "pots"], "offer": offer});
    let id = forum.publish(1, &draft).await;
    let record = json!({
        "id": id, "author_id": user(1), "title": "Teapot", "body": "Round.\n", "tags": ["tea", "pots"], "offer": offer,
        "published_at": "2027-01-15T08:00:01.000Z", "updated_at": "2027-01-15T08:00:01.000Z", "version": 1,
    });
    let one = forum.get(&format!("/v1/posts/{id}")).await;
    assert_eq!((one.status, &one.json, one.header("etag")), (200, &record, "\"v1\""));
    assert_eq!(forum.get(&format!("/v1/posts?ids={id}")).await.json, json!({"items": [record]}));
    let plain = forum.publish_titled(1, "Plain").await;
    let plain = forum.get(&format!("/v1/posts/{plain}")).await.json;
    assert_eq!((&plain["tags"], &plain["offer"]), (&json!([]), &json!(null)));
}

#[tokio::test]
async fn a_comment_record_has_the_members_of_the_contract() {
    let forum = Forum::open().await;
    let post = forum.publish_titled(1, "Teapot").await;
    let id = forum.comment(2, &post, "Nice.").await;
    let record = json!({"id": id, "post_id": post, "author_id": user(2), "body": "Nice.",
        "created_at": "2027-01-15T08:00:02.000Z", "version": 1});
    assert_eq!(forum.get(&format!("/v1/comments?ids={id}")).await.json, json!({"items": [record]}));
}

#[tokio::test]
async fn unknown_ids_are_left_out_and_one_unknown_post_is_a_404() {
    let forum = Forum::open().await;
    let id = forum.publish_titled(1, "Teapot").await;
    let unknown = format!("pst_{}", "0".repeat(32));
    let reply = forum.get(&format!("/v1/posts?ids={unknown},{id},{id}")).await;
    assert_eq!(reply.json["items"].as_array().unwrap().len(), 1);
    assert_eq!(forum.get(&format!("/v1/comments?ids=cmt_{}", "0".repeat(32))).await.json, json!({"items": []}));
    let one = forum.get(&format!("/v1/posts/{unknown}")).await;
    assert_eq!((one.status, one.code()), (404, "NOT_FOUND"));
    for counts in ["comments", "likes"] {
        let reply = forum.get(&format!("/v1/{counts}/counts?post_ids={unknown}")).await;
        assert_eq!(reply.json, json!({"counts": {}}));
    }
}

#[tokio::test]
async fn an_author_without_posts_has_none_not_nothing() {
    let forum = Forum::open().await;
    forum.publish_titled(1, "Teapot").await;
    let reply = forum.get(&format!("/v1/posts/counts?author_ids={},{}", user(1), user(2))).await;
    assert_eq!(reply.json, json!({"counts": {user(1).to_string(): {"posts": 1}, user(2).to_string(): {"posts": 0}}}));
}

#[tokio::test]
async fn a_public_answer_may_be_kept_and_is_not_sent_twice() {
    let forum = Forum::open().await;
    let path = format!("/v1/posts?ids={}", forum.publish_titled(1, "Teapot").await);
    let first = forum.get(&path).await;
    assert_eq!(first.header("cache-control"), "public, max-age=10");
    let again = forum.send(forum.request("GET", &path).header("if-none-match", first.header("etag"))).await;
    assert_eq!((again.status, again.header("etag")), (304, first.header("etag")));
}
