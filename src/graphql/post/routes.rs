//! The read routes of the post service for posts and likes.

use contract::{PostId, UserId};
use serde::Deserialize;

use super::{Post, list::PostList};
use crate::{
    cache::Tag,
    clients::{Everybody, PageArguments, PageRecord, Route, Shown, TheViewer},
    services::Service,
};

/// Number of an author's posts.
#[derive(Clone, Copy, Deserialize)]
pub struct PostCount {
    pub(in crate::graphql) posts: i32,
}

/// Number of a post's likes.
#[derive(Clone, Copy, Deserialize)]
pub struct LikeCount {
    pub(super) likes: i32,
}

/// Posts by id.
pub static POSTS: Route<Everybody, (), PostId, Post> =
    Route::records(Service::Post, "/v1/posts", "ids").shared(|id| Tag::object("Post", id));

/// Posts that match a filter, in an order.
pub static ALL_POSTS: Route<Everybody, PostList, (), PageRecord<Post>> =
    Route::list(Service::Post, "/v1/posts").shared(|()| Tag::list("Post", "posts"));

/// The posts of each author, newest first.
pub static POSTS_BY_AUTHOR: Route<Everybody, PageArguments, UserId, PageRecord<Post>> =
    Route::pages(Service::Post, "/v1/posts/by-author", "author_ids").shared(|id| Tag::list_of(id, "Post", "posts"));

/// Numbers of posts by author.
pub static POST_COUNTS: Route<Everybody, (), UserId, PostCount> =
    Route::counts(Service::Post, "/v1/posts/counts", "author_ids").shared(|id| Tag::object("User", id));

/// Numbers of likes by post.
pub static LIKE_COUNTS: Route<Everybody, (), PostId, LikeCount> =
    Route::counts(Service::Post, "/v1/likes/counts", "post_ids").shared(|id| Tag::object("Post", id));

/// Whether the viewer likes each post.
pub static LIKED_BY_VIEWER: Route<TheViewer, (), PostId, bool> = Route::flags(Service::Post, "/v1/likes", "post_ids");

impl Shown for PostCount {}

impl Shown for LikeCount {}
