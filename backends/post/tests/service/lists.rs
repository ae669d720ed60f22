//! Lists of posts: every filter in every order, page by page, while rows come and go.

use chassis::testing::members;
use std::cmp::Reverse;

use serde_json::{Value as Json, json};

use crate::forum::{Forum, user};

/// What a list is chosen by, and its title.
struct Written {
    author: u8,
    tags: Vec<&'static str>,
    for_sale: bool,
    likes: u8,
    title: String,
}

/// Two dozen posts, of all kinds.
async fn write_all(forum: &Forum) -> Vec<Written> {
    let mut written = Vec::new();
    for number in 0..24_u8 {
        let tags = ["tea", "pots"].into_iter().enumerate().filter(|(bit, _)| number >> bit & 1 == 1);
        let post = Written {
            author: 1 + number % 3,
            tags: tags.map(|(_, tag)| tag).collect(),
            for_sale: number % 4 < 2,
            likes: number * 7 % 5,
            title: format!("Post {number:02}"),
        };
        let offer = post.for_sale.then(|| json!({"price": {"amount": 1, "currency": "JPY"}, "stock": 0}));
        let draft = json!({"title": post.title, "body": "text", "tags": post.tags, "offer": offer});
        let id = forum.publish(post.author, &draft).await;
        for liker in 0..post.likes {
            forum.like(10 + liker, &id).await;
        }
        written.push(post);
    }
    written
}

/// All titles of a list, read three at a time.
async fn read_all(forum: &Forum, query: &str) -> Vec<String> {
    let (mut seen, mut after) = (Vec::new(), String::new());
    loop {
        let reply = forum.get(&format!("/v1/posts?first=3{query}{after}")).await;
        assert_eq!(reply.status, 200, "{query}: {}", reply.json);
        let page = &reply.json["page"];
        assert_eq!(page["has_previous"], !seen.is_empty(), "{query}");
        assert_eq!(page["cursors"].as_array().unwrap().len(), members(&reply.json, "title").len(), "{query}");
        seen.extend(members(&reply.json, "title").into_iter().map(str::to_owned));
        if page["has_next"] == false {
            return seen;
        }
        after = format!("&after={}", page["end_cursor"].as_str().unwrap());
    }
}

#[tokio::test]
async fn every_filter_in_every_order_tells_what_it_should() {
    let forum = Forum::open().await;
    let written = write_all(&forum).await;
    let mut tried = 0;
    for tag in [None, Some("tea"), Some("none")] {
        for author in [None, Some(2), Some(9)] {
            for for_sale in [None, Some(true), Some(false)] {
                let passes = |post: &&Written| {
                    tag.is_none_or(|tag| post.tags.contains(&tag))
                        && author.is_none_or(|author| post.author == author)
                        && for_sale.is_none_or(|for_sale| post.for_sale == for_sale)
                };
                let mut query = tag.map_or_else(String::new, |tag| format!("&tag={tag}"));
                query += &author.map_or_else(String::new, |author| format!("&author_id={}", user(author)));
                query += &for_sale.map_or_else(String::new, |for_sale| format!("&for_sale={for_sale}"));
                let mut posts: Vec<&Written> = written.iter().filter(passes).collect();
                let expected = |posts: &[&Written]| posts.iter().map(|post| post.title.clone()).collect::<Vec<_>>();
                assert_eq!(read_all(&forum, &format!("{query}&order=oldest")).await, expected(&posts), "{query}");
                posts.reverse();
                assert_eq!(read_all(&forum, &query).await, expected(&posts), "{query}");
                posts.sort_by_key(|post| Reverse(post.likes));
                assert_eq!(read_all(&forum, &format!("{query}&order=most_liked")).await, expected(&posts), "{query}");
                tried += 1;
            }
        }
    }
    assert_eq!(tried, 27);
}

#[tokio::test]
async fn what_is_no_tag_is_on_no_post() {
    let forum = Forum::open().await;
    forum.publish_titled(1, "Untagged").await;
    for tag in ["", "Tea", "%00", "a%27b", "%E2%98%95", &"z".repeat(31)] {
        let reply = forum.get(&format!("/v1/posts?tag={tag}")).await;
        assert_eq!((reply.status, members(&reply.json, "title")), (200, vec![]), "{tag}");
    }
}

#[tokio::test]
async fn a_cursor_keeps_its_place_while_posts_come_and_go() {
    let forum = Forum::open().await;
    let mut ids = Vec::new();
    for title in ["A", "B", "C", "D", "E"] {
        ids.push(forum.publish_titled(1, title).await);
    }
    let first = forum.get("/v1/posts?first=2").await.json;
    assert_eq!(members(&first, "title"), ["E", "D"]);
    forum.publish_titled(1, "F").await;
    // The post that the cursor names goes, and one behind it.
    for gone in [&ids[3], &ids[1]] {
        assert_eq!(forum.command(1, "DELETE", &format!("/v1/posts/{gone}")).await.status, 204);
    }
    let rest = forum.get(&format!("/v1/posts?after={}", first["page"]["end_cursor"].as_str().unwrap())).await.json;
    assert_eq!(members(&rest, "title"), ["C", "A"]);
}

#[tokio::test]
async fn a_cursor_of_another_order_is_refused() {
    let forum = Forum::open().await;
    forum.publish_titled(1, "A").await;
    let page = forum.get("/v1/posts").await.json;
    let cursor = page["page"]["end_cursor"].as_str().unwrap();
    for path in ["/v1/posts?order=oldest", "/v1/posts?order=most_liked", &by_author(&[1])] {
        assert_eq!(forum.get(&format!("{path}&after={cursor}")).await.status, 400, "{path}");
    }
    assert_eq!(forum.get(&format!("/v1/posts?tag=tea&after={cursor}")).await.status, 200, "under any filter");
}

#[tokio::test]
async fn every_author_gets_their_page_even_an_empty_one() {
    let forum = Forum::open().await;
    for (author, title) in [(1, "A"), (2, "B"), (1, "C"), (1, "D")] {
        forum.publish_titled(author, title).await;
    }
    let path = format!("{}&first=2", by_author(&[1, 2, 3]));
    let pages = forum.get(&path).await.json;
    assert_eq!(pages["pages"].as_object().unwrap().len(), 3);
    let of = |pages: &Json, author: u8| pages["pages"][user(author).to_string()].clone();
    assert_eq!(members(&of(&pages, 1), "title"), ["D", "C"]);
    assert_eq!(members(&of(&pages, 2), "title"), ["B"]);
    assert!(members(&of(&pages, 3), "title").is_empty());
    let cursor = of(&pages, 1)["page"]["end_cursor"].as_str().unwrap().to_owned();
    let next = forum.get(&format!("{path}&after={cursor}")).await.json;
    assert_eq!(
        (members(&of(&next, 1), "title"), members(&of(&next, 2), "title")),
        (vec!["A"], vec!["B"]),
        "a position for each"
    );
}

#[tokio::test]
async fn a_hundred_authors_are_one_statement() {
    let forum = Forum::open().await;
    forum.publish_titled(70, "A").await;
    let before = forum.database.statements().all().len();
    let reply = forum.get(&by_author(&(0..100).collect::<Vec<u8>>())).await;
    assert_eq!(reply.json["pages"].as_object().unwrap().len(), 100);
    assert_eq!(members(&reply.json["pages"][user(70).to_string()], "title"), ["A"]);
    assert_eq!(forum.database.statements().all().len(), before + 1);
}

fn by_author(authors: &[u8]) -> String {
    let ids: Vec<String> = authors.iter().map(|author| user(*author).to_string()).collect();
    format!("/v1/posts/by-author?author_ids={}", ids.join(","))
}
