//! Routes of follows: pages of followers and followed users, the viewer's follows, following and unfollowing. In: ids of
//! users. Out: pages, flags or an empty response.

use axum::extract::State;
use chassis::{
    Answer, ApiError, Detail, Envelope, Ids, Ledger, Outcome, PageParams, Pages, Params, Path, Private, Public, Reader,
    Viewer,
    database::{Connection, list::List},
};
use contract::{UserId, id::User};
use serde::Deserialize;
use utoipa::IntoParams;

use super::{MAX_AGE, users::UserIds};
use crate::{
    events,
    records::{Flags, UserRecord},
    store::{
        follows::{self, Follow},
        users,
    },
};

/// The users of the requested lists.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct ByUser {
    /// 1 to 100 ids with commas between; each gets a page.
    #[param(value_type = String)]
    user_ids: Ids<User>,
}

/// The followers of each user, newest follow first.
#[utoipa::path(
    get, path = "/v1/followers/by-user", tag = "follows", params(ByUser, PageParams),
    responses((status = 200, body = Pages<UserRecord>)),
)]
pub(super) async fn followers_by_user(
    reader: Reader,
    Params(users): Params<ByUser>,
    Params(page): Params<PageParams>,
) -> Result<Public<Pages<UserRecord>>, ApiError> {
    by_user(reader, &follows::FOLLOWERS, users, page).await
}

/// The users that each user follows, newest follow first.
#[utoipa::path(
    get, path = "/v1/following/by-user", tag = "follows", params(ByUser, PageParams),
    responses((status = 200, body = Pages<UserRecord>)),
)]
pub(super) async fn following_by_user(
    reader: Reader,
    Params(users): Params<ByUser>,
    Params(page): Params<PageParams>,
) -> Result<Public<Pages<UserRecord>>, ApiError> {
    by_user(reader, &follows::FOLLOWING, users, page).await
}

/// Which of these users the viewer follows.
#[utoipa::path(
    get, path = "/v1/follows", tag = "follows", security(("bearer" = [])), params(UserIds),
    responses((status = 200, body = Flags)),
)]
pub(super) async fn followed_by_viewer(
    reader: Reader,
    viewer: Viewer,
    Params(UserIds { ids }): Params<UserIds>,
) -> Result<Private<Flags>, ApiError> {
    let mut connection = reader.connect().await?;
    let ids = follows::followed_among(&mut connection, viewer.id(), ids.as_slice()).await?;
    Ok(Private(Flags { ids }))
}

/// Follows a user. Idempotent.
#[utoipa::path(
    put, path = "/v1/users/{id}/following/{other}", tag = "follows", security(("bearer" = [])),
    params(("id" = String, Path, description = "The viewer"), ("other" = String, Path, description = "The followed user")),
    responses((status = 204, description = "The viewer follows them"), (status = 403), (status = 422)),
)]
pub(super) async fn follow(
    State(ledger): State<Ledger>,
    viewer: Viewer,
    Path((id, other)): Path<(UserId, UserId)>,
    envelope: Envelope,
) -> Result<Answer, ApiError> {
    let now = ledger.clock().now();
    let follow = Follow { follower: id, followed: other };
    let effect = async |connection: &mut Connection| {
        check_ends(connection, &viewer, follow).await?;
        if !follows::insert(connection, follow, now).await? {
            return Ok(Outcome::silent(Answer::no_content()));
        }
        follows::count(connection, follow, 1).await?;
        Ok(Outcome::with_event(Answer::no_content(), events::of_follow("user.followed", id, other)))
    };
    ledger.write(&envelope, effect).await
}

/// Unfollows a user. Idempotent.
#[utoipa::path(
    delete, path = "/v1/users/{id}/following/{other}", tag = "follows", security(("bearer" = [])),
    params(("id" = String, Path, description = "The viewer"), ("other" = String, Path, description = "The followed user")),
    responses((status = 204, description = "The viewer does not follow them"), (status = 403), (status = 422)),
)]
pub(super) async fn unfollow(
    State(ledger): State<Ledger>,
    viewer: Viewer,
    Path((id, other)): Path<(UserId, UserId)>,
    envelope: Envelope,
) -> Result<Answer, ApiError> {
    let follow = Follow { follower: id, followed: other };
    let effect = async |connection: &mut Connection| {
        check_ends(connection, &viewer, follow).await?;
        if !follows::delete(connection, follow).await? {
            return Ok(Outcome::silent(Answer::no_content()));
        }
        follows::count(connection, follow, -1).await?;
        Ok(Outcome::with_event(Answer::no_content(), events::of_follow("user.unfollowed", id, other)))
    };
    ledger.write(&envelope, effect).await
}

/// Whether the follower is the viewer, follows another user, and both exist; else 403, 404 or 422.
async fn check_ends(connection: &mut Connection, viewer: &Viewer, follow: Follow) -> Result<(), ApiError> {
    let Follow { follower: id, followed: other } = follow;
    let both = users::by_ids(connection, &[id, other]).await?;
    if !both.iter().any(|user| user.id == id) {
        return Err(users::unknown());
    }
    if id != viewer.id() {
        return Err(ApiError::forbidden("only the user may follow or unfollow"));
    }
    if id == other {
        return Err(ApiError::invalid(vec![Detail { field: "other".into(), issue: "must be another user".into() }]));
    }
    if !both.iter().any(|user| user.id == other) {
        return Err(users::unknown());
    }
    Ok(())
}

async fn by_user(
    reader: Reader,
    list: &List,
    users: ByUser,
    page: PageParams,
) -> Result<Public<Pages<UserRecord>>, ApiError> {
    let request = page.of(list.kind)?;
    let mut connection = reader.connect().await?;
    let pages = list.pages(&mut connection, users.user_ids.as_slice(), &request).await?;
    Ok(Public::new(pages, MAX_AGE))
}
