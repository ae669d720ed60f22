//! Demo orders for an empty database, in bulk. In: orders as plain values. Out: the rows that placing and
//! steps would have written. Only with the feature `seed`.

use std::time::Duration;

use chassis::{
    Deadline,
    database::{Database, DatabaseError},
};
use contract::{Currency, OrderId, PostId, Time, UserId};

use crate::{
    lifecycle::OrderStatus,
    number,
    records::{MoneyRecord, OrderItemRecord, OrderRecord, OrderStepRecord},
    store::insert,
};

/// Orders per batch.
const BATCH: usize = 5_000;
/// The timeout of one transaction.
const WITHIN: Duration = Duration::from_secs(60);

/// An order. Its number comes from its id, its total from its items.
#[derive(Clone, Debug)]
pub struct OrderSeed {
    /// Id.
    pub id: OrderId,
    /// The buyer.
    pub buyer_id: UserId,
    /// The time of placing.
    pub placed_at: Time,
    /// The later statuses, oldest first; the last is the current one.
    pub steps: Vec<(OrderStatus, Time)>,
    /// The reason of a rejection.
    pub rejection_reason: Option<String>,
    /// The currency of all items.
    pub currency: Currency,
    /// The items, at least one.
    pub items: Vec<OrderItemSeed>,
}

/// An item.
#[derive(Clone, Debug)]
pub struct OrderItemSeed {
    /// The post.
    pub post_id: PostId,
    /// The seller.
    pub seller_id: UserId,
    /// The post's title.
    pub title: String,
    /// The quantity: 1 to 1000.
    pub quantity: i64,
    /// The price of one, in minor units: 1 to 10^12.
    pub unit_price: i64,
}

/// Writes all orders.
pub async fn seed(database: &Database, orders: impl Iterator<Item = OrderSeed>) -> Result<(), DatabaseError> {
    let mut orders = orders.map(record).peekable();
    while orders.peek().is_some() {
        let batch: Vec<OrderRecord> = orders.by_ref().take(BATCH).collect();
        let rows = batch.iter();
        let deadline = || Deadline::after(WITHIN);
        database.insert_bulk(insert::ORDERS, rows.clone().map(insert::order_row), deadline()).await?;
        database.insert_bulk(insert::ITEMS, rows.clone().flat_map(insert::item_rows), deadline()).await?;
        database.insert_bulk(insert::STEPS, rows.clone().flat_map(insert::step_rows), deadline()).await?;
        database.insert_bulk(insert::SALES, rows.flat_map(insert::sale_rows), deadline()).await?;
    }
    Ok(())
}

fn record(seed: OrderSeed) -> OrderRecord {
    let OrderSeed { id, buyer_id, placed_at, steps, rejection_reason, currency, items } = seed;
    let money = |amount| MoneyRecord { amount, currency };
    let item = |OrderItemSeed { post_id, seller_id, title, quantity, unit_price }| OrderItemRecord {
        post_id,
        seller_id,
        title,
        quantity,
        unit_price: money(unit_price),
        line_total: money(unit_price * quantity),
    };
    let items: Vec<OrderItemRecord> = items.into_iter().map(item).collect();
    let placed = (OrderStatus::Pending, placed_at);
    let history: Vec<OrderStepRecord> =
        std::iter::once(placed).chain(steps).map(|(status, at)| OrderStepRecord { status, at }).collect();
    OrderRecord {
        id,
        number: number::of(id),
        status: history.last().map_or(OrderStatus::Pending, |step| step.status),
        rejection_reason,
        total: money(items.iter().map(|item| item.line_total.amount).sum()),
        placed_at,
        buyer_id,
        version: (1_i64..).zip(&history).last().map_or(1, |(version, _)| version),
        history,
        items,
    }
}
