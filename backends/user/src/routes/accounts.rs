//! Accounts: e-mail address and role, for their owner and for admins.
//! In: ids of users. Out: a private response.

use chassis::{ApiError, Params, Private, Reader, Viewer};

use super::users::UserIds;
use crate::{
    records::{AccountRecord, Items},
    store::accounts,
};

/// Those accounts that the viewer may see; others look like ones that do not exist.
#[utoipa::path(
    get, path = "/v1/accounts", tag = "accounts", security(("bearer" = [])), params(UserIds),
    responses((status = 200, body = Items<AccountRecord>)),
)]
pub(super) async fn by_ids(
    reader: Reader,
    viewer: Viewer,
    Params(UserIds { ids }): Params<UserIds>,
) -> Result<Private<Items<AccountRecord>>, ApiError> {
    let seen: Vec<_> = ids.as_slice().iter().copied().filter(|id| viewer.is_admin() || *id == viewer.id()).collect();
    let items = accounts::by_ids(&mut reader.connect().await?, &seen).await?;
    Ok(Private(Items { items }))
}
