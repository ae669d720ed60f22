//! Fields: what each caller gets of every field of every object.

use apollo_compiler::{
    Schema,
    ast::FieldDefinition,
    schema::{ExtendedType, ObjectType},
};
use serde_json::Value;

use super::{CALLERS, World, rule, schema};
use crate::town::Town;

impl World {
    /// Where an object of the type can be had: what stands before its selection, what behind, and the path to it.
    fn way_to(&self, object: &str) -> Option<(String, usize, &'static str)> {
        let (order, post) = (&self.order, &self.post);
        let user = "user(by: {handle: \"ada\"})".to_owned();
        let way =
            |text: String, path| Some((text.clone(), text.matches('{').count() - text.matches('}').count(), path));
        match object {
            "Query" => way("{ ".into(), ""),
            "User" => way(format!("{{ {user} {{ "), "/user"),
            "Post" => way(format!("{{ post(id: \"{post}\") {{ "), "/post"),
            "Offer" => way(format!("{{ post(id: \"{post}\") {{ offer {{ "), "/post/offer"),
            "Money" => way(format!("{{ post(id: \"{post}\") {{ offer {{ price {{ "), "/post/offer/price"),
            "Comment" => {
                way("{ posts(orderBy: OLDEST) { nodes { comments { nodes { ".into(), "/posts/nodes/0/comments/nodes/0")
            }
            "Order" => way(format!("{{ order(id: \"{order}\") {{ "), "/order"),
            "OrderStep" => way(format!("{{ order(id: \"{order}\") {{ history {{ "), "/order/history/0"),
            "OrderItem" => way(format!("{{ order(id: \"{order}\") {{ items {{ "), "/order/items/0"),
            "UserConnection" => way("{ users { ".into(), "/users"),
            "UserEdge" => way("{ users { edges { ".into(), "/users/edges/0"),
            "PostConnection" => way("{ posts { ".into(), "/posts"),
            "PostEdge" => way("{ posts { edges { ".into(), "/posts/edges/0"),
            "CommentConnection" => way(format!("{{ post(id: \"{post}\") {{ comments {{ "), "/post/comments"),
            "CommentEdge" => {
                way("{ posts(orderBy: OLDEST) { nodes { comments { edges { ".into(), "/posts/nodes/0/comments/edges/0")
            }
            "PageInfo" => way("{ users { pageInfo { ".into(), "/users/pageInfo"),
            // Only who may see ada's orders has these.
            "OrderConnection" => way(format!("{{ {user} {{ orders {{ "), "/user/orders"),
            "OrderEdge" => way(format!("{{ {user} {{ orders {{ edges {{ "), "/user/orders/edges/0"),
            _ => None,
        }
    }
}

fn objects(schema: &Schema) -> impl Iterator<Item = &ObjectType> {
    schema.types.values().filter_map(|ty| match ty {
        ExtendedType::Object(object) if !ty.is_built_in() => Some(&**object),
        _ => None,
    })
}

/// A field with the arguments that it must have, and `__typename` below it if it has fields.
fn selection(world: &World, field: &FieldDefinition, schema: &Schema) -> String {
    let name = field.name.as_str();
    let below = match schema.types.get(field.ty.inner_named_type()) {
        Some(ExtendedType::Object(_) | ExtendedType::Interface(_)) => " { __typename }",
        _ => "",
    };
    let required = |name: &str| field.arguments.iter().any(|argument| argument.name == name && argument.is_required());
    let arguments = match name {
        "node" | "order" if required("id") => format!("(id: \"{}\")", world.order),
        "nodes" if required("ids") => format!("(ids: [\"{}\"])", world.order),
        "post" if required("id") => format!("(id: \"{}\")", world.post),
        "user" if required("by") => "(by: {handle: \"ada\"})".to_owned(),
        _ => String::new(),
    };
    format!("{name}{arguments}{below}")
}

/// What a caller gets of a field with that rule.
fn expected(rule: &str, caller: &str) -> Result<bool, &'static str> {
    match (rule, caller) {
        ("ANYONE", _) => Ok(true),
        ("VIEWER", "anonymous") => Ok(false),
        ("VIEWER", _) => Ok(true),
        ("SELF_OR_ADMIN", "ada" | "admin") => Ok(true),
        ("PARTY_OR_ADMIN", "ada" | "seller" | "admin") => Ok(true),
        ("PARTY_OR_ADMIN", _) => Ok(false),
        (_, "anonymous") => Err("UNAUTHENTICATED"),
        _ => Err("FORBIDDEN"),
    }
}

/// Fields that have no value here though everybody may see them.
const EMPTY: [&str; 3] = ["Order.rejectionReason", "User.avatarUrl", "User.bio"];

#[tokio::test]
async fn every_field_is_seen_by_whom_its_rule_names() {
    let town = Town::start().await;
    let world = World::new(&town).await;
    let schema = schema();
    // What subscriptions deliver has a table of its own: `tests/bff/live/rights.rs`.
    let payloads = |object: &ObjectType| {
        object.name == "Subscription"
            || object.name.ends_with("Event")
            || object.name == "Mutation"
            || object.name == "Session"
            || object.name == "UserError"
            || object.name.ends_with("Payload")
    };
    let mut checked = 0;
    for object in objects(&schema).filter(|object| !payloads(object)) {
        let (before, braces, path) =
            world.way_to(&object.name).unwrap_or_else(|| panic!("no way to an object of type {}", object.name));
        let private = object.name.starts_with("Order");
        for (name, field) in &object.fields {
            let query = format!("{before}{}{}", selection(&world, field, &schema), " }".repeat(braces));
            for caller in CALLERS {
                let answer = world.clients[caller].run(&query).await;
                let at = format!("{}.{name} as {caller}: {query}\n{}", object.name, answer.text);
                assert_eq!(answer.status, 200, "{at}");
                let parent = answer.json()["data"].pointer(path).cloned().unwrap_or(Value::Null);
                if private && parent.is_null() {
                    // Orders themselves: only their parties get so far. ada's list: only ada and admins.
                    let party = if object.name == "OrderConnection" || object.name == "OrderEdge" {
                        "SELF_OR_ADMIN"
                    } else {
                        "PARTY_OR_ADMIN"
                    };
                    assert_ne!(expected(party, caller), Ok(true), "{at}");
                    continue;
                }
                let value = if name == "nodes" && object.name == "Query" {
                    &parent[name.as_str()][0]
                } else {
                    &parent[name.as_str()]
                };
                match expected(rule(field), caller) {
                    Ok(true) if EMPTY.contains(&format!("{}.{name}", object.name).as_str()) => {
                        assert!(answer.errors().is_empty(), "{at}");
                    }
                    Ok(seen) => assert!(answer.errors().is_empty() && value.is_null() != seen, "{at}"),
                    Err(code) => {
                        assert!(value.is_null() && answer.errors().iter().all(|error| error.starts_with(code)), "{at}");
                        assert!(!answer.errors().is_empty(), "{at}");
                    }
                }
                checked += 1;
            }
        }
    }
    assert!(checked > 300, "{checked} cells were checked");
}
