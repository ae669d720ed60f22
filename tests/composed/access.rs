//! Who may see what: every field and mutation of the schema, as every kind of caller, against its `@access` directive.

use std::collections::BTreeMap;

use apollo_compiler::{
    Schema,
    ast::FieldDefinition,
    schema::{ExtendedType, ObjectType},
};
use harness::client::{Answer, Client};
use serde_json::{Value, json};

use crate::town::{Town, texts};

/// Who asks. The data asked for is ada's; the order is hers, bought of `seller`.
const CALLERS: [&str; 5] = ["anonymous", "ada", "other", "seller", "admin"];

struct World {
    clients: BTreeMap<&'static str, Client>,
    order: String,
    post: String,
    ada: String,
    seller: String,
    /// Posts that are in stock.
    ada_sells: String,
    seller_sells: String,
    /// One for each caller.
    refresh_tokens: BTreeMap<&'static str, String>,
}

impl World {
    async fn new(town: &Town) -> Self {
        let ada = town.sign_in("ada").await;
        let query = "{ viewer { id posts(first: 1) { nodes { id } } orders(first: 100) { nodes { id status
            items { seller { id handle } } } } } }";
        let data = ada.run(query).await.data();
        let viewer = &data["viewer"];
        // An order with one seller who is no admin, so that buyer, seller and others are three people.
        let orders = viewer["orders"]["nodes"].as_array().unwrap();
        let alone = |order: &&Value| {
            let sellers = texts(&order["items"], "/seller/handle");
            sellers.iter().all(|seller| *seller == sellers[0]) && sellers[0] != "admin" && order["status"] == "PENDING"
        };
        let order = orders.iter().find(alone).unwrap();
        let seller = order["items"][0]["seller"]["handle"].as_str().unwrap();
        let other = ["maker_10", "maker_11"].into_iter().find(|maker| *maker != seller).unwrap();
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        Self {
            clients: BTreeMap::from([
                ("anonymous", town.client.clone()),
                ("ada", ada),
                ("other", town.sign_in(other).await),
                ("seller", town.sign_in(seller).await),
                ("admin", town.sign_in("admin").await),
            ]),
            order: text(&order["id"]),
            post: text(&viewer["posts"]["nodes"][0]["id"]),
            ada: text(&viewer["id"]),
            ada_sells: in_stock(town, "ada").await,
            seller_sells: in_stock(town, seller).await,
            seller: text(&order["items"][0]["seller"]["id"]),
            refresh_tokens: refresh_tokens(town).await,
        }
    }

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

async fn in_stock(town: &Town, handle: &str) -> String {
    let query = "query($handle: String!) { user(by: {handle: $handle}) { posts(first: 100) { nodes { id offer { stock } } } } }";
    let data = town.client.run_with(query, json!({ "handle": handle })).await.data();
    let posts = data["user"]["posts"]["nodes"].as_array().unwrap().clone();
    let stocked = posts.iter().find(|post| post.pointer("/offer/stock").and_then(Value::as_u64) > Some(1));
    stocked.unwrap_or_else(|| panic!("{handle} sells nothing"))["id"].as_str().unwrap().to_owned()
}

async fn refresh_tokens(town: &Town) -> BTreeMap<&'static str, String> {
    let log_in = format!(
        "mutation {{ logIn(input: {{email: \"grace@example.com\", password: \"{}\"}}) {{ session {{ refreshToken }} }} }}",
        demo::PASSWORD
    );
    let mut tokens = BTreeMap::new();
    for caller in CALLERS {
        let data = town.client.run(&log_in).await.data();
        tokens.insert(caller, data["logIn"]["session"]["refreshToken"].as_str().unwrap().to_owned());
    }
    tokens
}

/// The rule of a field's `@access`, or that anybody may see it.
fn rule(field: &FieldDefinition) -> &str {
    let rule = field.directives.get("access").and_then(|access| access.specified_argument_by_name("rule"));
    rule.and_then(|rule| rule.as_enum()).map_or("ANYONE", |rule| rule.as_str())
}

fn schema() -> apollo_compiler::validation::Valid<Schema> {
    Schema::parse_and_validate(include_str!("../../schema.graphql"), "schema.graphql").unwrap()
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
    let payloads = |object: &ObjectType| {
        object.name == "Mutation"
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

/// How a mutation went for its caller.
#[derive(Debug, PartialEq, Eq)]
enum Verdict {
    Allowed,
    Missing,
    Refused(String),
}

fn verdict(answer: &Answer, mutation: &str) -> Verdict {
    if let Some(error) = answer.errors().first() {
        return Verdict::Refused(error.split(' ').next().unwrap_or_default().to_owned());
    }
    let errors = texts(&answer.json()["data"][mutation]["userErrors"], "/code");
    match errors.first().map(String::as_str) {
        // What the order's state forbids was allowed to the caller.
        None | Some("WRONG_STATE") => Verdict::Allowed,
        Some("NOT_FOUND") => Verdict::Missing,
        Some(other) => panic!("{mutation}: {other}: {}", answer.text),
    }
}

fn expected_verdict(rule: &str, caller: &str) -> Verdict {
    let refused = |code: &str| Verdict::Refused(code.into());
    match (rule, caller) {
        ("ANYONE", _) => Verdict::Allowed,
        (_, "anonymous") => refused("UNAUTHENTICATED"),
        ("SIGNED_IN", _) | (_, "admin") => Verdict::Allowed,
        ("AUTHOR_OR_ADMIN" | "BUYER_OR_ADMIN" | "PARTY_OR_ADMIN", "ada") => Verdict::Allowed,
        ("SELLER_OR_ADMIN" | "PARTY_OR_ADMIN", "seller") => Verdict::Allowed,
        ("SELLER_OR_ADMIN", "ada") | ("BUYER_OR_ADMIN", "seller") | ("AUTHOR_OR_ADMIN", _) => refused("FORBIDDEN"),
        _ => Verdict::Missing,
    }
}

#[tokio::test]
async fn every_mutation_is_done_for_whom_its_rule_names() {
    let town = Town::start().await;
    let world = World::new(&town).await;
    let schema = schema();
    let mutations = schema.get_object("Mutation").unwrap();
    // What ends a session or takes the post away comes last.
    let last = |name: &str| matches!(name, "deletePost" | "logOut");
    let (end, begin): (Vec<_>, Vec<_>) = mutations.fields.iter().partition(|(name, _)| last(name));
    for (name, field) in begin.into_iter().chain(end) {
        // Refusals first: who is allowed may change what the next caller finds.
        let mut callers = CALLERS;
        callers.sort_by_key(|caller| expected_verdict(rule(field), caller) == Verdict::Allowed);
        for caller in callers {
            if name == "deletePost" && caller == "admin" {
                continue; // ada has deleted it by then; admins are shown in `mutations.rs`.
            }
            let input = input(&world, name, caller);
            let (head, argument) = match &field.arguments.first() {
                Some(argument) => (format!("($input: {})", argument.ty), "(input: $input)"),
                None => (String::new(), ""),
            };
            let query = format!("mutation{head} {{ {name}{argument} {{ userErrors {{ code }} }} }}");
            let answer = world.clients[caller].run_with(&query, json!({ "input": input })).await;
            let at = format!("{name} as {caller}: {}", answer.text);
            assert_eq!(verdict(&answer, name), expected_verdict(rule(field), caller), "{at}");
            // 401 only when nothing else could run.
            let status = if matches!(&verdict(&answer, name), Verdict::Refused(code) if code == "UNAUTHENTICATED") {
                401
            } else {
                200
            };
            assert_eq!(answer.status, status, "{at}");
        }
    }
}

fn input(world: &World, mutation: &str, caller: &str) -> Value {
    let (post, order) = (&world.post, &world.order);
    match mutation {
        "signUp" => {
            json!({"handle": format!("new_{caller}"), "name": "New", "email": format!("new_{caller}@example.com"), "password": "long enough"})
        }
        "logIn" => json!({"email": "grace@example.com", "password": demo::PASSWORD}),
        "refreshSession" => json!({"refreshToken": world.refresh_tokens[caller]}),
        "logOut" => Value::Null,
        "updateProfile" => json!({"bio": "changed"}),
        "followUser" | "unfollowUser" => json!({"userId": if caller == "seller" { &world.ada } else { &world.seller }}),
        "publishPost" => json!({"title": "t", "body": "b"}),
        "editPost" => json!({"postId": post, "title": "changed"}),
        "deletePost" => json!({"postId": post}),
        "addComment" => json!({"postId": post, "body": "b"}),
        "likePost" | "unlikePost" => json!({"postId": post}),
        "placeOrder" => {
            json!({"items": [{"postId": if caller == "seller" { &world.ada_sells } else { &world.seller_sells }, "quantity": 1}], "idempotencyKey": caller})
        }
        "cancelOrder" | "shipOrder" | "deliverOrder" => json!({"orderId": order}),
        other => panic!("no input for {other}"),
    }
}
