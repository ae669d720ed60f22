//! Reading orders. Whoever may not see an order, or another user's list, gets what they would get if there were none.

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
    /// 1 to 100 ids with commas between; unknown ones are left out of the answer.
    #[param(value_type = String)]
    ids: Ids<Order>,
}

/// The buyers whose orders are asked for.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Buyers {
    /// 1 to 100 ids with commas between; each gets a page.
    #[param(value_type = String)]
    buyer_ids: Ids<User>,
}

/// The sellers whose sales are asked for.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Sellers {
    /// 1 to 100 ids with commas between; each gets a page.
    #[param(value_type = String)]
    seller_ids: Ids<User>,
}

/// Those of the orders that the viewer buys or sells in, or all of them for an admin.
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

/// What each user bought, newest first. Users other than the viewer have an empty page, unless an admin asks.
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

/// The orders that each user sells something in, newest first. Users other than the viewer have an empty page, unless
/// an admin asks.
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

/// The same page of the list of each user.
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
