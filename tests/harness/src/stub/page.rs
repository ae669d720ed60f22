//! The shapes of batch answers: records by ids, pages of one list or of many parents, counts, flags.

use serde::Serialize;
use serde_json::{Map, Value, json};

use super::call::Call;
use super::server::{Answer, refused};

/// A record with the id that its cursor is made of.
pub(super) type Item = (String, Value);

/// A record as an item.
pub(super) fn item(id: impl ToString, record: &impl Serialize) -> Item {
    (id.to_string(), serde_json::to_value(record).unwrap())
}

/// `{"items": […]}` of those records whose key was asked for; a service answers in any order, this one backwards.
pub(super) fn by_keys(call: &Call, records: impl DoubleEndedIterator<Item = Item>) -> Answer {
    let asked = |(key, _): &Item| call.keys.contains(key);
    (200, json!({"items": records.rev().filter(asked).map(|(_, record)| record).collect::<Vec<_>>()}))
}

/// One page of a list.
pub(super) fn of_list(call: &Call, items: Vec<Item>) -> Answer {
    match page(call, items) {
        Some(page) => (200, page),
        None => forged_cursor(),
    }
}

/// A page for each parent asked for.
pub(super) fn of_parents(call: &Call, items: impl Fn(&str) -> Vec<Item>) -> Answer {
    let pages: Option<Map<String, Value>> =
        call.keys.iter().map(|parent| Some((parent.clone(), page(call, items(parent))?))).collect();
    match pages {
        Some(pages) => (200, json!({ "pages": pages })),
        None => forged_cursor(),
    }
}

/// What a service says to a cursor that it did not make.
fn forged_cursor() -> Answer {
    let (status, mut body) = refused(400, "BAD_REQUEST");
    body["error"]["details"] = json!([{"field": "after", "issue": "not a cursor of this list"}]);
    (status, body)
}

/// `{"counts": {…}}` of those keys that `count` knows.
pub(super) fn counts(call: &Call, count: impl Fn(&str) -> Option<Value>) -> Answer {
    let counts: Map<String, Value> = call.keys.iter().filter_map(|key| Some((key.clone(), count(key)?))).collect();
    (200, json!({ "counts": counts }))
}

/// `{"ids": […]}` of those keys for which it is true.
pub(super) fn flags(call: &Call, is: impl Fn(&str) -> bool) -> Answer {
    (200, json!({"ids": call.keys.iter().filter(|key| is(key)).collect::<Vec<_>>()}))
}

/// A cursor is `c.` and an item's id. One that is no item's (of another parent's list) is a position: what is older follows.
fn page(call: &Call, items: Vec<Item>) -> Option<Value> {
    let first = call.query.get("first").map_or(20, |first| first.parse().unwrap());
    let start = match call.query.get("after") {
        None => 0,
        Some(cursor) => {
            let after = cursor.strip_prefix("c.")?;
            match items.iter().position(|(id, _)| id == after) {
                Some(place) => place + 1,
                None => items.iter().take_while(|(id, _)| id.as_str() >= after).count(),
            }
        }
    };
    let has_next = items.len() > start + first;
    let (ids, records): (Vec<String>, Vec<Value>) = items.into_iter().skip(start).take(first).unzip();
    let cursors: Vec<String> = ids.iter().map(|id| format!("c.{id}")).collect();
    Some(json!({"items": records, "page": {
        "has_next": has_next,
        "has_previous": call.query.contains_key("after"),
        "start_cursor": cursors.first(),
        "end_cursor": cursors.last(),
        "cursors": cursors,
    }}))
}
