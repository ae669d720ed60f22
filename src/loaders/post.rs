//! Loaders of the post service's batch routes.

use std::{collections::HashMap, sync::Arc};

use contract::{PostId, UserId};

use super::{Batch, Request};
use crate::clients::{
    PageArguments, PageRecord,
    post::{LikeCountRecord, PostCountRecord, PostRecord},
};

/// Posts by id.
pub type PostsById = Batch<(), PostId, PostRecord>;
/// A page of posts for each author.
pub type PostsByAuthor = Batch<PageArguments, UserId, PageRecord<PostRecord>>;
/// Numbers of posts by author.
pub type PostCounts = Batch<(), UserId, PostCountRecord>;
/// Numbers of likes by post.
pub type LikeCounts = Batch<(), PostId, LikeCountRecord>;
/// Whether the viewer likes a post; no answer without a viewer.
pub type LikedByViewer = Batch<(), PostId, bool>;

pub(super) fn posts_by_id(request: &Arc<Request>) -> PostsById {
    Batch::new(request, |request, (), ids| {
        Box::pin(async move { request.clients.posts.posts_by_ids(&request.context, &ids).await })
    })
}

pub(super) fn posts_by_author(request: &Arc<Request>) -> PostsByAuthor {
    Batch::new(request, |request, page, ids| {
        Box::pin(async move { request.clients.posts.posts_by_author(&request.context, (&ids, &page)).await })
    })
}

pub(super) fn post_counts(request: &Arc<Request>) -> PostCounts {
    Batch::new(request, |request, (), ids| {
        Box::pin(async move { request.clients.posts.post_counts(&request.context, &ids).await })
    })
}

pub(super) fn like_counts(request: &Arc<Request>) -> LikeCounts {
    Batch::new(request, |request, (), ids| {
        Box::pin(async move { request.clients.posts.like_counts(&request.context, &ids).await })
    })
}

pub(super) fn liked_by_viewer(request: &Arc<Request>) -> LikedByViewer {
    Batch::new(request, |request, (), ids| {
        Box::pin(async move {
            let Some(viewer) = &request.viewer else { return Ok(HashMap::new()) };
            request.clients.posts.liked_by_viewer(&request.context, (viewer, &ids)).await
        })
    })
}
