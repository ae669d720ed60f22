//! The engine as the oracle of the waves: random queries run both ways over stub services that fail by chance. Equal are the data,
//! byte for byte, the errors, the actual cost, and which keys each route was asked for.

use std::collections::{BTreeMap, BTreeSet};

use apollo_compiler::{ExecutableDocument, Schema, executable::Selection, executable::SelectionSet, validation::Valid};
use chassis::testing::is_long;
use harness::client::{Answer, Client};
use harness::generator::{Generated, Generator, Pool, Shape};
use harness::stub::Chances;
use serde_json::{Value, json};

use tokio::sync::oneshot;

use crate::app::App;

/// Draws queries and failures.
const SEED: u64 = 20_261_126;

/// What is compared of one run.
#[derive(Debug, PartialEq, Eq)]
struct Seen {
    data: String,
    errors: Vec<String>,
    cost: Option<u64>,
    /// By route and parameters.
    keys: BTreeMap<String, BTreeSet<String>>,
}

/// Two BFFs in front of the same services.
struct Sides {
    app: App,
    schema: Valid<Schema>,
    waves: Client,
    engine: Client,
    /// Dropped with the test: the engine's BFF then stops.
    _stop: oneshot::Sender<()>,
}

impl Sides {
    async fn start() -> Self {
        let app = App::start().await;
        let (stop, engine) = app.beside(|pipeline| pipeline.engine_runs_queries = true).await;
        let schema = Schema::parse_and_validate(include_str!("../../schema.graphql"), "schema.graphql").unwrap();
        let waves = app.client.clone();
        Self { app, schema, waves, engine, _stop: stop }
    }

    /// Asks both sides; what both have seen, or the difference.
    async fn compare(&self, query: &Generated, chances: Chances, token: Option<&str>) -> Result<Seen, String> {
        let mut body = json!({"query": query.text(), "variables": query.variables});
        body["operationName"] = json!(query.operation_name);
        self.app.services.fail_by_chance(Some(chances));
        let waves = self.seen(&self.waves, &body, token).await;
        let engine = self.seen(&self.engine, &body, token).await;
        if waves == engine {
            return Ok(waves);
        }
        let (text, variables) = (query.text(), &query.variables);
        Err(format!("{text}\nvariables {variables:?}\nwaves  {waves:#?}\nengine {engine:#?}"))
    }

    async fn seen(&self, client: &Client, body: &Value, token: Option<&str>) -> Seen {
        self.app.services.forget_calls();
        let client = token.map_or_else(|| client.clone(), |token| client.signed_in(token.to_owned()));
        let answer = Answer::of(client.post(body).header("x-tessera-cost", "1")).await;
        let mut errors: Vec<String> = answer.json()["errors"].as_array().into_iter().flatten().map(error).collect();
        errors.sort();
        let mut keys = BTreeMap::<String, BTreeSet<String>>::new();
        for call in self.app.services.calls() {
            let is_key = |name: &str| name.ends_with("ids") || name == "handles";
            let parameters: Vec<_> = call.query.iter().filter(|(name, _)| !is_key(name)).collect();
            let caller = if call.header("authorization").is_some() { "viewer" } else { "nobody" };
            keys.entry(format!("{} {parameters:?} {caller}", call.route)).or_default().extend(call.keys);
        }
        let cost = answer.json()["extensions"]["cost"]["actual"].as_u64();
        Seen { data: data(&answer.text), errors, cost, keys }
    }
}

/// An error without the request's id.
fn error(error: &Value) -> String {
    let mut error = error.clone();
    error["extensions"]["requestId"].take();
    error.to_string()
}

/// The data as it stands in the response.
fn data(text: &str) -> String {
    let start = match text.starts_with("{\"data\":") {
        true => 1,
        false => text.find("],\"data\":").map_or(text.len(), |place| place + 2),
    };
    let rest = &text[start..];
    let mut values =
        serde_json::Deserializer::from_str(rest.strip_prefix("\"data\":").unwrap_or("null")).into_iter::<Value>();
    values.next();
    rest.strip_prefix("\"data\":").map(|rest| rest[..values.byte_offset()].to_owned()).unwrap_or_default()
}

/// The members that a query reads, by type; none if it has conditions, which may leave some of them out.
fn members(schema: &Valid<Schema>, text: &str) -> BTreeSet<(String, String)> {
    fn add(document: &ExecutableDocument, set: &SelectionSet, members: &mut BTreeSet<(String, String)>) {
        for selection in &set.selections {
            match selection {
                Selection::Field(field) => {
                    members.insert((set.ty.to_string(), snake_case(&field.name)));
                    field.selection_set.iter().for_each(|set| add(document, set, members));
                }
                Selection::InlineFragment(fragment) => add(document, &fragment.selection_set, members),
                Selection::FragmentSpread(spread) => {
                    let fragment = spread.fragment_def(document);
                    fragment.into_iter().for_each(|fragment| add(document, &fragment.selection_set, members));
                }
            }
        }
    }
    let mut members = BTreeSet::new();
    if text.contains("@skip") || text.contains("@include") {
        return members;
    }
    let document = ExecutableDocument::parse_and_validate(schema, text, "query").unwrap();
    document.operations.iter().for_each(|operation| add(&document, &operation.selection_set, &mut members));
    members
}

fn snake_case(name: &str) -> String {
    let word =
        |letter: char| if letter.is_uppercase() { format!("_{}", letter.to_lowercase()) } else { letter.to_string() };
    name.chars().map(word).collect()
}

/// Ids of all kinds, some of nothing and some that are none; handles; numbers.
fn pool(app: &App, integers: (i32, i32)) -> Pool {
    let town = app.services.town();
    let mut ids: Vec<String> = town.users.iter().take(5).map(|user| user.id.to_string()).collect();
    ids.extend(town.posts.iter().take(5).map(|post| post.id.to_string()));
    ids.extend(town.comments.iter().take(5).map(|comment| comment.id.to_string()));
    ids.extend(town.orders.iter().take(5).map(|order| order.id.to_string()));
    ids.extend(["usr_ffffffffffff7fff8fffffffffffffff".to_owned(), "pst_1".to_owned(), "nonsense".to_owned()]);
    let mut words: Vec<String> = town.users.iter().take(5).map(|user| user.handle.to_uppercase()).collect();
    words.push("no handle".to_owned());
    let cursors = town.posts.iter().take(2).map(|post| json!(format!("c.{}", post.id)));
    let scalars = [("Cursor".to_owned(), cursors.chain([json!("forged")]).collect())].into_iter().collect();
    Pool { ids, words, scalars, integers }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn random_queries_over_failing_services_get_what_the_engine_gives_them() {
    let queries: u64 = if is_long() { 20_000 } else { 1_500 };
    let sides = Sides::start().await;
    let tokens: Vec<_> = (0..3).map(|person| sides.app.services.token(person)).collect();
    // Numbers from 0: pages that are refused. From 1: excerpts, whose refusal takes away what is around them.
    let pools = [pool(&sides.app, (0, 3)), pool(&sides.app, (1, 3))];
    let shape = Shape { depth: 7, fields: 30, introspection: true, ..Shape::default() };
    let mut generators = [
        Generator::new(&sides.schema, &pools[0], shape.clone(), SEED),
        Generator::new(&sides.schema, &pools[1], shape, SEED + 1),
    ];
    let (mut compared, mut with_errors, mut with_objects, mut keys) = (0, 0, 0, 0);
    for number in 0..queries {
        let which = usize::from(number % 3 == 0);
        let query = generators[which].operation();
        let text = query.text();
        if which == 0 && text.contains("excerpt") {
            continue;
        }
        let chances = Chances {
            seed: SEED + number,
            failing: [0, 10, 40][usize::try_from(number % 3).unwrap()],
            missing: number % 20,
            members: members(&sides.schema, &text),
        };
        let token = tokens.get(usize::try_from(number % 4).unwrap()).map(String::as_str);
        let seen = sides.compare(&query, chances, token).await;
        let seen = seen.unwrap_or_else(|difference| panic!("query {number} of seed {SEED} differs:\n{difference}"));
        compared += 1;
        with_errors += usize::from(!seen.errors.is_empty());
        with_objects += usize::from(seen.cost > Some(12));
        keys += seen.keys.values().map(BTreeSet::len).sum::<usize>();
    }
    println!("{compared} compared, {with_objects} with objects, {with_errors} with errors, {keys} keys");
    assert!(with_objects * 2 > compared && with_errors * 4 > compared && keys > compared);
}
