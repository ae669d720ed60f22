//! Answers with a page of posts: counts and flags of each, or edges with cursors.

use std::collections::{HashMap, HashSet};

use serde::Serialize;

use super::{
    super::services::{CommentCount, LikeCount, List, Listing, Post},
    Nodes, PostOfUser,
};

#[derive(Serialize)]
pub struct CountsAnswer<'a> {
    posts: Nodes<CountedPost<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct CountedPost<'a> {
    id: &'a str,
    title: &'a str,
    comment_count: Option<i32>,
    like_count: Option<i32>,
    viewer_likes: bool,
}

impl<'a> CountsAnswer<'a> {
    pub fn new(
        posts: &'a List<Post>,
        comments: &HashMap<String, CommentCount>,
        (likes, liked): (&HashMap<String, LikeCount>, &HashSet<String>),
    ) -> Self {
        let node = |post: &'a Post| CountedPost {
            id: &post.id,
            title: &post.title,
            comment_count: comments.get(&post.id).map(|count| count.comments),
            like_count: likes.get(&post.id).map(|count| count.likes),
            viewer_likes: liked.contains(&post.id),
        };
        Self { posts: Nodes { nodes: posts.items.iter().map(node).collect() } }
    }
}

#[derive(Serialize)]
pub struct EdgesAnswer<'a> {
    posts: Edges<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Edges<'a> {
    edges: Vec<Edge<'a>>,
    page_info: PageInfo<'a>,
}

#[derive(Serialize)]
struct Edge<'a> {
    cursor: &'a str,
    node: PostOfUser<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PageInfo<'a> {
    has_next_page: bool,
    has_previous_page: bool,
    start_cursor: Option<&'a String>,
    end_cursor: Option<&'a String>,
}

impl<'a> EdgesAnswer<'a> {
    pub fn new(posts: &'a Listing<Post>) -> Self {
        let Listing { items, page } = posts;
        let edge = |(post, cursor): (&'a Post, &'a String)| Edge {
            cursor,
            node: PostOfUser { id: &post.id, title: &post.title, published_at: &post.published_at },
        };
        let page_info = PageInfo {
            has_next_page: page.has_next,
            has_previous_page: page.has_previous,
            start_cursor: page.cursors.first(),
            end_cursor: page.cursors.last(),
        };
        Self { posts: Edges { edges: items.iter().zip(&page.cursors).map(edge).collect(), page_info } }
    }
}
