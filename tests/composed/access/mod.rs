//! Who may see what: every field and mutation of the schema, as every kind of caller, against its `@access` directive.

mod fields;
mod mutations;

use std::collections::BTreeMap;

use apollo_compiler::{Schema, ast::FieldDefinition, validation::Valid};
use harness::client::Client;
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

fn schema() -> Valid<Schema> {
    Schema::parse_and_validate(include_str!("../../../schema.graphql"), "schema.graphql").unwrap()
}
