//! Orders: by id, and pages of what each of many users bought or sold, newest first. An order is read from three tables:
//! whatever the number of orders, that is three statements.

use chassis::{
    Pages,
    database::{
        Connection, DatabaseError, Sql,
        list::{List, Order},
        row::{parsed, time},
    },
    pages::PageRequest,
};
use contract::{OrderId, UserId};
use sqlx::{FromRow, Row, any::AnyRow};

use super::parts;
use crate::records::{MoneyRecord, OrderRecord};

/// What an [`OrderRecord`] is read from, but for its items and history.
pub(super) const COLUMNS: &str =
    "o.id, o.number, o.buyer_id, o.status, o.rejection_reason, o.currency, o.total, o.placed_at, o.version";

/// What a user bought.
pub(crate) const PURCHASES: List = List {
    kind: "purchases",
    columns: COLUMNS,
    from: "orders o",
    parent: "o.buyer_id",
    number: "o.placed_at",
    id: "o.id",
    order: Order::Descending,
};

/// What a user sold: each order once, however many of its items are theirs.
pub(crate) const SALES: List = List {
    kind: "sales",
    from: "sales s JOIN orders o ON o.id = s.order_id",
    parent: "s.seller_id",
    number: "s.placed_at",
    id: "s.order_id",
    ..PURCHASES
};

/// Items and history are elsewhere; [`parts::complete`] puts them in.
impl FromRow<'_, AnyRow> for OrderRecord {
    fn from_row(row: &AnyRow) -> Result<Self, sqlx::Error> {
        Ok(Self {
            id: parsed(row, "id")?,
            number: row.try_get("number")?,
            status: parsed(row, "status")?,
            rejection_reason: row.try_get("rejection_reason")?,
            total: MoneyRecord { amount: row.try_get("total")?, currency: parsed(row, "currency")? },
            placed_at: time(row, "placed_at")?,
            buyer_id: parsed(row, "buyer_id")?,
            history: Vec::new(),
            items: Vec::new(),
            version: row.try_get("version")?,
        })
    }
}

/// Those of the ids that exist.
pub(crate) async fn by_ids(connection: &mut Connection, ids: &[OrderId]) -> Result<Vec<OrderRecord>, DatabaseError> {
    let select = Sql::new("SELECT ").push(COLUMNS).push(" FROM orders o WHERE o.id IN ");
    let mut orders = connection.all(select.bind_list(ids.iter().copied())).await?;
    parts::complete(connection, orders.iter_mut()).await?;
    Ok(orders)
}

/// A page of that list for each of the users.
pub(crate) async fn by_users(
    connection: &mut Connection,
    list: &List,
    users: &[UserId],
    request: &PageRequest,
) -> Result<Pages<OrderRecord>, DatabaseError> {
    let mut pages: Pages<OrderRecord> = list.pages(connection, users, request).await?;
    parts::complete(connection, pages.pages.values_mut().flat_map(|page| page.items.iter_mut())).await?;
    Ok(pages)
}
