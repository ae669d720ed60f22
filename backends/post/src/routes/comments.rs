//! Routes of comments: all callers read them, signed-in users write them. In: ids, a page or a draft. Out: records,
//! counts or the new comment.

use axum::extract::State;
use chassis::{
    Answer, ApiError, Command, IdempotencyKey, Ids, Ledger, Outcome, PageParams, Pages, Params, Path, Public, Reader,
    Viewer, database::Connection,
};
use contract::{CommentId, PostId, id::Comment};
use serde::Deserialize;
use utoipa::IntoParams;

use super::{MAX_AGE, OfPosts, no_such_post};
use crate::{
    drafts::CommentDraft,
    events,
    records::{CommentCounts, CommentRecord, Items},
    store::{
        comments::{self, POST_COMMENTS},
        posts,
    },
};

/// Ids of comments.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct CommentIds {
    /// 1 to 100 ids separated by commas; unknown ones are omitted.
    #[param(value_type = String)]
    ids: Ids<Comment>,
}

/// Comments by ids.
#[utoipa::path(
    get, path = "/v1/comments", tag = "comments", params(CommentIds),
    responses((status = 200, body = Items<CommentRecord>)),
)]
pub(super) async fn by_ids(
    reader: Reader,
    Params(CommentIds { ids }): Params<CommentIds>,
) -> Result<Public<Items<CommentRecord>>, ApiError> {
    let items = comments::by_ids(&mut reader.connect().await?, ids.as_slice()).await?;
    Ok(Public::new(Items { items }, MAX_AGE))
}

/// The comments on each post, newest first.
#[utoipa::path(
    get, path = "/v1/comments/by-post", tag = "comments", params(OfPosts, PageParams),
    responses((status = 200, body = Pages<CommentRecord>)),
)]
pub(super) async fn by_post(
    reader: Reader,
    Params(OfPosts { post_ids }): Params<OfPosts>,
    Params(page): Params<PageParams>,
) -> Result<Public<Pages<CommentRecord>>, ApiError> {
    let request = page.of(POST_COMMENTS.kind)?;
    let pages = POST_COMMENTS.pages(&mut reader.connect().await?, post_ids.as_slice(), &request).await?;
    Ok(Public::new(pages, MAX_AGE))
}

/// The number of comments on each post.
#[utoipa::path(
    get, path = "/v1/comments/counts", tag = "comments", params(OfPosts),
    responses((status = 200, body = CommentCounts)),
)]
pub(super) async fn counts(
    reader: Reader,
    Params(OfPosts { post_ids }): Params<OfPosts>,
) -> Result<Public<CommentCounts>, ApiError> {
    let counts = comments::counts(&mut reader.connect().await?, post_ids.as_slice()).await?;
    Ok(Public::new(CommentCounts { counts }, MAX_AGE))
}

/// Comments on a post.
#[utoipa::path(
    post, path = "/v1/posts/{id}/comments", request_body = CommentDraft, tag = "comments", security(("bearer" = [])),
    params(("id" = String, Path), IdempotencyKey),
    responses((status = 201, body = CommentRecord, headers(("location" = String), ("etag" = String)))),
)]
pub(super) async fn add(
    State(ledger): State<Ledger>,
    viewer: Viewer,
    Path(post_id): Path<PostId>,
    command: Command<CommentDraft>,
) -> Result<Answer, ApiError> {
    let Command { input: draft, envelope } = command;
    draft.check()?;
    let now = ledger.clock().now();
    let (id, author_id) = (CommentId::new(now), viewer.id());
    let comment = CommentRecord { id, post_id, author_id, body: draft.body, created_at: now, version: 1 };
    let effect = async |connection: &mut Connection| {
        posts::lock(connection, post_id).await?.ok_or_else(no_such_post)?;
        comments::insert(connection, &comment).await?;
        let answer = Answer::created(&comment, format!("/v1/comments?ids={id}"))?.version(comment.version);
        Ok(Outcome::with_event(answer, events::comment_added(&comment)))
    };
    ledger.write(&envelope, effect).await
}
