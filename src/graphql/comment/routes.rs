//! The read routes of the post service for comments.

use contract::{CommentId, PostId};
use serde::Deserialize;

use super::Comment;
use crate::{
    cache::Tag,
    clients::{Everybody, PageArguments, PageRecord, Route, Shown},
    services::Service,
};

/// Number of a post's comments.
#[derive(Clone, Copy, Deserialize)]
pub struct CommentCount {
    pub(in crate::graphql) comments: i32,
}

/// Comments by id.
pub static COMMENTS: Route<Everybody, (), CommentId, Comment> =
    Route::records(Service::Post, "/v1/comments", "ids").shared(|id| Tag::object("Comment", id));

/// The comments on each post, newest first.
pub static COMMENTS_BY_POST: Route<Everybody, PageArguments, PostId, PageRecord<Comment>> =
    Route::pages(Service::Post, "/v1/comments/by-post", "post_ids")
        .shared(|id| Tag::list_of(id, "Comment", "comments"));

/// Numbers of comments by post.
pub static COMMENT_COUNTS: Route<Everybody, (), PostId, CommentCount> =
    Route::counts(Service::Post, "/v1/comments/counts", "post_ids").shared(|id| Tag::object("Post", id));

impl Shown for CommentCount {}
