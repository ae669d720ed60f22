//! The items and steps of orders, which have tables of their own: one statement per table for any number of orders. In:
//! order records without items and history. Out: complete records.

use std::collections::{BTreeSet, HashMap};

use chassis::database::{
    Connection, DatabaseError, Sql,
    row::{parsed, time},
};
use contract::{Currency, OrderId, PostId, UserId};
use sqlx::{FromRow, Row, any::AnyRow};

use crate::records::{MoneyRecord, OrderItemRecord, OrderRecord, OrderStepRecord};

struct ItemRow {
    order_id: OrderId,
    position: i64,
    post_id: PostId,
    seller_id: UserId,
    title: String,
    quantity: i64,
    unit_price: i64,
}

struct StepRow {
    order_id: OrderId,
    version: i64,
    step: OrderStepRecord,
}

impl FromRow<'_, AnyRow> for ItemRow {
    fn from_row(row: &AnyRow) -> Result<Self, sqlx::Error> {
        Ok(Self {
            order_id: parsed(row, "order_id")?,
            position: row.try_get("position")?,
            post_id: parsed(row, "post_id")?,
            seller_id: parsed(row, "seller_id")?,
            title: row.try_get("title")?,
            quantity: row.try_get("quantity")?,
            unit_price: row.try_get("unit_price")?,
        })
    }
}

impl FromRow<'_, AnyRow> for StepRow {
    fn from_row(row: &AnyRow) -> Result<Self, sqlx::Error> {
        let step = OrderStepRecord { status: parsed(row, "status")?, at: time(row, "reached_at")? };
        Ok(Self { order_id: parsed(row, "order_id")?, version: row.try_get("version")?, step })
    }
}

/// Adds items and history to orders; an order may be repeated.
pub(super) async fn complete(
    connection: &mut Connection,
    orders: impl Iterator<Item = &mut OrderRecord>,
) -> Result<(), DatabaseError> {
    let orders: Vec<&mut OrderRecord> = orders.collect();
    let ids: BTreeSet<OrderId> = orders.iter().map(|order| order.id).collect();
    if ids.is_empty() {
        return Ok(());
    }
    let select =
        Sql::new("SELECT order_id, position, post_id, seller_id, title, quantity, unit_price FROM order_items")
            .push(" WHERE order_id IN ")
            .bind_list(ids.iter().copied());
    let items = by_order(connection.all(select).await?, |row: &ItemRow| (row.order_id, row.position));
    let select =
        Sql::new("SELECT order_id, version, status, reached_at FROM order_steps WHERE order_id IN ").bind_list(ids);
    let steps = by_order(connection.all(select).await?, |row: &StepRow| (row.order_id, row.version));
    for order in orders {
        let currency = order.total.currency;
        order.items = items.get(&order.id).into_iter().flatten().map(|row| row.record(currency)).collect();
        // A step that was taken after the order was read is omitted.
        let taken = steps.get(&order.id).into_iter().flatten().filter(|row| row.version <= order.version);
        order.history = taken.map(|row| row.step).collect();
    }
    Ok(())
}

/// The rows of each order, sorted by number. Sorted here, because the database need not read them in the order of the
/// index.
fn by_order<T>(mut rows: Vec<T>, key: impl Fn(&T) -> (OrderId, i64)) -> HashMap<OrderId, Vec<T>> {
    rows.sort_unstable_by_key(&key);
    let mut grouped: HashMap<OrderId, Vec<T>> = HashMap::new();
    for row in rows {
        grouped.entry(key(&row).0).or_default().push(row);
    }
    grouped
}

impl ItemRow {
    fn record(&self, currency: Currency) -> OrderItemRecord {
        OrderItemRecord {
            post_id: self.post_id,
            seller_id: self.seller_id,
            title: self.title.clone(),
            quantity: self.quantity,
            unit_price: MoneyRecord { amount: self.unit_price, currency },
            line_total: MoneyRecord { amount: self.unit_price * self.quantity, currency },
        }
    }
}
