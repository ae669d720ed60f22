//! Costs worked out by hand, waves of calls, and that the work grows with the document alone.

use async_graphql_value::ConstValue;
use serde_json::{Map, Value, json};

use crate::operations::{Keys, Limits, Operations, Prepared, Rejection, Scalars};

fn operations(limits: Limits) -> Operations {
    Operations::new(include_str!("../../../schema.graphql"), limits, Scalars::default()).unwrap()
}

fn prepare(document: &str, variables: Value) -> Result<Prepared, Rejection> {
    let Value::Object(variables) = variables else { panic!("variables are an object") };
    operations(Limits { cost: u64::MAX, ..Limits::default() }).prepare(document, None, variables)
}

fn cost(document: &str, variables: Value) -> u64 {
    prepare(document, variables).unwrap().cost
}

#[test]
fn costs_are_those_of_the_formula() {
    // A call and an object.
    assert_eq!(cost("{ post(id: \"x\") { id title } }", json!({})), 11);
    // The call, the connection, and twenty posts with an author each, that is a call and an object.
    assert_eq!(cost("{ posts { nodes { id author { id } } } }", json!({})), 10 + 1 + 20 * (1 + 10 + 1));
    assert_eq!(cost("{ posts(first: 3) { nodes { id } edges { cursor } } }", json!({})), 10 + 1 + 3 + 3);
    // Lists within lists multiply; items of an order are assumed to be three.
    let orders = "{ viewer { orders(first: 2) { nodes { items { post { id } } } } } }";
    assert_eq!(cost(orders, json!({})), 11 + 11 + 2 * (1 + 3 * (1 + 11)));
    // A list of ids is as long as it is written; behind an interface the dearest type counts.
    let nodes = "{ nodes(ids: [\"a\", \"b\"]) { id ... on Post { author { id } } ... on User { postCount email } } }";
    assert_eq!(cost(nodes, json!({})), 10 + 2 * (1 + 20));
    assert_eq!(cost("{ __schema { types { name fields { name } } } }", json!({})), 100);
    let like = "mutation { likePost(input: {postId: \"x\"}) { post { id } userErrors { code } } }";
    assert_eq!(cost(like, json!({})), 10 + 1 + 1 + 1);
    let log_in = "mutation { logIn(input: {email: \"a\", password: \"b\"}) { userErrors { code } } }";
    assert_eq!(cost(log_in, json!({})), 100 + 1 + 1);
}

#[test]
fn a_variable_says_how_long_a_list_is() {
    let posts = "query ($n: Int) { posts(first: $n) { nodes { id } } }".replace("$n: Int)", "$n: Int = 4)");
    assert_eq!(cost(&posts, json!({})), 10 + 1 + 4);
    assert_eq!(cost(&posts, json!({"n": 7})), 10 + 1 + 7);
    assert_eq!(cost(&posts, json!({"n": -7})), 10 + 1);
    let nodes = "query ($ids: [ID!]!) { nodes(ids: $ids) { id } }";
    assert_eq!(cost(nodes, json!({"ids": ["a", "b", "c"]})), 10 + 3);
}

#[test]
fn huge_costs_do_not_overflow() {
    let list = "followers(first: 2000000000) { nodes { ";
    let document = format!("{{ users(first: 2000000000) {{ nodes {{ {}id{} }} }} }}", list.repeat(4), " } }".repeat(4));
    assert_eq!(cost(&document, json!({})), u64::MAX);
    let rejection = operations(Limits::default()).prepare(&document, None, Map::new()).unwrap_err();
    assert_eq!(rejection.code().as_str(), "QUERY_TOO_COSTLY");
    assert_eq!(
        rejection.violations()[0].message,
        "The operation may cost 18446744073709551615; at most 2000 is allowed."
    );
}

#[test]
fn the_actual_cost_is_counted_in_the_answer() {
    let Prepared { operation, .. } = prepare("{ posts { nodes { id author { id } } } }", json!({})).unwrap();
    let actual = |answer: Value| operation.actual_cost(&ConstValue::from_json(answer).unwrap());
    let post = |author: Value| json!({"id": "p", "author": author});
    let answer = json!({"posts": {"nodes": [post(json!({"id": "a"})), post(Value::Null)]}});
    assert_eq!(actual(answer), 10 + 1 + (1 + 10 + 1) + (1 + 10));
    assert_eq!(actual(json!({"posts": null})), 10);
    assert_eq!(actual(Value::Null), 0);
}

#[test]
fn limits_on_the_shape_name_themselves() {
    let refused = |document: String| {
        let rejection = operations(Limits::default()).prepare(&document, None, Map::new()).unwrap_err();
        format!("{} {}", rejection.code().as_str(), rejection.violations()[0].message)
    };
    let many = |number: usize, part: &str| (0..number).map(|n| part.replace('#', &n.to_string())).collect::<String>();
    assert_eq!(
        refused(format!("{{ post(id: \"x\") {{ {} }} }}", many(31, "a#: title "))),
        "TOO_MANY_ALIASES The document has 31 aliases; at most 30 are allowed."
    );
    assert_eq!(
        refused(format!("{{ {} }}", many(11, "a#: post(id: \"x\") { id } "))),
        "TOO_MANY_ROOT_FIELDS The operation has 11 fields at its root; at most 10 are allowed."
    );
    assert_eq!(
        refused(format!("{{ post(id: \"x\") {{ {} }} }}", many(21, "id @skip(if: false) "))),
        "TOO_MANY_DIRECTIVES The document has 21 directives; at most 20 are allowed."
    );
    let deep = format!(
        "{{ post(id: \"x\") {{ {}id{} }} }}",
        "author { posts(first: 1) { nodes { ".repeat(4),
        " } } }".repeat(4)
    );
    assert_eq!(refused(deep), "QUERY_TOO_DEEP The operation is 14 levels deep; at most 12 are allowed.");
}

#[test]
fn calls_leave_in_waves() {
    let document =
        "{ a: posts(first: 2) { nodes { author { id } comments(first: 1) { nodes { author { id } } } likeCount } }
        viewer { id email orders(first: 1) { nodes { items { post { author { id } } } } } } }";
    let Prepared { operation, .. } = prepare(document, json!({})).unwrap();
    let calls = operation.calls();
    let shown: Vec<_> =
        calls.iter().map(|call| (call.wave, call.batch.as_str(), call.at_most, call.fields.len())).collect();
    let expected = [
        (1, "/v1/posts", 1, 1),
        (1, "/v1/users", 1, 1),
        (2, "/v1/users", 1, 1),
        (2, "/v1/comments/by-post", 1, 1),
        (2, "/v1/likes/counts", 1, 1),
        (2, "/v1/accounts", 1, 1),
        (2, "/v1/orders/by-buyer", 1, 1),
        (3, "/v1/users", 1, 1),
        (3, "/v1/posts", 1, 1),
        (4, "/v1/users", 1, 1),
    ];
    assert_eq!(shown, expected);
    assert_eq!((calls[0].keys, calls[1].keys), (Keys::None, Keys::Many));
    assert_eq!(
        operation.of_viewer(),
        ["Query.viewer (VIEWER)", "User.email (SELF_OR_ADMIN)", "User.orders (SELF_OR_ADMIN)"]
    );
}

#[test]
fn what_hangs_on_the_same_call_goes_out_together() {
    let document =
        "{ users(first: 2) { nodes { x: posts(first: 1) { nodes { id } } y: posts(first: 1) { nodes { title } }
        z: posts(first: 2) { nodes { id } } followerCount followingCount } } }";
    let Prepared { operation, .. } = prepare(document, json!({})).unwrap();
    let calls = operation.calls();
    let shown: Vec<_> = calls.iter().map(|call| (call.wave, call.batch.as_str(), call.fields.join(" "))).collect();
    let expected = [
        (1, "/v1/users", "users"),
        (2, "/v1/posts/by-author", "users.nodes.x users.nodes.y"),
        (2, "/v1/posts/by-author", "users.nodes.z"),
        (2, "/v1/users/counts", "users.nodes.followerCount users.nodes.followingCount"),
    ];
    assert_eq!(shown, expected.map(|(wave, batch, fields)| (wave, batch, fields.to_owned())));
}

#[test]
fn an_answer_is_kept_as_long_as_the_shortest_of_its_parts_and_never_if_one_is_private() {
    let verdict = |document: &str| {
        let Prepared { operation, .. } = prepare(document, json!({})).unwrap();
        match (operation.caching(), operation.reason_not_cacheable()) {
            (Some(caching), None) => format!("{} s", caching.max_age.as_secs()),
            (None, Some(why)) => why.to_owned(),
            both => panic!("{both:?}"),
        }
    };
    for (document, expected) in [
        ("{ post(id: \"x\") { id title likeCount offer { price { amount } } } }", "60 s"),
        ("{ posts { nodes { author { posts { pageInfo { endCursor } edges { cursor node { id } } } } } } }", "60 s"),
        ("{ users { nodes { followers { nodes { handle } } postCount } } }", "60 s"),
        ("{ post(id: \"x\") { id viewerLikes } }", "Post.viewerLikes (private)"),
        ("{ viewer { id } }", "Query.viewer (private)"),
        ("{ user(by: {id: \"x\"}) { orders { pageInfo { endCursor } } } }", "User.orders (private)"),
        // One of the types behind it is private, whichever is asked for.
        ("{ node(id: \"x\") { ... on Post { title } } }", "Query.node (private)"),
        ("{ __schema { queryType { name } } }", "__schema (introspection)"),
        ("{ post(id: \"x\") { id } __type(name: \"Post\") { name } }", "__type (introspection)"),
        ("{ post(id: \"x\") { __typename } }", "60 s"),
        ("{ __typename }", "nothing in it says for how long"),
        ("{ post(id: \"x\") @skip(if: true) { id } }", "nothing in it says for how long"),
        ("mutation { logOut { userErrors { code } } }", "a mutation"),
    ] {
        assert_eq!(verdict(document), expected, "{document}");
    }
}

#[test]
fn ages_are_the_smallest_of_fields_types_and_of_all_that_an_interface_can_be() {
    let schema = r#"
        enum CacheControlScope { PUBLIC PRIVATE }
        enum Rule { SELF }
        directive @cacheControl(maxAge: Int, scope: CacheControlScope) on FIELD_DEFINITION | OBJECT
        directive @access(rule: Rule!) on FIELD_DEFINITION
        interface Thing { name: String }
        interface Open { name: String }
        type A implements Thing & Open @cacheControl(maxAge: 30) { name: String, short: Int @cacheControl(maxAge: 5) }
        type B implements Thing & Open @cacheControl(maxAge: 20, scope: PUBLIC) { name: String, over: Int @cacheControl(maxAge: -1) }
        type C implements Thing { name: String, mine: Int @access(rule: SELF) }
        type P @cacheControl(maxAge: 90, scope: PRIVATE) { name: String }
        union AorP = A | P
        type Query {
            a: A, things: [Thing!], open: Open, c: C, long: A @cacheControl(maxAge: 600)
            said: C @cacheControl(maxAge: 40), p: P, either: AorP, scalar: Int, number: Int @cacheControl(maxAge: 7)
            none: A @cacheControl(maxAge: 0), own: A @cacheControl(scope: PRIVATE)
        }"#;
    let operations = Operations::new(schema, Limits::default(), Scalars::default()).unwrap();
    for (document, expected) in [
        ("{ a { name } }", Ok(30)),
        ("{ a { short } }", Ok(5)),
        ("{ long { name } }", Ok(30)),
        ("{ open { name } a { name } }", Ok(20)),
        ("{ open { ... on A { name } } }", Ok(20)),
        ("{ said { name } number }", Ok(7)),
        ("{ open { ... on B { over } } }", Err("B.over (age 0)")),
        ("{ things { name } }", Err("Query.things (C says nothing)")),
        ("{ c { name } }", Err("Query.c (C says nothing)")),
        ("{ said { mine } }", Err("C.mine (private)")),
        ("{ p { name } }", Err("Query.p (P is private)")),
        ("{ either { ... on A { name } } }", Err("Query.either (P is private)")),
        ("{ scalar }", Err("Query.scalar (says nothing)")),
        ("{ none { name } }", Err("Query.none (age 0)")),
        ("{ own { name } }", Err("Query.own (private)")),
    ] {
        let Prepared { operation, .. } = operations.prepare(document, None, Map::new()).unwrap();
        let age = operation.caching().map(|caching| caching.max_age.as_secs());
        assert_eq!(age.ok_or_else(|| operation.reason_not_cacheable().unwrap()), expected, "{document}");
    }
}

#[test]
fn making_a_plan_takes_a_step_per_field_whatever_the_shape() {
    let wide = |size: usize| format!("{{ post(id: \"x\") {{ {} }} }}", "id ".repeat(size));
    let aliased = |size: usize| {
        let fields: String = (0..size).map(|n| format!("a{n}: title ")).collect();
        format!("{{ post(id: \"x\") {{ {fields} }} }}")
    };
    let spread = |size: usize| {
        let fields: String = (0..size).map(|n| format!("a{n}: author {{ ...F }} ")).collect();
        format!("{{ post(id: \"x\") {{ {fields} }} }} fragment F on User {{ id handle name }}")
    };
    let chained = |size: usize| {
        let fragments: String = (0..size).map(|n| format!("fragment F{n} on Post {{ id ...F{} }} ", n + 1)).collect();
        format!("{{ post(id: \"x\") {{ ...F0 }} }} {fragments} fragment F{size} on Post {{ title }}")
    };
    let doubling = |size: usize| {
        let fragments: String =
            (0..size).map(|n| format!("fragment F{n} on Post {{ ...F{0} ...F{0} }} ", n + 1)).collect();
        format!("{{ post(id: \"x\") {{ ...F0 }} }} {fragments} fragment F{size} on Post {{ title }}")
    };
    let typed = |size: usize| {
        let conditions = "... on Post { title } ... on User { name } ".repeat(size);
        format!("{{ node(id: \"x\") {{ {conditions} }} }}")
    };
    let limits = Limits {
        tokens: usize::MAX,
        aliases: usize::MAX,
        fields: 1_000_000,
        cost: u64::MAX,
        cache_bytes: 1 << 30,
        ..Limits::default()
    };
    let operations = operations(limits);
    let steps = |document: &str| {
        assert!(document.len() <= 256 * 1024);
        operations.prepare(document, None, Map::new()).unwrap().operation.steps()
    };
    type Shape<'a> = (&'a str, &'a dyn Fn(usize) -> String, usize);
    let shapes: [Shape<'_>; 6] = [
        ("wide", &wide, 40_000),
        ("aliased", &aliased, 12_000),
        ("spread", &spread, 5_000),
        ("chained", &chained, 90),
        ("doubling", &doubling, 90),
        ("typed", &typed, 5_000),
    ];
    for (name, document, size) in shapes {
        let (half, whole) = (steps(&document(size / 2)), steps(&document(size)));
        assert!(whole <= 2 * half + 16, "{name}: {half} steps for half of what takes {whole}");
        assert!(whole <= document(size).len(), "{name}: {whole} steps");
    }
}
