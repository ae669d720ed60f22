//! Publishing, changing and deleting posts: who may, what changes, and what goes with a post.

use chassis::testing::{members, with_json};
use futures::future::join_all;
use serde_json::{Value as Json, json};

use crate::forum::{ADMIN, Forum, user};

fn teapot() -> Json {
    json!({"title": "Teapot", "body": "Round.", "tags": ["tea"],
        "offer": {"price": {"amount": 1299, "currency": "EUR"}, "stock": 3}})
}

#[tokio::test]
async fn a_published_post_is_told_where_it_is_and_counted() {
    let forum = Forum::open().await;
    let reply = forum.tell(forum.by(1, "POST", "/v1/posts"), &teapot()).await;
    assert_eq!((reply.status, reply.header("etag")), (201, "\"v1\""));
    assert_eq!(reply.header("location"), format!("/v1/posts/{}", reply.text("id")));
    assert_eq!(forum.get(reply.header("location")).await.json, reply.json);
    assert_eq!(reply.json["author_id"], user(1).to_string());
    assert_eq!(forum.post_count(1).await, 1);
}

#[tokio::test]
async fn publishing_needs_a_signed_in_user() {
    let forum = Forum::open().await;
    let reply = forum.send(with_json(forum.request("POST", "/v1/posts"), &teapot())).await;
    assert_eq!((reply.status, reply.code()), (401, "UNAUTHENTICATED"));
}

#[tokio::test]
async fn the_same_key_twenty_times_at_once_is_one_post() {
    let forum = Forum::open().await;
    let request = || with_json(forum.by(1, "POST", "/v1/posts").header("idempotency-key", "k"), &teapot());
    let replies = join_all((0..20).map(|_| forum.send(request()))).await;
    assert!(replies.iter().all(|reply| reply.status == 201 && reply.json == replies[0].json));
    assert_eq!(replies.iter().filter(|reply| reply.header("idempotency-replayed") == "true").count(), 19);
    assert_eq!(forum.post_count(1).await, 1);
    let other =
        with_json(forum.by(1, "POST", "/v1/posts").header("idempotency-key", "k"), &json!({"title": "x", "body": "y"}));
    let other = forum.send(other).await;
    assert_eq!((other.status, other.code()), (422, "IDEMPOTENCY_KEY_REUSED"));
}

#[tokio::test]
async fn a_change_touches_only_what_it_names() {
    let forum = Forum::open().await;
    let path = format!("/v1/posts/{}", forum.publish(1, &teapot()).await);
    forum.clock.advance(std::time::Duration::from_secs(60));
    let reply = forum.tell(forum.by(1, "PATCH", &path), &json!({"title": "Kettle"})).await;
    let mut expected = teapot();
    expected["title"] = "Kettle".into();
    for member in ["title", "body", "tags", "offer"] {
        assert_eq!(reply.json[member], expected[member], "{member}");
    }
    assert_eq!((&reply.json["version"], reply.header("etag")), (&json!(2), "\"v2\""));
    assert_eq!(reply.json["updated_at"], "2027-01-15T08:01:01.000Z");
    assert_eq!(reply.json["published_at"], "2027-01-15T08:00:01.000Z");
    assert_eq!(forum.get(&path).await.json, reply.json);
}

#[tokio::test]
async fn null_clears_offer_and_tags_but_neither_title_nor_body() {
    let forum = Forum::open().await;
    let path = format!("/v1/posts/{}", forum.publish(1, &teapot()).await);
    let cleared = forum.tell(forum.by(1, "PATCH", &path), &json!({"offer": null, "tags": null})).await;
    assert_eq!((cleared.status, &cleared.json["offer"], &cleared.json["tags"]), (200, &json!(null), &json!([])));
    for member in ["title", "body"] {
        let refused = forum.tell(forum.by(1, "PATCH", &path), &json!({member: null})).await;
        assert_eq!((refused.status, refused.fields()), (422, vec![member]));
    }
}

#[tokio::test]
async fn lists_follow_a_change_of_tags_and_offer() {
    let forum = Forum::open().await;
    let id = forum.publish(1, &teapot()).await;
    forum.like(2, &id).await;
    let path = format!("/v1/posts/{id}");
    forum.tell(forum.by(1, "PATCH", &path), &json!({"offer": null, "tags": ["pots", "tea"]})).await;
    for (query, found) in [
        ("tag=tea&for_sale=true", false),
        ("tag=tea&for_sale=false&order=most_liked", true),
        ("tag=pots&order=most_liked", true),
        ("for_sale=true", false),
        ("for_sale=false", true),
    ] {
        let reply = forum.get(&format!("/v1/posts?{query}")).await;
        assert_eq!(members(&reply.json, "title").len(), usize::from(found), "{query}");
    }
    forum.tell(forum.by(1, "PATCH", &path), &json!({"tags": ["pots"]})).await;
    assert!(members(&forum.get("/v1/posts?tag=tea").await.json, "title").is_empty());
    forum.like(3, &id).await;
    assert_eq!(forum.rows("SELECT like_count FROM post_tags WHERE tag = 'pots'").await, 2);
}

#[tokio::test]
async fn a_change_that_changes_nothing_is_no_new_version() {
    let forum = Forum::open().await;
    let path = format!("/v1/posts/{}", forum.publish(1, &teapot()).await);
    for body in [json!({}), teapot()] {
        let reply = forum.tell(forum.by(1, "PATCH", &path), &body).await;
        assert_eq!((reply.status, &reply.json["version"]), (200, &json!(1)));
    }
}

#[tokio::test]
async fn a_post_is_changed_and_deleted_by_its_author_and_by_admins_alone() {
    let forum = Forum::open().await;
    let path = format!("/v1/posts/{}", forum.publish(1, &teapot()).await);
    let patch = json!({"title": "Kettle"});
    let other = forum.tell(forum.by(2, "PATCH", &path), &patch).await;
    assert_eq!((other.status, other.code()), (403, "FORBIDDEN"));
    assert_eq!(forum.command(2, "DELETE", &path).await.status, 403);
    assert_eq!(forum.send(with_json(forum.request("PATCH", &path), &patch)).await.status, 401);
    assert_eq!(forum.send(forum.request("DELETE", &path)).await.status, 401);
    assert_eq!(forum.get(&path).await.json["version"], 1);
    assert_eq!(forum.tell(forum.by(ADMIN, "PATCH", &path), &patch).await.status, 200);
    assert_eq!(forum.command(ADMIN, "DELETE", &path).await.status, 204);
    assert_eq!(forum.get(&path).await.status, 404);
}

#[tokio::test]
async fn a_change_of_another_version_than_was_read_is_refused() {
    let forum = Forum::open().await;
    let path = format!("/v1/posts/{}", forum.publish(1, &teapot()).await);
    let change = |title: &str, etag: &str| {
        forum.send(with_json(forum.by(1, "PATCH", &path).header("if-match", etag), &json!({"title": title})))
    };
    assert_eq!(change("Kettle", "\"v1\"").await.status, 200);
    let late = change("Cup", "\"v1\"").await;
    assert_eq!((late.status, late.code()), (412, "PRECONDITION_FAILED"));
    assert_eq!(forum.send(forum.by(1, "DELETE", &path).header("if-match", "\"v1\"")).await.status, 412);
    assert_eq!(forum.get(&path).await.json["title"], "Kettle");
    assert_eq!(forum.send(forum.by(1, "DELETE", &path).header("if-match", "\"v2\"")).await.status, 204);
}

#[tokio::test]
async fn of_twenty_changes_of_one_version_at_once_one_wins() {
    let forum = Forum::open().await;
    let path = format!("/v1/posts/{}", forum.publish(1, &teapot()).await);
    let change = |number: usize| {
        let body = json!({"title": format!("Teapot {number}")});
        forum.send(with_json(forum.by(1, "PATCH", &path).header("if-match", "\"v1\""), &body))
    };
    let mut statuses: Vec<u16> = join_all((0..20).map(change)).await.iter().map(|reply| reply.status).collect();
    statuses.sort_unstable();
    assert_eq!(statuses, [vec![200], vec![412; 19]].concat());
    assert_eq!(forum.get(&path).await.json["version"], 2);
}

#[tokio::test]
async fn deleting_a_post_takes_with_it_what_hangs_on_it() {
    let forum = Forum::open().await;
    let (doomed, other) = (forum.publish(1, &teapot()).await, forum.publish(1, &teapot()).await);
    for post in [&doomed, &other] {
        forum.comment(2, post, "Nice.").await;
        forum.like(2, post).await;
    }
    let path = format!("/v1/posts/{doomed}");
    assert_eq!(forum.command(1, "DELETE", &path).await.status, 204);
    assert_eq!(forum.command(1, "DELETE", &path).await.status, 404);
    assert_eq!(forum.post_count(1).await, 1);
    for count in ["SELECT COUNT(*) FROM post_tags", "SELECT COUNT(*) FROM comments", "SELECT COUNT(*) FROM likes"] {
        assert_eq!(forum.rows(count).await, 1, "{count}");
    }
    assert_eq!(forum.get(&format!("/v1/posts?ids={doomed}")).await.json, json!({"items": []}));
    assert_eq!(members(&forum.get("/v1/posts?tag=tea").await.json, "title").len(), 1);
}

#[tokio::test]
async fn posts_are_counted_right_while_many_are_published_and_deleted_at_once() {
    let forum = Forum::open().await;
    let draft = teapot();
    let published = join_all((0..20).map(|_| forum.publish(1, &draft))).await;
    assert_eq!(forum.post_count(1).await, 20);
    let paths: Vec<String> = published.iter().take(12).map(|id| format!("/v1/posts/{id}")).collect();
    let twice = paths.iter().chain(&paths).map(|path| forum.command(1, "DELETE", path));
    let gone = join_all(twice).await.iter().filter(|reply| reply.status == 204).count();
    assert_eq!((gone, forum.post_count(1).await), (12, 8));
}
