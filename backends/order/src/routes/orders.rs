//! Routes that read orders. An order that the viewer may not read is omitted, and the list of another user is empty. In:
//! ids and a page. Out: private responses.

use chassis::{ApiError, Ids, Page, PageParams, Pages, Params, Private, Reader, Viewer, database::list::List};
use contract::{
    UserId,
    id::{Order, User},
};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::{
    parties::Party,
    records::{Items, OrderRecord},
    store::orders,
};

/// Ids of orders.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct OrderIds {
    /// 1 to 100 ids separated by commas; unknown ones are omitted.
    #[param(value_type = String)]
    ids: Ids<Order>,
}

/// The buyers of the requested lists.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Buyers {
    /// 1 to 100 ids separated by commas; each has a page.
    #[param(value_type = String)]
    buyer_ids: Ids<User>,
}

/// The sellers of the requested lists.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Sellers {
    /// 1 to 100 ids separated by commas; each has a page.
    #[param(value_type = String)]
    seller_ids: Ids<User>,
}

/// Orders by ids: those in which the viewer is buyer or seller; for an admin, all.
#[utoipa::path(
    get, path = "/v1/orders", tag = "orders", security(("bearer" = [])), params(OrderIds),
    responses((status = 200, body = Items<OrderRecord>)),
)]
pub(super) async fn by_ids(
    reader: Reader,
    viewer: Viewer,
    Params(OrderIds { ids }): Params<OrderIds>,
) -> Result<Private<Items<OrderRecord>>, ApiError> {
    let mut items = orders::by_ids(&mut reader.connect().await?, ids.as_slice()).await?;
    items.retain(|order| Party::of(order, &viewer).may_read());
    Ok(Private(Items { items }))
}

/// The orders that each user placed, newest first. Pages of users other than the viewer are empty, except for admins.
#[utoipa::path(
    get, path = "/v1/orders/by-buyer", tag = "orders", security(("bearer" = [])), params(Buyers, PageParams),
    responses((status = 200, body = Pages<OrderRecord>)),
)]
pub(super) async fn by_buyer(
    reader: Reader,
    viewer: Viewer,
    Params(Buyers { buyer_ids }): Params<Buyers>,
    Params(page): Params<PageParams>,
) -> Result<Private<Pages<OrderRecord>>, ApiError> {
    by_users(reader, viewer, ListRequest { list: &orders::PURCHASES, users: buyer_ids, page }).await
}

/// The orders in which each user is a seller, newest first. Pages of users other than the viewer are empty, except for
/// admins.
#[utoipa::path(
    get, path = "/v1/orders/by-seller", tag = "orders", security(("bearer" = [])), params(Sellers, PageParams),
    responses((status = 200, body = Pages<OrderRecord>)),
)]
pub(super) async fn by_seller(
    reader: Reader,
    viewer: Viewer,
    Params(Sellers { seller_ids }): Params<Sellers>,
    Params(page): Params<PageParams>,
) -> Result<Private<Pages<OrderRecord>>, ApiError> {
    by_users(reader, viewer, ListRequest { list: &orders::SALES, users: seller_ids, page }).await
}

/// The same page of a list, for several users.
struct ListRequest {
    list: &'static List,
    users: Ids<User>,
    page: PageParams,
}

async fn by_users(
    reader: Reader,
    viewer: Viewer,
    request: ListRequest,
) -> Result<Private<Pages<OrderRecord>>, ApiError> {
    let ListRequest { list, users, page } = request;
    let page = page.of(list.kind)?;
    let may_read = |user: &UserId| viewer.is_admin() || *user == viewer.id();
    let (seen, hidden): (Vec<UserId>, Vec<UserId>) = users.as_slice().iter().copied().partition(may_read);
    let mut pages = orders::by_users(&mut reader.connect().await?, list, &seen, &page).await?;
    pages.pages.extend(hidden.into_iter().map(|user| (user.to_string(), Page::empty(&page))));
    Ok(Private(pages))
}
