//! Routes of users' public data.
//! In: ids, handles or a page. Out: records, pages or counts.

use chassis::{ApiError, Entries, Ids, PageParams, Params, Path, Public, Reader};
use contract::{UserId, id::User};
use serde::Deserialize;
use utoipa::IntoParams;

use super::MAX_AGE;
use crate::{
    Handle,
    records::{FollowCounts, Items, UserRecord, Users},
    store::users,
};

/// Selects users by ids, by handles, or (with neither) a page of all.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Which {
    /// 1 to 100 ids separated by commas; unknown ones are omitted.
    #[param(value_type = Option<String>)]
    ids: Option<Ids<User>>,
    /// 1 to 100 handles separated by commas, in any letter case; unknown ones are omitted.
    #[param(value_type = Option<String>)]
    handles: Option<Entries>,
}

/// Ids of users.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct UserIds {
    /// 1 to 100 ids separated by commas; unknown ones are omitted.
    #[param(value_type = String)]
    pub(super) ids: Ids<User>,
}

/// Users by ids or handles (`{"items": […]}`), or a page of all, newest first (`{"items": […], "page": {…}}`).
#[utoipa::path(
    get, path = "/v1/users", tag = "users", params(Which, PageParams),
    responses((status = 200, body = Users)),
)]
pub(super) async fn list(
    reader: Reader,
    Params(which): Params<Which>,
    Params(page): Params<PageParams>,
) -> Result<Public<Users>, ApiError> {
    let items = match (which.ids, which.handles) {
        (Some(_), Some(_)) => return Err(ApiError::bad_request("give `ids` or `handles`, not both")),
        (Some(ids), None) => users::by_ids(&mut reader.connect().await?, ids.as_slice()).await?,
        (None, Some(Entries(handles))) => {
            // Text that is not a handle matches no user.
            let handles: Vec<Handle> = handles.iter().filter_map(|handle| handle.parse().ok()).collect();
            users::by_handles(&mut reader.connect().await?, &handles).await?
        }
        (None, None) => {
            let request = page.of(users::USERS.kind)?;
            let page = users::page(&mut reader.connect().await?, &request).await?;
            return Ok(Public::new(Users::Page(page), MAX_AGE));
        }
    };
    Ok(Public::new(Users::Items(Items { items }), MAX_AGE))
}

/// One user. The `ETag` is the version that `If-Match` of an update compares.
#[utoipa::path(
    get, path = "/v1/users/{id}", tag = "users", params(("id" = String, Path)),
    responses((status = 200, body = UserRecord)),
)]
pub(super) async fn one(reader: Reader, Path(id): Path<UserId>) -> Result<Public<UserRecord>, ApiError> {
    let user = users::by_id(&mut reader.connect().await?, id).await?.ok_or_else(users::unknown)?;
    let version = user.version;
    Ok(Public::new(user, MAX_AGE).version(version))
}

/// The number of followers and of followed users, per user.
#[utoipa::path(
    get, path = "/v1/users/counts", tag = "users", params(UserIds),
    responses((status = 200, body = FollowCounts)),
)]
pub(super) async fn counts(
    reader: Reader,
    Params(UserIds { ids }): Params<UserIds>,
) -> Result<Public<FollowCounts>, ApiError> {
    let counts = users::counts(&mut reader.connect().await?, ids.as_slice()).await?;
    Ok(Public::new(FollowCounts { counts }, MAX_AGE))
}
