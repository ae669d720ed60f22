//! Loaders of the post service's batch routes for comments.

use std::sync::Arc;

use contract::{CommentId, PostId};

use super::{Batch, Request};
use crate::clients::{
    PageArguments, PageRecord,
    comment::{CommentCountRecord, CommentRecord},
};

/// Comments by id.
pub type CommentsById = Batch<(), CommentId, CommentRecord>;
/// A page of comments for each post.
pub type CommentsByPost = Batch<PageArguments, PostId, PageRecord<CommentRecord>>;
/// Numbers of comments by post.
pub type CommentCounts = Batch<(), PostId, CommentCountRecord>;

pub(super) fn comments_by_id(request: &Arc<Request>) -> CommentsById {
    Batch::new(request, |request, (), ids| {
        Box::pin(async move { request.clients.posts.comments_by_ids(&request.context, &ids).await })
    })
}

pub(super) fn comments_by_post(request: &Arc<Request>) -> CommentsByPost {
    Batch::new(request, |request, page, ids| {
        Box::pin(async move { request.clients.posts.comments_by_post(&request.context, (&ids, &page)).await })
    })
}

pub(super) fn comment_counts(request: &Arc<Request>) -> CommentCounts {
    Batch::new(request, |request, (), ids| {
        Box::pin(async move { request.clients.posts.comment_counts(&request.context, &ids).await })
    })
}
