//! The events of commands: one for each change, none for a command that changes nothing, as their schemas say, found by the
//! ids of the post and its author.

use chassis::testing::{EventSchemas, Reply, event, traced, with_json};
use reqwest::RequestBuilder;
use serde_json::json;

use crate::forum::{ADMIN, Forum, user};

fn schemas() -> EventSchemas {
    EventSchemas::of_crate(env!("CARGO_MANIFEST_DIR"))
}

#[tokio::test]
async fn every_change_has_an_event_and_nothing_else_has() {
    let forum = Forum::open().await;
    let send = async |request: RequestBuilder| -> Reply {
        let reply = forum.send(traced(request)).await;
        assert!(reply.status < 300, "{}", reply.json);
        reply
    };
    let draft = json!({"title": "Teapot", "body": "Round.", "tags": ["kettles"]});
    let publish = || with_json(forum.by(1, "POST", "/v1/posts").header("idempotency-key", "k"), &draft);
    let (first, again) = (send(publish()).await, send(publish()).await);
    assert_eq!(first.json, again.json);
    let (post, author) = (first.text("id"), user(1));
    let path = format!("/v1/posts/{post}");
    for patch in [json!({"title": "Samovar"}), json!({"title": "Samovar"}), json!({})] {
        send(with_json(forum.by(ADMIN, "PATCH", &path), &patch)).await;
    }
    for method in ["PUT", "PUT", "DELETE", "DELETE"] {
        send(forum.by(2, method, &format!("{path}/likes"))).await;
    }
    let comment = json!({"body": "Shiny."});
    let comment = send(with_json(forum.by(3, "POST", &format!("{path}/comments")), &comment)).await;
    let stale = forum.by(1, "DELETE", &path).header("if-match", "\"v1\"");
    assert_eq!(forum.send(stale).await.status, 412);
    assert_eq!(forum.command(2, "DELETE", &path).await.status, 403);
    send(forum.by(1, "DELETE", &path)).await;
    assert_eq!(forum.command(1, "DELETE", &path).await.status, 404);
    let expected = [
        event("post.published", &post, &[&author]),
        event("post.updated", &post, &[&author]),
        event("post.liked", &post, &[]),
        event("post.unliked", &post, &[]),
        event("comment.added", &comment.text("id"), &[&post]),
        event("post.deleted", &post, &[&author]),
    ];

    let events = schemas().check_feed(&forum, &expected).await;

    assert_eq!(schemas().without(&events), [""; 0]);
    let data: Vec<_> = events.iter().map(|event| event.data.clone()).collect();
    let of_post = |version: i64| json!({"author_id": author, "version": version});
    let of_like = |likes: i64| json!({"user_id": user(2), "likes": likes});
    let of_comment = json!({"post_id": post, "author_id": user(3), "version": 1});
    assert_eq!(data, [of_post(1), of_post(2), of_like(1), of_like(0), of_comment, of_post(3)]);
    let text = serde_json::to_string(&events).unwrap();
    for of_users in ["Teapot", "Samovar", "Round", "kettles", "Shiny"] {
        assert!(!text.contains(of_users), "{of_users}: {text}");
    }
    assert!(events.iter().all(|event| event.source == "post-service"));
}

#[tokio::test]
async fn the_schemas_are_served() {
    let forum = Forum::open().await;
    schemas().check_served(&forum).await;
}

#[test]
fn the_schemas_are_compatible_with_the_frozen_ones() {
    schemas().check_frozen();
}
