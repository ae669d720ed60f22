//! What `/openapi.json` says is what the routes answer: every answer that is described is given, and is as described.

use chassis::testing::openapi::Description;
use chassis::testing::{Reply, with_json};
use serde_json::{Value as Json, json};

use crate::forum::{Forum, user};

#[tokio::test]
async fn every_described_answer_is_given_as_described() {
    let forum = Forum::open().await;
    let description = Description::new(forum.get("/openapi.json").await.json);
    let check = |(method, path): (&str, &str), reply: Reply| {
        description.check((method, path), (reply.status, &reply.headers, &reply.json));
    };
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
        check(("GET", &path), forum.get(&path).await);
        check(("GET", refused), forum.get(refused).await);
    }
    check(("GET", &nowhere), forum.get(&nowhere).await);

    let likes = format!("/v1/likes?post_ids={post}");
    for (by, path) in [(Some(2), likes.as_str()), (None, &likes), (Some(2), "/v1/likes")] {
        check(("GET", path), send(&forum, (by, "GET", path), None).await);
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
            check((method, path), send(&forum, (by, method, path), Some(body)).await);
        }
        let malformed = forum.by(1, method, path).header("content-type", "application/json").body("{");
        check((method, path), forum.send(malformed).await);
        check((method, path), forum.send(forum.by(1, method, path).body("{}")).await);
    }
    check(("PATCH", &one), forum.tell(2, ("PATCH", &one), &bare).await);
    for method in ["PUT", "DELETE"] {
        for (by, post) in [(Some(2), &one), (None, &one), (Some(2), &wrong), (Some(2), &nowhere)] {
            let path = format!("{post}/likes");
            check((method, &path), send(&forum, (by, method, &path), None).await);
        }
    }
    for method in ["PATCH", "DELETE"] {
        let outdated = forum.by(1, method, &one).header("if-match", "\"v9\"");
        check((method, &one), forum.send(if method == "PATCH" { with_json(outdated, &bare) } else { outdated }).await);
    }
    for (by, path) in [(Some(2), &one), (None, &one), (Some(1), &wrong), (Some(1), &one), (Some(1), &one)] {
        check(("DELETE", path), send(&forum, (by, "DELETE", path), None).await);
    }
    assert_eq!(description.unseen(), [""; 0]);
}

async fn send(forum: &Forum, (by, method, path): (Option<u8>, &str, &str), body: Option<&Json>) -> Reply {
    let request = match by {
        Some(number) => forum.by(number, method, path),
        None => forum.request(method, path),
    };
    forum
        .send(match body {
            Some(body) => with_json(request, body),
            None => request,
        })
        .await
}
