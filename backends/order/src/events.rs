//! The events of the service: their types, whose schemas are in `events/`, and the data of each.
//! In: what a command changed. Out: events for the outbox.

use std::collections::BTreeSet;

use chassis::{Event, EventType, event_types};
use contract::Time;
use serde_json::{Value, json};

use crate::records::OrderRecord;

/// The types.
pub(crate) const TYPES: &[EventType] = event_types![
    "order.placed",
    "order.confirmed",
    "order.rejected",
    "order.cancelled",
    "order.shipped",
    "order.delivered"
];

/// An order that reached its status at that time.
pub(crate) fn of_order(kind: &'static str, order: &OrderRecord, at: Time) -> Event {
    let sellers: BTreeSet<String> = order.items.iter().map(|item| item.seller_id.to_string()).collect();
    let items = order.items.iter().map(|item| json!({"post_id": item.post_id, "quantity": item.quantity}));
    let data = json!({
        "status": order.status,
        "at": at,
        "buyer_id": order.buyer_id,
        "seller_ids": sellers,
        "items": items.collect::<Vec<Value>>(),
        "version": order.version,
    });
    let keys = sellers.into_iter().chain([order.buyer_id.to_string()]).collect();
    Event { kind, subject: order.id.to_string(), keys, data }
}
