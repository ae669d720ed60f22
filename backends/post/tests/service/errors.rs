//! Bad input gets one clear error, says which part is wrong, and changes nothing.

use serde_json::{Value as Json, json};

use crate::forum::{Forum, user};

#[tokio::test]
async fn parameters_that_do_not_fit_are_refused_with_their_name() {
    let forum = Forum::open().await;
    let id = forum.publish_titled(1, "A").await;
    let too_many = vec![id.as_str(); 101].join(",");
    for (path, word) in [
        ("/v1/posts?first=0".to_owned(), "first"),
        ("/v1/posts?first=101".to_owned(), "first"),
        ("/v1/posts?first=-1".to_owned(), "first"),
        ("/v1/posts?after=forged".to_owned(), "after"),
        ("/v1/posts?order=best".to_owned(), "most_liked"),
        ("/v1/posts?for_sale=yes".to_owned(), "for_sale"),
        (format!("/v1/posts?author_id={id}"), "user"),
        ("/v1/posts?ids=".to_owned(), "ids"),
        (format!("/v1/posts?ids={too_many}"), "ids"),
        (format!("/v1/posts?ids={}", user(1)), "post"),
        (format!("/v1/posts?ids={id}&tag=tea"), "ids"),
        (format!("/v1/posts/{}", user(1)), "post"),
        ("/v1/posts/by-author".to_owned(), "author_ids"),
        (format!("/v1/posts/counts?author_ids={id}"), "user"),
        (format!("/v1/comments?ids={id}"), "comment"),
        ("/v1/comments/by-post?first=1".to_owned(), "post_ids"),
        ("/v1/likes/counts".to_owned(), "post_ids"),
    ] {
        let reply = forum.get(&path).await;
        assert_eq!((reply.status, reply.code()), (400, "BAD_REQUEST"), "{path}");
        let said = format!("{} {}", reply.json["error"]["message"], reply.json["error"]["details"]);
        assert!(said.contains(word), "{path}: {said}");
    }
}

#[tokio::test]
async fn a_draft_that_breaks_a_limit_is_refused_with_the_members_name() {
    let forum = Forum::open().await;
    let post = forum.publish_titled(1, "A").await;
    let offer = |amount: Json, stock: Json| json!({"price": {"amount": amount, "currency": "EUR"}, "stock": stock});
    let eleven: Vec<String> = (0..11).map(|number| format!("t{number}")).collect();
    for (member, value, field) in [
        ("title", json!(""), "title"),
        ("title", json!("   "), "title"),
        ("title", json!("x".repeat(201)), "title"),
        ("title", json!("two\nlines"), "title"),
        ("title", json!("a\u{0}b"), "title"),
        ("title", json!(7), "title"),
        ("title", json!(null), "title"),
        ("body", json!(""), "body"),
        ("body", json!("ä".repeat(50_001)), "body"),
        ("body", json!("a\u{0}b"), "body"),
        ("body", json!("a\u{1b}b"), "body"),
        ("tags", json!(["Tea"]), "tags[0]"),
        ("tags", json!(["tea", "a b"]), "tags[1]"),
        ("tags", json!(["tea", "tea"]), "tags[1]"),
        ("tags", json!(["z".repeat(31)]), "tags[0]"),
        ("tags", json!([""]), "tags[0]"),
        ("tags", json!(eleven), "tags"),
        ("tags", json!("tea"), "tags"),
        ("offer", offer(json!(0), json!(1)), "offer.price.amount"),
        ("offer", offer(json!(-1), json!(1)), "offer.price.amount"),
        ("offer", offer(json!(1_000_000_000_001_i64), json!(1)), "offer.price.amount"),
        ("offer", offer(json!(12.5), json!(1)), "offer.price.amount"),
        ("offer", offer(json!(9_300_000_000_000_000_000_u64), json!(1)), "offer.price.amount"),
        ("offer", offer(json!(1), json!(-1)), "offer.stock"),
        ("offer", offer(json!(1), json!(1_000_001)), "offer.stock"),
        ("offer", json!({"price": {"amount": 1, "currency": "eur"}, "stock": 1}), "offer.price.currency"),
        ("offer", json!({"price": [1, "EUR"], "stock": 1}), "offer.price"),
        ("offer", json!([{"amount": 1, "currency": "EUR"}, 1]), "offer"),
    ] {
        let mut draft = json!({"title": "B", "body": "text"});
        draft[member] = value.clone();
        let patch = json!({member: value});
        for command in [(("POST", "/v1/posts".to_owned()), &draft), (("PATCH", format!("/v1/posts/{post}")), &patch)] {
            let ((method, path), body) = command;
            let reply = forum.tell(forum.by(1, method, &path), body).await;
            assert_eq!((reply.status, reply.code()), (422, "VALIDATION_FAILED"), "{method} {patch}");
            assert_eq!(reply.fields(), [field], "{method} {patch}");
        }
    }
    assert_eq!(forum.post_count(1).await, 1);
    assert_eq!(forum.get(&format!("/v1/posts/{post}")).await.json["version"], 1);
    for path in ["/v1/posts".to_owned(), format!("/v1/posts/{post}/comments")] {
        let reply = forum.tell(forum.by(1, "POST", &path), &json!(["title", "body"])).await;
        let said = (reply.status, reply.json["error"]["message"].as_str());
        assert_eq!(said, (422, Some("the body must be an object")), "{path}");
    }
    for body in
        [json!({"body": " "}), json!({"body": "x".repeat(5_001)}), json!({"body": "\u{0}"}), json!({"body": null})]
    {
        let reply = forum.tell(forum.by(1, "POST", &format!("/v1/posts/{post}/comments")), &body).await;
        assert_eq!((reply.status, reply.fields()), (422, vec!["body"]));
    }
    assert_eq!(forum.comment_count(&post).await, 0);
}

#[tokio::test]
async fn every_limit_that_is_broken_is_told_at_once() {
    let forum = Forum::open().await;
    let offer = json!({"price": {"amount": 0, "currency": "EUR"}, "stock": -1});
    let draft = json!({"title": "", "body": "", "tags": ["A", "B"], "offer": offer});
    let reply = forum.tell(forum.by(1, "POST", "/v1/posts"), &draft).await;
    assert_eq!(reply.fields(), ["title", "body", "tags[0]", "tags[1]", "offer.price.amount", "offer.stock"]);
}

#[tokio::test]
async fn what_just_keeps_the_limits_is_taken() {
    let forum = Forum::open().await;
    let offer = json!({"price": {"amount": 1_000_000_000_000_i64, "currency": "KWD"}, "stock": 1_000_000});
    let tags: Vec<String> = (0..10).map(|number| format!("{number}{}", "-".repeat(29))).collect();
    let draft = json!({"title": "☕".repeat(200), "body": "🫖".repeat(50_000), "tags": tags, "offer": offer});
    let id = forum.publish(1, &draft).await;
    let post = forum.get(&format!("/v1/posts/{id}")).await.json;
    for member in ["title", "body", "tags", "offer"] {
        assert_eq!(post[member], draft[member], "{member}");
    }
    forum.comment(1, &id, &"☕".repeat(5_000)).await;
}

#[tokio::test]
async fn what_is_no_json_or_too_large_is_refused() {
    let forum = Forum::open().await;
    let post = || forum.by(1, "POST", "/v1/posts").header("content-type", "application/json");
    assert_eq!(forum.send(post().body("{")).await.status, 400);
    assert_eq!(forum.send(post().body(vec![b'"', 0xff, b'"'])).await.status, 400);
    assert_eq!(forum.send(post().body(" ".repeat(10 << 20))).await.status, 413);
    assert_eq!(forum.send(forum.by(1, "POST", "/v1/posts").body("{}")).await.status, 415);
    assert_eq!(forum.post_count(1).await, 0);
}

/// Characters that no reader sees, or that reorder or split the text around them.
#[tokio::test]
async fn invisible_characters_direction_controls_and_line_separators_are_refused() {
    let forum = Forum::open().await;
    let post = forum.publish_titled(1, "Teapot").await;
    let comments = format!("/v1/posts/{post}/comments");
    for character in ["\u{200b}", "\u{ad}", "\u{2800}", "\u{feff}", "\u{202e}", "\u{2066}", "\u{200f}"] {
        let text = format!("Tea{character}pot");
        let post = forum.tell(forum.by(1, "POST", "/v1/posts"), &json!({"title": text, "body": text})).await;
        assert_eq!((post.status, post.fields()), (422, vec!["title", "body"]), "{character:?}");
        let comment = forum.tell(forum.by(2, "POST", &comments), &json!({"body": text})).await;
        assert_eq!((comment.status, comment.fields()), (422, vec!["body"]), "{character:?}");
    }
    for separator in ["\n", "\u{85}", "\u{2028}", "\u{2029}"] {
        let draft = json!({"title": format!("Tea{separator}pot"), "body": "Round."});
        let post = forum.tell(forum.by(1, "POST", "/v1/posts"), &draft).await;
        assert_eq!((post.status, post.fields()), (422, vec!["title"]), "{separator:?}");
    }
    // A family of emoji is one visible character, joined by an invisible one.
    let family = json!({"title": "👩\u{200d}👩\u{200d}👧", "body": "می\u{200c}خواهم"});
    assert_eq!(forum.tell(forum.by(1, "POST", "/v1/posts"), &family).await.status, 201);
}
