//! Demo data: what is written in bulk is read like what was published.

use chassis::testing::members;
use contract::{CommentId, Money, PostId, Time};
use post_service::seed::{CommentSeed, LikeSeed, PostSeed, seed_comments, seed_likes, seed_posts};
use serde_json::json;

use crate::forum::{Forum, user};

const AT: Time = Time::from_millis(1_750_000_000_000);

fn post(number: u8) -> PostSeed {
    PostSeed {
        id: PostId::from_parts(AT, u128::from(number)),
        author_id: user(1 + number % 2),
        title: format!("Post {number}"),
        body: "text".into(),
        tags: vec!["tea".into(), "pots".into()],
        offer: (number == 1).then(|| (Money { amount: 5, currency: "EUR".parse().unwrap() }, 2)),
        published_at: AT,
        updated_at: AT,
        comment_count: 1,
        like_count: i64::from(number),
    }
}

#[tokio::test]
async fn seeded_rows_are_read_and_changed_like_any_other() {
    let forum = Forum::open().await;
    let posts: Vec<PostSeed> = (0..3).map(post).collect();
    let comments = posts.iter().map(|post| CommentSeed {
        id: CommentId::from_parts(AT, 1 + post.like_count as u128),
        post_id: post.id,
        author_id: user(3),
        body: "Nice.".into(),
        created_at: AT,
    });
    let comments: Vec<CommentSeed> = comments.collect();
    let likes = posts.iter().flat_map(|post| {
        (0..post.like_count).map(|number| LikeSeed {
            post_id: post.id,
            user_id: user(10 + number as u8),
            created_at: AT,
        })
    });
    let likes: Vec<LikeSeed> = likes.collect();
    let ids: Vec<String> = posts.iter().map(|post| post.id.to_string()).collect();
    seed_posts(&forum.database, posts.into_iter()).await.unwrap();
    seed_comments(&forum.database, comments.into_iter()).await.unwrap();
    seed_likes(&forum.database, likes.into_iter()).await.unwrap();

    let by_likes = forum.get("/v1/posts?tag=tea&order=most_liked").await.json;
    assert_eq!(members(&by_likes, "title"), ["Post 2", "Post 1", "Post 0"]);
    assert_eq!(by_likes["items"][1]["offer"], json!({"price": {"amount": 5, "currency": "EUR"}, "stock": 2}));
    assert_eq!((forum.post_count(1).await, forum.post_count(2).await), (2, 1));
    forum.like(10, &ids[0]).await;
    forum.comment(1, &ids[0], "Thanks.").await;
    assert_eq!((forum.like_count(&ids[0]).await, forum.comment_count(&ids[0]).await), (1, 2));
    forum.publish_titled(1, "New").await;
    assert_eq!(forum.command(1, "DELETE", &format!("/v1/posts/{}", ids[2])).await.status, 204);
    assert_eq!(forum.post_count(1).await, 2);
}
