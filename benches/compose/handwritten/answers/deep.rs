//! The answer of five levels: users, their posts, the authors of those, and posts of theirs.

use std::collections::HashMap;

use serde::Serialize;

use super::{
    super::services::{List, Post, User},
    Nodes, Titled,
};

#[derive(Serialize)]
pub struct DeepAnswer<'a> {
    users: Nodes<DeepUser<'a>>,
}

#[derive(Serialize)]
struct DeepUser<'a> {
    id: &'a str,
    handle: &'a str,
    posts: Option<Nodes<DeepPost<'a>>>,
}

#[derive(Serialize)]
struct DeepPost<'a> {
    id: &'a str,
    title: &'a str,
    author: Option<DeepAuthor<'a>>,
}

#[derive(Serialize)]
struct DeepAuthor<'a> {
    id: &'a str,
    name: &'a str,
    posts: Option<Nodes<Titled<'a>>>,
}

impl<'a> DeepAnswer<'a> {
    pub fn new(
        users: &'a List<User>,
        posts: &'a HashMap<String, List<Post>>,
        (authors, others): (&'a HashMap<String, User>, &'a HashMap<String, List<Post>>),
    ) -> Self {
        let author = |user: &'a User| DeepAuthor {
            id: &user.id,
            name: &user.name,
            posts: others.get(&user.id).map(|page| Nodes { nodes: page.items.iter().map(Titled::of).collect() }),
        };
        let post = |post: &'a Post| DeepPost {
            id: &post.id,
            title: &post.title,
            author: authors.get(&post.author_id).map(author),
        };
        let node = |user: &'a User| DeepUser {
            id: &user.id,
            handle: &user.handle,
            posts: posts.get(&user.id).map(|page| Nodes { nodes: page.items.iter().map(post).collect() }),
        };
        Self { users: Nodes { nodes: users.items.iter().map(node).collect() } }
    }
}
