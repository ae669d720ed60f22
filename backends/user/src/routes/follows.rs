//! Who follows whom: pages of many users in one call, and the viewer's own flags.

use axum::extract::State;
use chassis::{
    ApiError, Deadline, ErrorBody, Ids, PageParams, Pages, Params, Private, Public, Viewer,
    database::{Database, list::List},
};
use contract::id::User;
use serde::Deserialize;
use utoipa::IntoParams;

use super::{MAX_AGE, users::UserIds};
use crate::{
    records::{Flags, UserRecord},
    store::follows,
};

/// The users whose lists are asked for.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct ByUser {
    /// 1 to 100 ids with commas between; each gets a page.
    #[param(value_type = String)]
    user_ids: Ids<User>,
}

/// The followers of each user, newest follow first.
#[utoipa::path(
    get, path = "/v1/followers/by-user", params(ByUser, PageParams), tag = "follows",
    responses((status = 200, body = Pages<UserRecord>), (status = 400, body = ErrorBody)),
)]
pub(super) async fn followers_by_user(
    State(database): State<Database>,
    deadline: Deadline,
    Params(users): Params<ByUser>,
    Params(page): Params<PageParams>,
) -> Result<Public<Pages<UserRecord>>, ApiError> {
    by_user((&database, deadline), &follows::FOLLOWERS, (users, page)).await
}

/// Whom each user follows, newest follow first.
#[utoipa::path(
    get, path = "/v1/following/by-user", params(ByUser, PageParams), tag = "follows",
    responses((status = 200, body = Pages<UserRecord>), (status = 400, body = ErrorBody)),
)]
pub(super) async fn following_by_user(
    State(database): State<Database>,
    deadline: Deadline,
    Params(users): Params<ByUser>,
    Params(page): Params<PageParams>,
) -> Result<Public<Pages<UserRecord>>, ApiError> {
    by_user((&database, deadline), &follows::FOLLOWING, (users, page)).await
}

/// Which of these users the viewer follows.
#[utoipa::path(
    get, path = "/v1/follows", params(UserIds), tag = "follows", security(("bearer" = [])),
    responses((status = 200, body = Flags), (status = 400, body = ErrorBody), (status = 401, body = ErrorBody)),
)]
pub(super) async fn followed_by_viewer(
    State(database): State<Database>,
    deadline: Deadline,
    viewer: Viewer,
    Params(UserIds { ids }): Params<UserIds>,
) -> Result<Private<Flags>, ApiError> {
    let mut connection = database.read(deadline).await?;
    let ids = follows::followed_among(&mut connection, viewer.id(), ids.as_slice()).await?;
    Ok(Private(Flags { ids }))
}

async fn by_user(
    (database, deadline): (&Database, Deadline),
    list: &List,
    (users, page): (ByUser, PageParams),
) -> Result<Public<Pages<UserRecord>>, ApiError> {
    let request = page.of(list.kind)?;
    let mut connection = database.read(deadline).await?;
    let pages = list.pages(&mut connection, users.user_ids.as_slice(), &request).await?;
    Ok(Public::new(pages, MAX_AGE))
}
