//! Likes: doing it again changes nothing, however many ask at once.

use futures::future::join_all;
use serde_json::json;

use crate::forum::Forum;

#[tokio::test]
async fn liking_twice_is_liking_once_and_so_is_taking_it_back() {
    let forum = Forum::open().await;
    let post = forum.publish_titled(1, "Teapot").await;
    let path = format!("/v1/posts/{post}/likes");
    for (method, likes) in [("PUT", 1), ("PUT", 1), ("DELETE", 0), ("DELETE", 0), ("PUT", 1)] {
        assert_eq!(forum.command(2, method, &path).await.status, 204);
        assert_eq!(forum.like_count(&post).await, likes, "{method}");
    }
}

#[tokio::test]
async fn twenty_equal_requests_at_once_count_once() {
    let forum = Forum::open().await;
    let draft = json!({"title": "Teapot", "body": "Round.", "tags": ["tea", "pots"]});
    let post = forum.publish(1, &draft).await;
    forum.like(3, &post).await;
    let path = format!("/v1/posts/{post}/likes");
    for (method, likes) in [("PUT", 2), ("DELETE", 1)] {
        let replies = join_all((0..20).map(|_| forum.command(2, method, &path))).await;
        assert!(replies.iter().all(|reply| reply.status == 204), "{method}");
        assert_eq!(forum.like_count(&post).await, likes, "{method}");
        assert_eq!(forum.rows("SELECT CAST(SUM(like_count) AS BIGINT) FROM post_tags").await, 2 * likes, "{method}");
    }
}

#[tokio::test]
async fn many_people_at_once_are_all_counted_while_the_post_changes_and_goes() {
    let forum = Forum::open().await;
    let (kept, doomed) = (forum.publish_titled(1, "Kept").await, forum.publish_titled(1, "Doomed").await);
    let (paths, gone) = ([&kept, &doomed].map(|post| format!("/v1/posts/{post}/likes")), format!("/v1/posts/{doomed}"));
    let kept_path = format!("/v1/posts/{kept}");
    let likes = join_all(
        (0..20)
            .flat_map(|number| paths.iter().map(move |path| (number, path)))
            .map(async |(number, path)| forum.command(number, "PUT", path).await.status),
    );
    let change = json!({"tags": ["tea"], "title": "Changed"});
    let (statuses, changed, deleted) =
        tokio::join!(likes, forum.tell(forum.by(1, "PATCH", &kept_path), &change), forum.command(1, "DELETE", &gone));
    assert!(statuses.iter().all(|status| [204, 404].contains(status)), "{statuses:?}");
    assert_eq!((changed.status, deleted.status), (200, 204));
    assert_eq!(forum.like_count(&kept).await, 20);
    assert_eq!(forum.rows("SELECT like_count FROM post_tags").await, 20);
    assert_eq!(forum.rows("SELECT COUNT(*) FROM likes").await, 20);
}

#[tokio::test]
async fn the_viewer_learns_which_posts_they_like() {
    let forum = Forum::open().await;
    let (liked, other) = (forum.publish_titled(1, "A").await, forum.publish_titled(1, "B").await);
    forum.like(2, &liked).await;
    forum.like(3, &other).await;
    let path = format!("/v1/likes?post_ids={liked},{other}");
    let reply = forum.command(2, "GET", &path).await;
    assert_eq!((&reply.json, reply.header("cache-control")), (&json!({"ids": [liked]}), "private, no-store"));
    assert_eq!(forum.get(&path).await.status, 401);
}

#[tokio::test]
async fn liking_needs_a_signed_in_user_and_a_post() {
    let forum = Forum::open().await;
    let post = forum.publish_titled(1, "Teapot").await;
    let (path, nowhere) = (format!("/v1/posts/{post}/likes"), format!("/v1/posts/pst_{}/likes", "0".repeat(32)));
    for method in ["PUT", "DELETE"] {
        assert_eq!(forum.send(forum.request(method, &path)).await.status, 401);
        assert_eq!(forum.command(2, method, &nowhere).await.status, 404);
    }
}
