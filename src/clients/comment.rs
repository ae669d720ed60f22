//! The post service: comments. In: ids and commands. Out: records as the service sends them.

use std::collections::HashMap;

use contract::{CommentId, PostId, Time, UserId};
use http::Method;
use serde::{Deserialize, Serialize};

use super::{
    CallContext, CallError, Command, PageArguments, PageRecord, PublicRead, Tag,
    batch::{Counts, Items, Keyed, Pages, ids_query, pages_query},
    post::PostClient,
    tag::Tagged,
};
use crate::auth::Viewer;

/// A comment on a post.
#[derive(Clone, Debug, Deserialize)]
pub struct CommentRecord {
    /// Id.
    pub id: CommentId,
    /// On which post.
    pub post_id: PostId,
    /// Who wrote it.
    pub author_id: UserId,
    /// Text.
    pub body: String,
    /// When.
    pub created_at: Time,
}

/// How many comments a post has.
#[derive(Clone, Copy, Debug, Deserialize)]
pub struct CommentCountRecord {
    /// Comments.
    pub comments: i32,
}

impl Tagged for CommentRecord {
    fn tag(&self) -> Tag {
        Tag::Comment(self.id)
    }
}

impl Keyed<CommentId> for CommentRecord {
    fn key(&self) -> CommentId {
        self.id
    }
}

impl PostClient {
    /// Comments by id; unknown ids are absent.
    pub async fn comments_by_ids(
        &self,
        context: &CallContext,
        ids: &[CommentId],
    ) -> Result<HashMap<CommentId, CommentRecord>, CallError> {
        let read = PublicRead::new(ids_query(("/v1/comments", "ids"), ids), ids.iter().copied().map(Tag::Comment));
        self.service.public(context, read, |answer: Items<_>| answer.among(ids)).await
    }

    /// The comments on each post, one page each, newest first.
    pub async fn comments_by_post(
        &self,
        context: &CallContext,
        (posts, page): (&[PostId], &PageArguments),
    ) -> Result<HashMap<PostId, PageRecord<CommentRecord>>, CallError> {
        let read = PublicRead::new(
            pages_query(("/v1/comments/by-post", "post_ids"), posts, page),
            posts.iter().copied().map(Tag::CommentsOn),
        );
        self.service.public(context, read, |answer: Pages<_, _>| answer.of(posts, page)).await
    }

    /// How many comments each post has.
    pub async fn comment_counts(
        &self,
        context: &CallContext,
        posts: &[PostId],
    ) -> Result<HashMap<PostId, CommentCountRecord>, CallError> {
        let read = PublicRead::new(
            ids_query(("/v1/comments/counts", "post_ids"), posts),
            posts.iter().copied().map(Tag::Post),
        );
        self.service.public(context, read, |answer: Counts<_, _>| answer.among(posts)).await
    }

    /// Comments on a post.
    pub async fn comment(
        &self,
        context: &CallContext,
        (viewer, post, body): (&Viewer, PostId, &str),
        idempotency_key: Option<String>,
    ) -> Result<CommentRecord, CallError> {
        #[derive(Serialize)]
        struct Body<'a> {
            body: &'a str,
        }
        let command = Command::new(Method::POST, "/v1/posts/{id}/comments", &[&post]);
        let command = command.by(viewer).json(&Body { body }).once(idempotency_key);
        self.service.command(context, command).await
    }
}
