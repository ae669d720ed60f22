//! Compares the schema of an event type with the frozen one, which consumers were written for. In: both. Out: the changes that
//! break consumers.
//!
//! Compatible are a new optional member, a new value of an `enum` (consumers ignore values that they do not know), and other
//! words in `title` and `description`. All else must stay: one feed has events from before and after a change.

use serde_json::Value as Json;

/// The changes from `frozen` to `today` that break consumers, each with its place in the schema.
pub(super) fn incompatibilities(frozen: &Json, today: &Json) -> Vec<String> {
    let mut found = Vec::new();
    compare("", frozen, today, &mut found);
    found
}

fn compare(place: &str, frozen: &Json, today: &Json, found: &mut Vec<String>) {
    let (Some(before), Some(after)) = (frozen.as_object(), today.as_object()) else {
        if frozen != today {
            found.push(format!("{place} has changed"));
        }
        return;
    };
    for (keyword, before) in before {
        let (after, place) = (&today[keyword], format!("{place}/{keyword}"));
        match keyword.as_str() {
            "title" | "description" => {}
            "properties" => compare_members(&place, before, after, found),
            "items" => compare(&place, before, after, found),
            // Neither more nor fewer: an older event may lack a member that is required today.
            "required" if is_subset(before, after) && is_subset(after, before) => {}
            "enum" if is_subset(before, after) => {}
            _ if before == after => {}
            _ => found.push(format!("{place} has changed")),
        }
    }
    let is_harmless = |keyword: &str| matches!(keyword, "title" | "description" | "properties");
    let added = after.keys().filter(|keyword| !before.contains_key(*keyword) && !is_harmless(keyword));
    found.extend(added.map(|keyword| format!("{place}/{keyword} is new")));
}

fn compare_members(place: &str, frozen: &Json, today: &Json, found: &mut Vec<String>) {
    for (name, member) in frozen.as_object().into_iter().flatten() {
        match today.get(name) {
            Some(now) => compare(&format!("{place}/{name}"), member, now, found),
            None => found.push(format!("{place}/{name} is missing")),
        }
    }
}

fn is_subset(fewer: &Json, more: &Json) -> bool {
    let more = more.as_array().map(Vec::as_slice).unwrap_or_default();
    fewer.as_array().is_some_and(|fewer| fewer.iter().all(|value| more.contains(value)))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn schema() -> Json {
        json!({"title": "note.created", "type": "object", "required": ["id", "lines"], "properties": {
            "id": {"type": "string", "pattern": "^n[0-9]$"},
            "status": {"type": "string", "enum": ["draft", "final"], "description": "Where it is."},
            "lines": {"type": "array", "minItems": 1, "items": {
                "type": "object", "required": ["count"], "properties": {"count": {"type": "integer", "minimum": 1}},
            }},
        }})
    }

    /// The schema with one value set, or removed for `null`.
    fn with(pointer: &str, value: Json) -> Json {
        let mut schema = schema();
        let (parent, name) = pointer.rsplit_once('/').unwrap();
        let parent = schema.pointer_mut(parent).unwrap().as_object_mut().unwrap();
        if value.is_null() {
            parent.remove(name)
        } else {
            parent.insert(name.to_owned(), value)
        };
        assert_ne!(schema, self::schema(), "{pointer}");
        schema
    }

    #[test]
    fn optional_members_enum_values_and_descriptions_may_be_added() {
        assert_eq!(incompatibilities(&schema(), &schema()), [""; 0]);
        for (pointer, value) in [
            ("/properties/title", json!({"type": "string"})),
            ("/properties/lines/items/properties/price", json!({"type": "integer"})),
            ("/properties/status/enum", json!(["draft", "final", "withdrawn"])),
            ("/properties/status/description", json!("Its place.")),
            ("/properties/id/description", json!("Its id.")),
            ("/required", json!(["lines", "id"])),
            ("/title", Json::Null),
        ] {
            assert_eq!(incompatibilities(&schema(), &with(pointer, value)), [""; 0], "{pointer}");
        }
    }

    #[test]
    fn all_other_changes_are_found_with_their_place() {
        for (pointer, value) in [
            ("/properties/status", Json::Null),
            ("/properties/lines/items/properties/count", Json::Null),
            ("/required", json!(["id"])),
            ("/required", json!(["id", "lines", "status"])),
            ("/required", Json::Null),
            ("/properties/lines/items/required", json!([])),
            ("/properties/id/type", json!(["string", "null"])),
            ("/properties/id/pattern", json!("^m[0-9]$")),
            ("/properties/id/pattern", Json::Null),
            ("/properties/id/format", json!("uuid")),
            ("/properties/id/enum", json!(["n1"])),
            ("/properties/status/enum", json!(["draft"])),
            ("/properties/status/enum", Json::Null),
            ("/properties/lines/minItems", json!(0)),
            ("/properties/lines/items/properties/count/minimum", json!(2)),
            ("/properties/lines/items", json!(true)),
            ("/properties", Json::Null),
            ("/additionalProperties", json!(false)),
        ] {
            let found = incompatibilities(&schema(), &with(pointer, value.clone()));
            assert!(!found.is_empty(), "{pointer} {value}");
            assert!(found.iter().all(|line| line.starts_with(pointer)), "{pointer} {value}: {found:?}");
        }
    }
}
