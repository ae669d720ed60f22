//! Routes of likes: counts, the viewer's likes, liking and unliking, both idempotent. In: ids of posts. Out: counts,
//! flags or an empty response.

use axum::extract::State;
use chassis::{
    Answer, ApiError, Envelope, Ledger, Outcome, Params, Path, Private, Public, Reader, Viewer, database::Connection,
};
use contract::PostId;

use super::{MAX_AGE, OfPosts, no_such_post};
use crate::{
    events,
    records::{Flags, LikeCounts, PostRecord},
    store::{likes, posts},
};

/// The number of likes of each post.
#[utoipa::path(
    get, path = "/v1/likes/counts", tag = "likes", params(OfPosts),
    responses((status = 200, body = LikeCounts)),
)]
pub(super) async fn counts(
    reader: Reader,
    Params(OfPosts { post_ids }): Params<OfPosts>,
) -> Result<Public<LikeCounts>, ApiError> {
    let counts = likes::counts(&mut reader.connect().await?, post_ids.as_slice()).await?;
    Ok(Public::new(LikeCounts { counts }, MAX_AGE))
}

/// The posts among `post_ids` that the viewer likes.
#[utoipa::path(
    get, path = "/v1/likes", tag = "likes", security(("bearer" = [])), params(OfPosts),
    responses((status = 200, body = Flags)),
)]
pub(super) async fn liked_by_viewer(
    reader: Reader,
    viewer: Viewer,
    Params(OfPosts { post_ids }): Params<OfPosts>,
) -> Result<Private<Flags>, ApiError> {
    let ids = likes::liked_among(&mut reader.connect().await?, viewer.id(), post_ids.as_slice()).await?;
    Ok(Private(Flags { ids }))
}

/// Likes a post. Idempotent.
#[utoipa::path(
    put, path = "/v1/posts/{id}/likes", tag = "likes", security(("bearer" = [])), params(("id" = String, Path)),
    responses((status = 204)),
)]
pub(super) async fn like(
    State(ledger): State<Ledger>,
    viewer: Viewer,
    Path(id): Path<PostId>,
    envelope: Envelope,
) -> Result<Answer, ApiError> {
    let now = ledger.clock().now();
    let effect = async |connection: &mut Connection| {
        let post = posts::lock(connection, id).await?.ok_or_else(no_such_post)?;
        let likes = likes::insert(connection, id, viewer.id(), now).await?;
        Ok(outcome("post.liked", &post.record, &viewer, likes))
    };
    ledger.write(&envelope, effect).await
}

/// Removes the viewer's like of a post. Idempotent.
#[utoipa::path(
    delete, path = "/v1/posts/{id}/likes", tag = "likes", security(("bearer" = [])), params(("id" = String, Path)),
    responses((status = 204)),
)]
pub(super) async fn unlike(
    State(ledger): State<Ledger>,
    viewer: Viewer,
    Path(id): Path<PostId>,
    envelope: Envelope,
) -> Result<Answer, ApiError> {
    let effect = async |connection: &mut Connection| {
        let post = posts::lock(connection, id).await?.ok_or_else(no_such_post)?;
        let likes = likes::delete(connection, id, viewer.id()).await?;
        Ok(outcome("post.unliked", &post.record, &viewer, likes))
    };
    ledger.write(&envelope, effect).await
}

/// An event only if the count changed.
fn outcome(kind: &'static str, post: &PostRecord, viewer: &Viewer, likes: Option<i64>) -> Outcome {
    let Some(likes) = likes else { return Outcome::silent(Answer::no_content()) };
    Outcome::with_event(Answer::no_content(), events::of_like(kind, post, viewer, likes))
}
