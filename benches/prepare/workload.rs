//! The operation: a page as a frontend asks for it, 60 fields once its fragments are inlined, seven variables.
//! Out: its text, as often as wanted never seen before, and values of its variables, the same or others each time.

use serde_json::{Map, Value, json};

/// The text; its fields are counted at the start.
pub const QUERY: &str = include_str!("query.graphql");
/// Fields of the operation.
pub const FIELDS: usize = 60;

/// The text with a comment that no other text has.
pub fn unseen(number: usize) -> String {
    format!("{QUERY}# {number}\n")
}

/// Values of all variables; others for each number, in the same places.
pub fn variables(number: usize) -> Map<String, Value> {
    let values = json!({
        "signedIn": true,
        "first": 1 + number % 15,
        "after": format!("cursor-{number}"),
        "filter": {"tag": format!("tag-{number}"), "forSale": true},
        "orderBy": "MOST_LIKED",
        "excerpt": 100 + number % 100,
        "comments": 3,
    });
    match values {
        Value::Object(variables) => variables,
        _ => Map::new(),
    }
}
