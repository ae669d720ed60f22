//! Steps of an order inside a write: [`lock`] reads and locks the order, [`take`] writes the step. In: an order id. Out:
//! the order after the step.

use chassis::database::{Connection, DatabaseError, Sql};
use contract::OrderId;

use super::{insert, orders::COLUMNS, parts};
use crate::records::{OrderRecord, OrderStepRecord};

/// The order, locked until the write ends, so that two steps never start from the same status.
pub(crate) async fn lock(connection: &mut Connection, id: OrderId) -> Result<Option<OrderRecord>, DatabaseError> {
    let select = Sql::new("SELECT ").push(COLUMNS).push(" FROM orders o WHERE o.id = ").bind(id);
    let mut order: Option<OrderRecord> = connection.locked(select).await?;
    parts::complete(connection, order.iter_mut()).await?;
    Ok(order)
}

/// Changes a locked order to the status of the step.
pub(crate) async fn take(
    connection: &mut Connection,
    order: &mut OrderRecord,
    step: OrderStepRecord,
) -> Result<(), DatabaseError> {
    order.status = step.status;
    order.version += 1;
    order.history.push(step);
    let update = Sql::new("UPDATE orders SET status = ").bind(step.status.word()).push(", version = ");
    connection.execute(update.bind(order.version).push(" WHERE id = ").bind(order.id)).await?;
    insert::step(connection, order, step).await
}
