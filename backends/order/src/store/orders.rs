//! Orders: by id, and pages of purchases or sales for many users, newest first. An order is read from three tables,
//! with three statements for any number of orders.

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

/// The columns of an [`OrderRecord`] without items and history.
pub(super) const COLUMNS: &str =
    "o.id, o.number, o.buyer_id, o.status, o.rejection_reason, o.currency, o.total, o.placed_at, o.version";

/// The purchases of a user.
pub(crate) const PURCHASES: List = List {
    kind: "purchases",
    columns: COLUMNS,
    from: "orders o",
    parent: "o.buyer_id",
    number: "o.placed_at",
    id: "o.id",
    order: Order::Descending,
};

/// The sales of a user: each order once, for any number of items.
pub(crate) const SALES: List = List {
    kind: "sales",
    from: "sales s JOIN orders o ON o.id = s.order_id",
    parent: "s.seller_id",
    number: "s.placed_at",
    id: "s.order_id",
    ..PURCHASES
};

/// Without items and history, which [`parts::complete`] adds.
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

/// The orders of those ids that exist.
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
