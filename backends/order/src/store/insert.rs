//! A new order as rows of the four tables: written when it is placed, and in bulk as demo data. In: an order record. Out:
//! inserts, or rows for bulk inserts.

use std::collections::BTreeSet;

use chassis::database::{Connection, DatabaseError, Sql, Value};
use contract::{OrderId, UserId};

use crate::records::{OrderRecord, OrderStepRecord};

/// The insert of an [`order_row`].
pub(crate) const ORDERS: &str = "INSERT INTO orders (id, number, buyer_id, status, rejection_reason, currency, total, \
                                 placed_at, version) VALUES ";
/// The insert of [`item_rows`].
pub(crate) const ITEMS: &str =
    "INSERT INTO order_items (order_id, position, post_id, seller_id, title, quantity, unit_price) VALUES ";
/// The insert of [`step_rows`].
pub(crate) const STEPS: &str = "INSERT INTO order_steps (order_id, version, status, reached_at) VALUES ";
/// The insert of [`sale_rows`].
pub(crate) const SALES: &str = "INSERT INTO sales (order_id, seller_id, placed_at) VALUES ";

/// Writes a new order.
pub(crate) async fn order(connection: &mut Connection, order: &OrderRecord) -> Result<(), DatabaseError> {
    connection.execute(insert(ORDERS, [order_row(order)])).await?;
    connection.execute(insert(ITEMS, item_rows(order))).await?;
    connection.execute(insert(STEPS, step_rows(order))).await?;
    connection.execute(insert(SALES, sale_rows(order))).await?;
    Ok(())
}

/// Writes the step of an order's current version.
pub(crate) async fn step(
    connection: &mut Connection,
    order: &OrderRecord,
    step: OrderStepRecord,
) -> Result<(), DatabaseError> {
    connection.execute(insert(STEPS, [step_row(order.id, order.version, step)])).await.map(drop)
}

pub(crate) fn order_row(order: &OrderRecord) -> Vec<Value> {
    vec![
        order.id.into(),
        order.number.as_str().into(),
        order.buyer_id.into(),
        order.status.word().into(),
        order.rejection_reason.clone().into(),
        order.total.currency.code().into(),
        order.total.amount.into(),
        order.placed_at.into(),
        order.version.into(),
    ]
}

pub(crate) fn item_rows(order: &OrderRecord) -> impl Iterator<Item = Vec<Value>> {
    (0_i64..).zip(&order.items).map(|(position, item)| {
        vec![
            order.id.into(),
            position.into(),
            item.post_id.into(),
            item.seller_id.into(),
            item.title.as_str().into(),
            item.quantity.into(),
            item.unit_price.amount.into(),
        ]
    })
}

pub(crate) fn step_rows(order: &OrderRecord) -> impl Iterator<Item = Vec<Value>> {
    (1_i64..).zip(&order.history).map(|(version, step)| step_row(order.id, version, *step))
}

/// The row of the step with that version.
fn step_row(order: OrderId, version: i64, step: OrderStepRecord) -> Vec<Value> {
    vec![order.into(), version.into(), step.status.word().into(), step.at.into()]
}

/// A row per seller.
pub(crate) fn sale_rows(order: &OrderRecord) -> impl Iterator<Item = Vec<Value>> {
    let sellers: BTreeSet<UserId> = order.items.iter().map(|item| item.seller_id).collect();
    sellers.into_iter().map(|seller| vec![order.id.into(), seller.into(), order.placed_at.into()])
}

fn insert(text: &'static str, rows: impl IntoIterator<Item = Vec<Value>>) -> Sql {
    let mut sql = Sql::new(text);
    for (index, row) in rows.into_iter().enumerate() {
        sql = sql.push(if index == 0 { "(" } else { ", (" });
        for (column, value) in row.into_iter().enumerate() {
            sql = if column == 0 { sql } else { sql.push(", ") }.bind(value);
        }
        sql = sql.push(")");
    }
    sql
}
