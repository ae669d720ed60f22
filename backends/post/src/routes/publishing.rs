//! Routes that publish, change and delete posts: authors their own, admins any. In: drafts, patches and versions. Out:
//! the post after the change, and its event.

use axum::extract::State;
use chassis::{
    Answer, ApiError, Command, Envelope, IdempotencyKey, IfMatch, Ledger, Object, Outcome, Path, Viewer,
    database::Connection,
};
use contract::PostId;

use super::no_such_post;
use crate::{
    drafts::{PostDraft, PostPatch},
    events,
    records::PostRecord,
    store::posts::{self, LockedPost},
};

/// Publishes a post of the viewer.
#[utoipa::path(
    post, path = "/v1/posts", request_body = PostDraft, tag = "posts", security(("bearer" = [])),
    params(IdempotencyKey),
    responses((status = 201, body = PostRecord, headers(("location" = String), ("etag" = String)))),
)]
pub(super) async fn publish(
    State(ledger): State<Ledger>,
    viewer: Viewer,
    command: Command<PostDraft>,
) -> Result<Answer, ApiError> {
    let Command { input: draft, envelope } = command;
    draft.check()?;
    let now = ledger.clock().now();
    let post = PostRecord {
        id: PostId::new(now),
        author_id: viewer.id(),
        title: draft.title,
        body: draft.body,
        tags: draft.tags,
        offer: draft.offer.map(|Object(offer)| offer),
        published_at: now,
        updated_at: now,
        version: 1,
    };
    let effect = async |connection: &mut Connection| {
        posts::insert(connection, &post).await?;
        let answer = Answer::created(&post, format!("/v1/posts/{}", post.id))?.version(post.version);
        Ok(Outcome::with_event(answer, events::of_post("post.published", &post, post.version)))
    };
    ledger.write(&envelope, effect).await
}

/// Changes a post: absent members stay, null clears tags and offer. With `If-Match`: only the version that was read.
#[utoipa::path(
    patch, path = "/v1/posts/{id}", request_body = PostPatch, tag = "posts", security(("bearer" = [])),
    params(("id" = String, Path), IfMatch, IdempotencyKey),
    responses((status = 200, body = PostRecord, headers(("etag" = String))), (status = 403)),
)]
pub(super) async fn edit(
    State(ledger): State<Ledger>,
    viewer: Viewer,
    Path(id): Path<PostId>,
    command: Command<PostPatch>,
) -> Result<Answer, ApiError> {
    let Command { input: patch, envelope } = command;
    patch.check()?;
    let now = ledger.clock().now();
    let effect = async |connection: &mut Connection| {
        let old = lock_for(connection, &viewer, id).await?;
        envelope.check_version(old.record.version)?;
        patch.check_currency(&old.record)?;
        let Some(new) = patch.apply(&old.record, now) else {
            return Ok(Outcome::silent(Answer::ok(&old.record)?.version(old.record.version)));
        };
        posts::replace(connection, &old, &new).await?;
        let event = events::of_post("post.updated", &new, new.version);
        Ok(Outcome::with_event(Answer::ok(&new)?.version(new.version), event))
    };
    ledger.write(&envelope, effect).await
}

/// Deletes a post with its comments and likes. With `If-Match`: only the version that was read.
#[utoipa::path(
    delete, path = "/v1/posts/{id}", tag = "posts", security(("bearer" = [])),
    params(("id" = String, Path), IfMatch),
    responses((status = 204), (status = 403)),
)]
pub(super) async fn delete(
    State(ledger): State<Ledger>,
    viewer: Viewer,
    Path(id): Path<PostId>,
    envelope: Envelope,
) -> Result<Answer, ApiError> {
    let effect = async |connection: &mut Connection| {
        let post = lock_for(connection, &viewer, id).await?;
        envelope.check_version(post.record.version)?;
        posts::delete(connection, &post).await?;
        let event = events::of_post("post.deleted", &post.record, post.record.version + 1);
        Ok(Outcome::with_event(Answer::no_content(), event))
    };
    ledger.write(&envelope, effect).await
}

/// The post, locked, if the viewer may change it: 404 if there is none, 403 if it is another user's.
async fn lock_for(connection: &mut Connection, viewer: &Viewer, id: PostId) -> Result<LockedPost, ApiError> {
    let post = posts::lock(connection, id).await?.ok_or_else(no_such_post)?;
    if post.record.author_id == viewer.id() || viewer.is_admin() {
        Ok(post)
    } else {
        Err(ApiError::forbidden("only its author and admins may change a post"))
    }
}
