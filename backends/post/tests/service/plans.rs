//! Every statement is answered from an index: no table is read whole, nothing is sorted.

use chassis::database::plans::slow_plans;
use serde_json::json;

use crate::forum::{Forum, user};

#[tokio::test]
async fn no_statement_scans_a_table_or_sorts() {
    let forum = Forum::open().await;
    let draft = json!({"title": "A", "body": "text", "tags": ["tea"]});
    let (first, second) = (forum.publish(1, &draft).await, forum.publish(2, &draft).await);
    let comment = forum.comment(2, &first, "Nice.").await;
    forum.comment(3, &first, "Nice.").await;
    let offer = json!({"price": {"amount": 1, "currency": "JPY"}, "stock": 1});
    let change = json!({"title": "B", "tags": ["tea", "pots"], "offer": offer});
    let command = ("PATCH", format!("/v1/posts/{first}"));
    assert_eq!(forum.tell(forum.by(1, command.0, &command.1), &change).await.status, 200);
    let (likes, posts) = (format!("/v1/posts/{first}/likes"), format!("{first},{second}"));
    for (method, path) in [("PUT", &likes), ("DELETE", &likes), ("GET", &format!("/v1/likes?post_ids={posts}"))] {
        assert!(forum.command(2, method, path).await.status < 300, "{path}");
    }
    let mut lists: Vec<String> = [
        format!("/v1/posts/by-author?author_ids={},{}&first=1", user(1), user(2)),
        format!("/v1/comments/by-post?post_ids={posts}&first=1"),
    ]
    .into();
    for order in ["newest", "oldest", "most_liked"] {
        for tag in ["", "&tag=tea"] {
            for author in [String::new(), format!("&author_id={}", user(1))] {
                for sale in ["", "&for_sale=true"] {
                    lists.push(format!("/v1/posts?first=1&order={order}{tag}{author}{sale}"));
                }
            }
        }
    }
    assert_eq!(lists.len(), 26);
    for list in lists {
        let reply = forum.get(&list).await;
        let page = reply.json.get("page").or_else(|| reply.json["pages"].get(&first));
        let page = page.or_else(|| reply.json["pages"][user(1).to_string()].get("page")).unwrap();
        let cursor = page["end_cursor"].as_str().or_else(|| page["page"]["end_cursor"].as_str());
        let next = forum.get(&format!("{list}&after={}", cursor.unwrap())).await;
        assert_eq!((reply.status, next.status), (200, 200), "{list}");
    }
    for path in [
        format!("/v1/posts?ids={posts}"),
        format!("/v1/posts/counts?author_ids={},{}", user(1), user(2)),
        format!("/v1/comments?ids={comment}"),
        format!("/v1/comments/counts?post_ids={posts}"),
        format!("/v1/likes/counts?post_ids={posts}"),
    ] {
        assert_eq!(forum.get(&path).await.status, 200, "{path}");
    }
    assert_eq!(forum.command(2, "DELETE", &format!("/v1/posts/{second}")).await.status, 204);
    // Twice each of 26 lists; five reads by ids; what the commands do.
    let statements = forum.database.statements().all().len();
    assert!(statements >= 2 * 26 + 5 + 12, "{statements}");
    let slow = slow_plans(&forum.database, &[]).await.unwrap();
    assert!(slow.is_empty(), "{slow:#?}");
}
