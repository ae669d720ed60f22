//! What `/openapi.json` says is what the routes answer: every answer that is described is given, and is as described.

use chassis::testing::{Reply, with_json};
use reqwest::RequestBuilder;
use serde_json::json;

use crate::forum::{Forum, user};

#[tokio::test]
async fn every_described_answer_is_given_as_described() {
    let forum = Forum::open().await;
    let description = forum.description().await;
    let check = |reply: Reply| description.check(&reply);
    let offer = json!({"price": {"amount": 5, "currency": "EUR"}, "stock": 2});
    let draft = json!({"title": "Teapot", "body": "Round.", "tags": ["tea"], "offer": offer});
    let (bare, comment) = (json!({"title": "Cup", "body": "Tall."}), json!({"body": "Nice."}));
    let (post, unknown) = (forum.publish(1, &draft).await, format!("pst_{}", "0".repeat(32)));
    forum.publish(1, &bare).await;
    let said = forum.comment(2, &post, "Nice.").await;
    let (one, wrong) = (format!("/v1/posts/{post}"), format!("/v1/posts/{}", user(1)));
    let (nowhere, author) = (format!("/v1/posts/{unknown}"), user(1));

    for (path, refused) in [
        ("/v1/posts?first=1".to_owned(), "/v1/posts?first=0"),
        (format!("/v1/posts?ids={post}"), "/v1/posts?ids=x"),
        (format!("/v1/posts/by-author?author_ids={author},{}", user(2)), "/v1/posts/by-author"),
        (format!("/v1/posts/counts?author_ids={author}"), "/v1/posts/counts"),
        (one.clone(), &wrong),
        (format!("/v1/comments?ids={said}"), "/v1/comments"),
        (format!("/v1/comments/by-post?post_ids={post},{unknown}"), "/v1/comments/by-post"),
        (format!("/v1/comments/counts?post_ids={post}"), "/v1/comments/counts"),
        (format!("/v1/likes/counts?post_ids={post}"), "/v1/likes/counts"),
    ] {
        check(forum.get(&path).await);
        check(forum.get(refused).await);
    }
    check(forum.get(&nowhere).await);

    let likes = format!("/v1/likes?post_ids={post}");
    for (by, path) in [(Some(2), likes.as_str()), (None, &likes), (Some(2), "/v1/likes")] {
        check(forum.send(request(&forum, by, "GET", path)).await);
    }
    let comments = |post: &str| format!("{post}/comments");
    for (method, paths, body) in [
        ("POST", ["/v1/posts"; 3].map(str::to_owned), &bare),
        ("POST", [comments(&one), comments(&wrong), comments(&nowhere)], &comment),
        ("PATCH", [one.clone(), wrong.clone(), nowhere.clone()], &json!({"offer": null})),
    ] {
        let [path, wrong, nowhere] = paths.each_ref().map(String::as_str);
        for (by, path, body) in [
            (Some(1), path, body),
            (Some(1), path, &json!({"title": 1, "body": 1})),
            (Some(1), wrong, body),
            (Some(1), nowhere, body),
            (None, path, body),
        ] {
            check(forum.send(with_json(request(&forum, by, method, path), body)).await);
        }
        let malformed = forum.by(1, method, path).header("content-type", "application/json").body("{");
        check(forum.send(malformed).await);
        check(forum.send(forum.by(1, method, path).body("{}")).await);
    }
    check(forum.tell(forum.by(2, "PATCH", &one), &bare).await);
    for method in ["PUT", "DELETE"] {
        for (by, post) in [(Some(2), &one), (None, &one), (Some(2), &wrong), (Some(2), &nowhere)] {
            let path = format!("{post}/likes");
            check(forum.send(request(&forum, by, method, &path)).await);
        }
    }
    for method in ["PATCH", "DELETE"] {
        let outdated = forum.by(1, method, &one).header("if-match", "\"v9\"");
        check(forum.send(if method == "PATCH" { with_json(outdated, &bare) } else { outdated }).await);
    }
    for (by, path) in [(Some(2), &one), (None, &one), (Some(1), &wrong), (Some(1), &one), (Some(1), &one)] {
        check(forum.send(request(&forum, by, "DELETE", path)).await);
    }
    assert_eq!(description.unseen(), [""; 0]);
}

/// A request of that person, or an anonymous one.
fn request(forum: &Forum, by: Option<u8>, method: &str, path: &str) -> RequestBuilder {
    match by {
        Some(number) => forum.by(number, method, path),
        None => forum.request(method, path),
    }
}
