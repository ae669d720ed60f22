//! The answers, in the shape and order of the GraphQL ones, written straight from the records. What is missing is `null`.

mod deep;
mod listing;

use std::collections::HashMap;

use serde::Serialize;

use super::services::{List, Order, Post, Status, User};
pub use deep::DeepAnswer;
pub use listing::{CountsAnswer, EdgesAnswer};

#[derive(Serialize)]
pub struct Data<T> {
    pub data: T,
}

#[derive(Serialize)]
struct Nodes<T> {
    nodes: Vec<T>,
}

#[derive(Serialize)]
struct Author<'a> {
    id: &'a str,
    handle: &'a str,
    name: &'a str,
}

#[derive(Serialize)]
pub struct PostsAnswer<'a> {
    posts: Nodes<PostOfPage<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PostOfPage<'a> {
    id: &'a str,
    title: &'a str,
    published_at: &'a str,
    author: Option<Author<'a>>,
}

#[derive(Serialize)]
pub struct UsersAnswer<'a> {
    users: Nodes<UserWithPosts<'a>>,
}

#[derive(Serialize)]
struct UserWithPosts<'a> {
    id: &'a str,
    handle: &'a str,
    name: &'a str,
    posts: Option<Nodes<PostOfUser<'a>>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PostOfUser<'a> {
    id: &'a str,
    title: &'a str,
    published_at: &'a str,
}

#[derive(Serialize)]
pub struct OrdersAnswer<'a> {
    viewer: Option<Viewer<'a>>,
}

#[derive(Serialize)]
struct Viewer<'a> {
    id: &'a str,
    handle: &'a str,
    orders: Nodes<OrderOfViewer<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct OrderOfViewer<'a> {
    id: &'a str,
    number: &'a str,
    status: Status,
    placed_at: &'a str,
    items: Vec<Item<'a>>,
}

#[derive(Serialize)]
struct Item<'a> {
    title: &'a str,
    quantity: i32,
    post: Option<PostOfItem<'a>>,
}

#[derive(Serialize)]
struct PostOfItem<'a> {
    id: &'a str,
    title: &'a str,
    author: Option<Author<'a>>,
}

impl<'a> Author<'a> {
    fn of(post: &Post, users: &'a HashMap<String, User>) -> Option<Self> {
        users.get(&post.author_id).map(|user| Self { id: &user.id, handle: &user.handle, name: &user.name })
    }
}

impl<'a> PostsAnswer<'a> {
    pub fn new(posts: &'a List<Post>, users: &'a HashMap<String, User>) -> Self {
        let node = |post: &'a Post| PostOfPage {
            id: &post.id,
            title: &post.title,
            published_at: &post.published_at,
            author: Author::of(post, users),
        };
        Self { posts: Nodes { nodes: posts.items.iter().map(node).collect() } }
    }
}

impl<'a> UsersAnswer<'a> {
    pub fn new(users: &'a List<User>, posts: &'a HashMap<String, List<Post>>) -> Self {
        let post = |post: &'a Post| PostOfUser { id: &post.id, title: &post.title, published_at: &post.published_at };
        let node = |user: &'a User| UserWithPosts {
            id: &user.id,
            handle: &user.handle,
            name: &user.name,
            posts: posts.get(&user.id).map(|page| Nodes { nodes: page.items.iter().map(post).collect() }),
        };
        Self { users: Nodes { nodes: users.items.iter().map(node).collect() } }
    }
}

impl<'a> OrdersAnswer<'a> {
    pub fn new(
        viewer: Option<&'a User>,
        orders: &'a List<Order>,
        (posts, users): (&'a HashMap<String, Post>, &'a HashMap<String, User>),
    ) -> Self {
        let post = |post: &'a Post| PostOfItem { id: &post.id, title: &post.title, author: Author::of(post, users) };
        let node = |order: &'a Order| {
            let items = order.items.iter().map(|item| Item {
                title: &item.title,
                quantity: item.quantity,
                post: posts.get(&item.post_id).map(post),
            });
            OrderOfViewer {
                id: &order.id,
                number: &order.number,
                status: order.status,
                placed_at: &order.placed_at,
                items: items.collect(),
            }
        };
        let viewer = viewer.map(|user| Viewer {
            id: &user.id,
            handle: &user.handle,
            orders: Nodes { nodes: orders.items.iter().map(node).collect() },
        });
        Self { viewer }
    }
}

#[derive(Serialize)]
struct Titled<'a> {
    id: &'a str,
    title: &'a str,
}

impl<'a> Titled<'a> {
    fn of(post: &'a Post) -> Self {
        Self { id: &post.id, title: &post.title }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct LikeAnswer<'a> {
    like_post: LikePayload<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct LikePayload<'a> {
    post: Option<Titled<'a>>,
    user_errors: [(); 0],
}

impl<'a> LikeAnswer<'a> {
    pub fn new(post: Option<&'a Post>) -> Self {
        Self { like_post: LikePayload { post: post.map(Titled::of), user_errors: [] } }
    }
}

#[derive(Serialize)]
pub struct TypenameAnswer {
    __typename: &'static str,
}

impl TypenameAnswer {
    pub const QUERY: Self = Self { __typename: "Query" };
}
