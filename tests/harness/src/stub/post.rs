//! What the post service answers.

use contract::{CommentId, PostId, Time};
use serde_json::{Value, json};

use super::call::Call;
use super::page::{self, Item, item};
use super::server::{Answer, refused};
use crate::token::Bearer;
use crate::town::{Comment, Post, Town};

pub(super) fn answer(town: &mut Town, call: &Call) -> Answer {
    let by_id = |post: &Post| item(post.id, post);
    match call.route.as_str() {
        "GET /v1/posts?ids" => page::by_keys(call, town.posts.iter().map(by_id)),
        "GET /v1/posts" => page::of_list(call, list(town, call)),
        "GET /v1/posts/by-author" => page::of_parents(call, |author| {
            town.posts.iter().rev().filter(|post| post.author_id.to_string() == author).map(by_id).collect()
        }),
        "GET /v1/posts/counts" => page::counts(call, |author| {
            let author = author.parse().unwrap();
            let known = town.users.iter().any(|user| user.id == author);
            known.then(|| json!({"posts": town.posts_of(author).len()}))
        }),
        "GET /v1/comments?ids" => page::by_keys(call, town.comments.iter().map(|it| item(it.id, it))),
        "GET /v1/comments/by-post" => page::of_parents(call, |post| {
            town.comments.iter().rev().filter(|it| it.post_id.to_string() == post).map(|it| item(it.id, it)).collect()
        }),
        "GET /v1/comments/counts" => page::counts(call, |post| {
            let comments = town.comments.iter().filter(|comment| comment.post_id.to_string() == post).count();
            Some(json!({"comments": comments}))
        }),
        "GET /v1/likes/counts" => page::counts(call, |post| {
            let post: PostId = post.parse().unwrap();
            Some(json!({"likes": likes(town, post)}))
        }),
        _ => match Bearer::of(call) {
            Some(caller) => private(town, call, caller),
            None => refused(401, "UNAUTHENTICATED"),
        },
    }
}

fn private(town: &mut Town, call: &Call, caller: Bearer) -> Answer {
    if call.route == "GET /v1/likes" {
        return page::flags(call, |post| town.likes.contains(&(caller.id, post.parse().unwrap())));
    }
    if call.route == "POST /v1/posts" {
        return publish(town, call, caller);
    }
    let Some(place) = town.posts.iter().position(|post| post.id.to_string() == call.segment(3)) else {
        return refused(404, "NOT_FOUND");
    };
    let id = town.posts[place].id;
    let own = caller.admin || town.posts[place].author_id == caller.id;
    match call.route.as_str() {
        "PUT /v1/posts/{id}/likes" => {
            town.likes.insert((caller.id, id));
            (204, Value::Null)
        }
        "DELETE /v1/posts/{id}/likes" => {
            town.likes.remove(&(caller.id, id));
            (204, Value::Null)
        }
        "POST /v1/posts/{id}/comments" => comment(town, call, (caller, id)),
        _ if !own => refused(403, "FORBIDDEN"),
        "PATCH /v1/posts/{id}" => {
            if let Some(title) = call.body["title"].as_str() {
                town.posts[place].title = title.into();
            }
            (200, item(id, &town.posts[place]).1)
        }
        "DELETE /v1/posts/{id}" => {
            town.posts.remove(place);
            (204, Value::Null)
        }
        _ => refused(404, "NOT_FOUND"),
    }
}

fn publish(town: &mut Town, call: &Call, caller: Bearer) -> Answer {
    let now = town.posts.last().map_or(Time::from_millis(0), |post| post.published_at);
    let text = |member: &str| call.body[member].as_str().unwrap_or_default().to_owned();
    let post = Post {
        id: PostId::from_parts(now, 1_000_000 + town.posts.len() as u128),
        version: 1,
        author_id: caller.id,
        title: text("title"),
        body: text("body"),
        tags: Vec::new(),
        offer: None,
        published_at: now,
        updated_at: now,
    };
    town.posts.push(post.clone());
    (201, item(post.id, &post).1)
}

fn comment(town: &mut Town, call: &Call, (caller, post_id): (Bearer, PostId)) -> Answer {
    let now = town.comments.last().map_or(Time::from_millis(0), |comment| comment.created_at);
    let comment = Comment {
        id: CommentId::from_parts(now, 1_000_000 + town.comments.len() as u128),
        version: 1,
        post_id,
        author_id: caller.id,
        body: call.body["body"].as_str().unwrap_or_default().into(),
        created_at: now,
    };
    town.comments.push(comment.clone());
    (201, item(comment.id, &comment).1)
}

fn list(town: &Town, call: &Call) -> Vec<Item> {
    let is = |name: &str, value: &str| call.query.get(name).is_none_or(|asked| asked == value);
    let mut posts: Vec<&Post> = town.posts.iter().filter(|post| is("author_id", &post.author_id.to_string())).collect();
    posts.retain(|post| is("for_sale", &post.offer.is_some().to_string()));
    posts.retain(|post| call.query.get("tag").is_none_or(|tag| post.tags.contains(tag)));
    match call.query.get("order").map(String::as_str) {
        Some("oldest") => {}
        Some("most_liked") => posts.sort_by_key(|post| std::cmp::Reverse(likes(town, post.id))),
        _ => posts.reverse(),
    }
    posts.into_iter().map(|post| item(post.id, post)).collect()
}

fn likes(town: &Town, post: PostId) -> usize {
    town.likes.iter().filter(|(_, liked)| *liked == post).count()
}
